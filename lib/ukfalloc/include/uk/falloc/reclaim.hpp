// SPDX-License-Identifier: BSD-3-Clause
// Reclaim: caches that hold frames are asked to give some back before anyone hears ENOMEM.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <uk/base/atomic.hpp>
#include <uk/base/list.hpp>
#include <uk/base/result.hpp>
#include <uk/spinlock.hpp>

namespace uk {

// A cache of page runs. Lives for as long as it is registered; nothing is allocated.
//
//     class PageCache final : public uk::Reclaimer {
//         size_t reclaim(size_t bytes) override { return drop_clean_pages(bytes); }
//     };
class Reclaimer {
  public:
    constexpr Reclaimer() = default;

    // Gives back about `bytes` bytes by falloc::free_run() (more is welcome, fewer too) and returns
    // how many; 0 = nothing to give. Called in the context of whoever asked for frames, with the
    // locks which that caller holds, with preemption disabled, never by two at once. So it never
    // blocks, takes no lock but its own, of rank `cache`, and calls nothing that allocates: no heap
    // (which may be in the middle of the very request), no allocate_run(), which would say ENOMEM
    // without asking again. A cache holds no such lock while it allocates itself. Memory that was
    // malloc()ed gives no frames back and is no matter for a Reclaimer.
    virtual size_t reclaim(size_t bytes) = 0;

  protected:
    ~Reclaimer() = default;

  private:
    template <class M>
    friend class BasicReclaimList;
    ListNode<Reclaimer> node_;
};

// The caches of one frame allocator, for any number of threads. M is a LockMachine that can tell
// CPUs apart by this_cpu(). Thread context, under locks of ranks above reclaim.
template <class M>
class BasicReclaimList {
  public:
    constexpr BasicReclaimList() = default;

    // Errors: EEXIST (it is registered already). O(1).
    [[nodiscard]] Result<> add(Reclaimer& cache);
    // When it returns, the cache is not being asked. A cache may remove itself while it is asked,
    // nobody else may from within a cache. Errors: ENOENT. O(1).
    [[nodiscard]] Result<> remove(Reclaimer& cache);
    // Asks in order of registration until `bytes` are back; returns how many are. 0 from within a
    // cache: none is ever asked by another.
    size_t ask(size_t bytes);

  private:
    // Who asks: which CPU, where there are several.
    using Who = std::conditional_t<M::kManyCpus, uintptr_t, bool>;
    static Who myself() {
        if constexpr (M::kManyCpus)
            return reinterpret_cast<uintptr_t>(M::this_cpu());
        else
            return true;
    }

    // Exclusive use of the list. Preemption is off while a cache is asked, so who finds this CPU
    // asking was called by the cache, and holds the lock already.
    class Section {
      public:
        explicit Section(BasicReclaimList& list) : list_(list) {
            if constexpr (M::kPreempts)
                M::preempt_disable();
            nested_ = list.asker_.load_relaxed() == myself();
            if (!nested_)
                list.lock_.lock();
        }
        ~Section() {
            if (!nested_)
                list_.lock_.unlock();
            if constexpr (M::kPreempts)
                M::preempt_enable();
        }
        Section(const Section&) = delete;
        Section& operator=(const Section&) = delete;
        [[nodiscard]] bool nested() const { return nested_; }

      private:
        BasicReclaimList& list_;
        bool nested_;
    };

    List<&Reclaimer::node_> caches_;
    Atomic<Who> asker_{0};
    [[no_unique_address]] BasicSpinlock<M, LockRank::reclaim> lock_;
};

template <class M>
Result<> BasicReclaimList<M>::add(Reclaimer& cache) {
    Section section(*this);
    if (cache.node_.is_linked())
        return Errno::exist;
    caches_.push_back(cache);
    return ok();
}

template <class M>
Result<> BasicReclaimList<M>::remove(Reclaimer& cache) {
    Section section(*this);
    if (!cache.node_.is_linked())
        return Errno::noent;
    caches_.erase(cache);
    return ok();
}

template <class M>
size_t BasicReclaimList<M>::ask(size_t bytes) {
    Section section(*this);
    if (section.nested())
        return 0;
    asker_.store_relaxed(myself());
    size_t total = 0;
    for (Reclaimer* cache = caches_.front(); cache && total < bytes;) {
        Reclaimer* next = caches_.next(*cache);
        total += cache->reclaim(bytes - total);
        cache = next;
    }
    asker_.store_relaxed(0);
    return total;
}

using ReclaimList = BasicReclaimList<KernelLocks>;
extern template class BasicReclaimList<KernelLocks>;

// The slot's list; <uk/falloc/slot_binding.hpp> asks it once for each request that would fail, and
// tries the request once more.
namespace falloc {
[[nodiscard]] ReclaimList& reclaim_list();
} // namespace falloc

} // namespace uk
