// SPDX-License-Identifier: BSD-3-Clause
// The two page sources of the kernel: frames, and a buffer the caller owns.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/alloc/concepts.hpp>
#include <uk/base/result.hpp>
#include <uk/falloc/frame_allocator.hpp>

namespace uk {

// Page runs from the image's frame allocator, through the direct map.
struct FramePages {
    Result<void*> allocate_pages(size_t pages) { return falloc::allocate_run(pages); }
    void free_pages(void* run, size_t pages) { falloc::free_run(run, pages); }
};

// Hands out a buffer of the caller's from its low end, so that runs lie side by side and heaps
// merge them. Takes nothing back: the heap keeps all it was given, and the buffer goes when the
// heap goes.
class SpanPages {
  public:
    static constexpr bool kReturnable = false;

    // Partial pages at the ends of the buffer are not used.
    SpanPages(void* buffer, size_t bytes) {
        const auto start = reinterpret_cast<uintptr_t>(buffer);
        const uintptr_t first = (start + kPageSize - 1) & ~uintptr_t{kPageSize - 1};
        const uintptr_t end = (start + bytes) & ~uintptr_t{kPageSize - 1};
        if (first >= start && end > first) {
            next_ = static_cast<char*>(buffer) + (first - start);
            pages_left_ = (end - first) / kPageSize;
        }
    }

    Result<void*> allocate_pages(size_t pages) {
        if (pages == 0 || pages > pages_left_)
            return Errno::nomem;
        void* run = next_;
        next_ += pages * kPageSize;
        pages_left_ -= pages;
        return run;
    }
    void free_pages(void*, size_t) {}
    size_t pages_left() const { return pages_left_; }

  private:
    char* next_ = nullptr;
    size_t pages_left_ = 0;
};

static_assert(PageSource<FramePages>);
static_assert(PageSource<SpanPages>);

} // namespace uk
