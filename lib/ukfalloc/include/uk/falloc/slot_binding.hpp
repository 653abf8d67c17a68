// SPDX-License-Identifier: BSD-3-Clause
// What a provider's slot.cpp is made of: its allocator over the platform's direct map, and the
// slot's functions with reclaim.
//
//     constinit uk::MyFrames<uk::falloc::HalDirectMap> g_frames;
//     UK_FRAME_SLOT(g_frames)
#pragma once

#include <type_traits>

#include <uk/base/address.hpp>
#include <uk/falloc/direct_map_policy.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/falloc/reclaim.hpp>
#include <uk/hal/memory.hpp>

namespace uk::falloc {

struct HalDirectMap {
    Result<PhysRange> open(PhysRange range) { return hal::direct_map_open(range); }
    void* pointer(Paddr address) { return hal::direct_map(address); }
    Paddr address(const void* pointer) { return hal::direct_map_paddr(pointer); }
};
static_assert(DirectMapPolicy<HalDirectMap>);

// Asks the caches and tries once more. What all of RAM could not give is not asked for.
template <FrameAllocator A>
[[gnu::noinline]] Result<void*> allocate_after_reclaim(A& frames, ReclaimList& caches,
                                                       const FrameRequest& wish) {
    if (wish.pages > frames.stats().total_bytes / kPageSize ||
        caches.ask(wish.pages * kPageSize) == 0)
        return Errno::nomem;
    return frames.allocate_run(wish);
}

// `caches` is a function, as it is not needed when all is well. `wish`: FrameRequest or pages.
template <FrameAllocator A, class Wish>
Result<void*> allocate(A& frames, ReclaimList& (*caches)(), const Wish& wish) {
    Result<void*> run = frames.allocate_run(wish);
    if (run.ok() || run.code() != Errno::nomem)
        return run;
    if constexpr (std::is_same_v<Wish, FrameRequest>)
        return allocate_after_reclaim(frames, caches(), wish);
    else
        return allocate_after_reclaim(frames, caches(), FrameRequest{.pages = wish});
}

} // namespace uk::falloc

#define UK_FRAME_SLOT(object)                                                                      \
    uk::Result<> uk::falloc::add_range(PhysRange range) {                                          \
        return object.add_range(range);                                                            \
    }                                                                                              \
    uk::Result<void*> uk::falloc::allocate_run(size_t pages) {                                     \
        return uk::falloc::allocate(object, reclaim_list, pages);                                  \
    }                                                                                              \
    uk::Result<void*> uk::falloc::allocate_run(FrameRequest wish) {                                \
        return uk::falloc::allocate(object, reclaim_list, wish);                                   \
    }                                                                                              \
    void uk::falloc::free_run(void* run, size_t pages) {                                           \
        object.free_run(run, pages);                                                               \
    }                                                                                              \
    uk::FrameStats uk::falloc::stats() {                                                           \
        return object.stats();                                                                     \
    }
