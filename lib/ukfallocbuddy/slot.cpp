// SPDX-License-Identifier: BSD-3-Clause
// The buddy allocator as owner of the machine's frames, over the platform's direct map.
#include <uk/fallocbuddy/buddy_frame_allocator.hpp>
#include <uk/hal/memory.hpp>

namespace {

struct HalDirectMap {
    uk::Result<uk::PhysRange> open(uk::PhysRange range) { return uk::hal::direct_map_open(range); }
    void* pointer(uk::Paddr address) { return uk::hal::direct_map(address); }
    uk::Paddr address(const void* pointer) { return uk::hal::direct_map_paddr(pointer); }
};

using Frames = uk::BuddyFrameAllocator<HalDirectMap>;
static_assert(uk::FrameAllocator<Frames>);

constinit Frames g_frames;

} // namespace

uk::Result<> uk::falloc::add_range(PhysRange range) {
    return g_frames.add_range(range);
}

uk::Result<void*> uk::falloc::allocate_run(size_t pages) {
    return g_frames.allocate_run(pages);
}

uk::Result<void*> uk::falloc::allocate_run(FrameRequest wish) {
    return g_frames.allocate_run(wish);
}

void uk::falloc::free_run(void* run, size_t pages) {
    g_frames.free_run(run, pages);
}

uk::FrameStats uk::falloc::stats() {
    return g_frames.stats();
}
