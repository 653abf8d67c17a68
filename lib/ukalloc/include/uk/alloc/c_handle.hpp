// SPDX-License-Identifier: BSD-3-Clause
// Between `struct uk_alloc*` of C and uk::Heap& of C++; and heaps that live inside their own
// buffer.
#pragma once

#include <new>

#include <uk/alloc.h>
#include <uk/alloc/interface.hpp>
#include <uk/alloc/pages.hpp>
#include <uk/base/bits.hpp>

namespace uk {

inline uk_alloc* c_handle(Heap& heap) {
    return reinterpret_cast<uk_alloc*>(&heap);
}
inline Heap& heap_of(uk_alloc* a) {
    return *reinterpret_cast<Heap*>(a);
}

// A heap of class H<SpanPages> that lives at the start of the buffer it manages. The buffer stays
// the caller's, who may drop it, heap and blocks and all, at any time. Null when the buffer has no
// room for the heap's own data and one page.
template <template <class> class HeapClass>
uk_alloc* heap_in_buffer(void* buffer, size_t bytes, const char* name) {
    using H = HeapClass<SpanPages>;
    struct Placed {
        H heap;
        AllocatorOf<H> face;
        Placed(SpanPages pages, const char* text) : heap(pages), face(heap, text) {}
    };
    const auto start = reinterpret_cast<uintptr_t>(buffer);
    const size_t skip = -start & (alignof(Placed) - 1);
    const size_t own = skip + sizeof(Placed);
    if (!buffer || bytes < own)
        return nullptr;
    SpanPages pages(static_cast<char*>(buffer) + own, bytes - own);
    if (pages.pages_left() == 0)
        return nullptr;
    auto* placed = new (static_cast<char*>(buffer) + skip) Placed(pages, name);
    return c_handle(placed->face);
}

} // namespace uk
