// SPDX-License-Identifier: BSD-3-Clause
// Frames of host tests, from any number of threads.
#include <uk/fakes/frames.hpp>

#include <atomic>
#include <cstdlib>
#include <cstring>

#include <uk/falloc/frame_allocator.hpp>

namespace {

std::atomic<size_t> g_fail_at{0};
std::atomic<size_t> g_requests{0};
std::atomic<size_t> g_live{0};

} // namespace

void uk::fakes::frames_fail_at(size_t k) {
    g_fail_at = k;
    g_requests = 0;
}

bool uk::fakes::frames_failed() {
    return g_fail_at != 0 && g_requests >= g_fail_at;
}

size_t uk::fakes::frames_live() {
    return g_live;
}

uk::Result<void*> uk::falloc::allocate_run(FrameRequest wish) {
    if (++g_requests == g_fail_at)
        return Errno::nomem;
    const size_t size = wish.pages * kPageSize;
    const size_t align = wish.align_pages * kPageSize; // what is asked for must be a multiple of it
    void* run = std::aligned_alloc(align, (size + align - 1) / align * align);
    if (run == nullptr)
        return Errno::nomem;
    std::memset(run, 0xa5, size);
    g_live += wish.pages;
    return run;
}

uk::Result<void*> uk::falloc::allocate_run(size_t pages) {
    return allocate_run(FrameRequest{.pages = pages});
}

void uk::falloc::free_run(void* run, size_t pages) {
    g_live -= pages;
    std::free(run);
}
