// SPDX-License-Identifier: BSD-3-Clause
// Several heaps at once: the run-time interface, the adapter that makes any heap class one, and the
// register of heaps.
#pragma once

#include <cstddef>

#include <uk/alloc/concepts.hpp>
#include <uk/base/result.hpp>

namespace uk {

// One heap among several. Functions as HeapAllocator in concepts.hpp. Pass `Heap&` where a caller
// shall decide which heap is used; on hot paths of the default heap call uk::heap directly, which
// saves the indirect call (two to four instructions). Whoever made a heap owns it.
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

// Makes an object of a heap class a Heap. Refers to both arguments; they outlive it.
template <HeapAllocator A>
class AllocatorOf final : public Heap {
  public:
    constexpr AllocatorOf(A& heap, const char* name) : heap_(heap), name_(name) {}

    void* allocate(size_t size, size_t align) override {
        return align == kHeapAlign ? heap_.allocate(size) : heap_.allocate(size, align);
    }
    void deallocate(void* block) override { heap_.deallocate(block); }
    void* reallocate(void* block, size_t size) override { return heap_.reallocate(block, size); }
    size_t usable_size(const void* block) const override { return heap_.usable_size(block); }
    HeapStats stats() const override { return heap_.stats(); }
    size_t trim() override { return heap_.trim(); }
    bool verify() const override { return heap_.verify(); }
    const char* name() const override { return name_; }

  private:
    A& heap_;
    const char* name_;
};

// The default heap as a Heap&. Lives for ever.
[[nodiscard]] Heap& default_heap();

// All heaps that want to be seen (statistics, `reclaim`). A list rather than a linker-section
// table, because heaps are made and unmade while the system runs. Callers serialise.
class HeapRegistry {
  public:
    // Errors: EEXIST when it is registered already. The heap stays the caller's.
    [[nodiscard]] Result<> add(Heap& heap);
    // Errors: ENOENT when it was not registered.
    [[nodiscard]] Result<> remove(Heap& heap);

    template <class F>
    void for_each(F&& visit) const {
        for (Heap* heap = first_; heap; heap = heap->next_registered_)
            visit(*heap);
    }

  private:
    Heap* first_ = nullptr; // newest first
};

// The image's register; the default heap is not in it, it has default_heap().
[[nodiscard]] HeapRegistry& heap_registry();

} // namespace uk
