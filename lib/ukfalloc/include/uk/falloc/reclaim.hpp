// SPDX-License-Identifier: BSD-3-Clause
// Reclaim: caches that hold frames are asked to give some back before anyone hears ENOMEM.
#pragma once

#include <cstddef>

#include <uk/base/list.hpp>
#include <uk/base/result.hpp>

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
    // locks which that caller holds. So it never blocks, takes a lock only by try_lock (taken: it
    // returns 0), and calls nothing that allocates: no heap (which may be in the middle of the
    // very request), no allocate_run(), which would say ENOMEM without asking again. Memory that
    // was malloc()ed gives no frames back and is no matter for a Reclaimer.
    virtual size_t reclaim(size_t bytes) = 0;

  protected:
    ~Reclaimer() = default;

  private:
    friend class ReclaimList;
    ListNode<Reclaimer> node_;
};

// The caches of one frame allocator. Not synchronised.
class ReclaimList {
  public:
    constexpr ReclaimList() = default;

    // Errors: EEXIST (it is registered already). O(1).
    [[nodiscard]] Result<> add(Reclaimer& cache);
    // Errors: ENOENT. A cache may remove itself while it is asked, nobody else may then. O(1).
    [[nodiscard]] Result<> remove(Reclaimer& cache);
    // Asks in order of registration until `bytes` are back; returns how many are. 0 while it is at
    // work already: no cache is ever asked from within a cache.
    size_t ask(size_t bytes);

  private:
    List<&Reclaimer::node_> caches_;
    bool asking_ = false;
};

// The slot's list; <uk/falloc/slot_binding.hpp> asks it once for each request that would fail, and
// tries the request once more. Thread context, serialised with all of uk::falloc.
namespace falloc {
[[nodiscard]] ReclaimList& reclaim_list();
} // namespace falloc

} // namespace uk
