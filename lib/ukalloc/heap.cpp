// SPDX-License-Identifier: BSD-3-Clause
// The default heap as an interface object, and the register of heaps.
#include <uk/alloc/heap.hpp>
#include <uk/alloc/interface.hpp>

namespace uk {

namespace {

class DefaultHeap final : public Heap {
  public:
    void* allocate(size_t size, size_t align) override {
        return align == kHeapAlign ? heap::allocate(size) : heap::allocate(size, align);
    }
    void deallocate(void* block) override { heap::deallocate(block); }
    void* reallocate(void* block, size_t size) override { return heap::reallocate(block, size); }
    size_t usable_size(const void* block) const override { return heap::usable_size(block); }
    HeapStats stats() const override { return heap::stats(); }
    size_t trim() override { return heap::trim(); }
    bool verify() const override { return heap::verify(); }
    const char* name() const override { return heap::name(); }
};

constinit DefaultHeap g_default_heap;
constinit HeapRegistry g_registry;

} // namespace

Heap& default_heap() {
    return g_default_heap;
}

HeapRegistry& heap_registry() {
    return g_registry;
}

} // namespace uk
