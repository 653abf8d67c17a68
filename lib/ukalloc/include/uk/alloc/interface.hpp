// SPDX-License-Identifier: BSD-3-Clause
// Several heaps at once: the run-time interface, the adapter that makes any heap class one, and the
// register of heaps.
#pragma once

#include <cstddef>
#include <type_traits>

#include <uk/alloc/concepts.hpp>
#include <uk/alloc/heap_count.hpp>
#include <uk/base/result.hpp>
#include <uk/config.hpp>
#include <uk/spinlock.hpp>

namespace uk {

// One heap among several. Functions as HeapAllocator in concepts.hpp. Pass `Heap&` where a caller
// shall decide which heap is used; on hot paths of the default heap call uk::heap directly, which
// saves the indirect call (two to four instructions). Whoever made a heap owns it. Any number of
// threads may use one, under locks of ranks above heap; not interrupt handlers.
class Heap {
  public:
    [[nodiscard]] virtual void* allocate(size_t size, size_t align = kHeapAlign) = 0;
    virtual void deallocate(void* block) = 0;
    [[nodiscard]] virtual void* reallocate(void* block, size_t size) = 0;
    [[nodiscard]] virtual size_t usable_size(const void* block) const = 0;
    [[nodiscard]] virtual HeapStats stats() const = 0;
    virtual size_t trim() = 0;
    [[nodiscard]] virtual bool verify() const = 0;
    [[nodiscard]] virtual const char* name() const = 0;

    constexpr Heap() = default;
    Heap(const Heap&) = delete;
    Heap& operator=(const Heap&) = delete;

  protected:
    ~Heap() = default;

  private:
    friend class HeapRegistry;
    Heap* next_registered_ = nullptr;
};

namespace heap_detail {
// Logs that `heap` refused so many bytes, and what it looks like. As report_heap().
void report_refusal(const Heap& heap, size_t bytes);
} // namespace heap_detail

// Counts what passes through a heap, if the configuration asks for it and the heap does not itself.
template <class A>
using HeapCountFor =
    std::conditional_t<cfg::libukalloc_stats && !kCounts<A>, HeapCount, NoHeapCount>;

// Makes an object of a heap class a Heap, with a lock of its own: whoever uses the object past the
// Heap serialises with it himself, and is not counted. Refers to both arguments; they outlive it.
template <HeapAllocator A, class Lock = Spinlock<LockRank::heap>, class Count = HeapCountFor<A>>
class AllocatorOf final : public Heap {
  public:
    constexpr AllocatorOf(A& heap, const char* name) : heap_(heap), name_(name) {}

    void* allocate(size_t size, size_t align) override {
        const auto ask = [&] {
            return align == kHeapAlign ? count_.allocate(heap_, size)
                                       : count_.allocate(heap_, size, align);
        };
        return answer(ask, size);
    }
    void deallocate(void* block) override {
        LockGuard guard(lock_);
        count_.deallocate(heap_, block);
    }
    void* reallocate(void* block, size_t size) override {
        return answer([&] { return count_.reallocate(heap_, block, size); }, size);
    }
    size_t usable_size(const void* block) const override {
        LockGuard guard(lock_);
        return heap_.usable_size(block);
    }
    HeapStats stats() const override {
        LockGuard guard(lock_);
        HeapStats all = heap_.stats();
        count_.add_to(all);
        return all;
    }
    size_t trim() override {
        LockGuard guard(lock_);
        return heap_.trim();
    }
    bool verify() const override {
        LockGuard guard(lock_);
        return heap_.verify();
    }
    const char* name() const override { return name_; }

  private:
    // A refusal is logged when the lock is free again: the report asks the heap.
    template <class Ask>
    void* answer(Ask ask, size_t size) {
        void* block = nullptr;
        bool news = false;
        {
            LockGuard guard(lock_);
            block = ask();
            if constexpr (Count::kOn)
                news = !block && count_.take_news();
        }
        if (news) [[unlikely]]
            heap_detail::report_refusal(*this, size);
        return block;
    }

    A& heap_;
    const char* name_;
    [[no_unique_address]] mutable Lock lock_;
    [[no_unique_address]] Count count_;
};

// The default heap as a Heap&. Lives for ever.
[[nodiscard]] Heap& default_heap();

// All heaps that want to be seen (statistics, `reclaim`). A list rather than a linker-section
// table, because heaps are made and unmade while the system runs. Any number of threads.
class HeapRegistry {
  public:
    // Errors: EEXIST when it is registered already. The heap stays the caller's.
    [[nodiscard]] Result<> add(Heap& heap);
    // Errors: ENOENT when it was not registered.
    [[nodiscard]] Result<> remove(Heap& heap);

    // `visit` runs under the register's lock: it may ask and trim heaps, but not add or remove.
    template <class F>
    void for_each(F&& visit) const {
        LockGuard guard(lock_);
        for (Heap* heap = first_; heap; heap = heap->next_registered_)
            visit(*heap);
    }

  private:
    Heap* first_ = nullptr; // newest first
    [[no_unique_address]] mutable Spinlock<LockRank::heap_list> lock_;
};

// The image's register; the default heap is not in it, it has default_heap().
[[nodiscard]] HeapRegistry& heap_registry();

} // namespace uk
