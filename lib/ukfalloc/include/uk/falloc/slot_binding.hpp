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
#include <uk/spinlock.hpp>

namespace uk::falloc {

struct HalDirectMap {
    Result<PhysRange> open(PhysRange range) { return hal::direct_map_open(range); }
    void* pointer(Paddr address) { return hal::direct_map(address); }
    Paddr address(const void* pointer) { return hal::direct_map_paddr(pointer); }
};
static_assert(DirectMapPolicy<HalDirectMap>);

template <FrameAllocator A, class Lock, class Wish>
Result<void*> allocate_locked(A& frames, Lock& lock, const Wish& wish) {
    LockGuard guard(lock);
    return frames.allocate_run(wish);
}

// Asks the caches and tries once more. What all of RAM could not give is not asked for. The lock is
// free while caches are asked: they call free_run().
template <FrameAllocator A, class Lock, class Caches>
[[gnu::noinline]] Result<void*> allocate_after_reclaim(A& frames, Lock& lock, Caches& caches,
                                                       const FrameRequest& wish) {
    uint64_t all = 0;
    {
        LockGuard guard(lock);
        all = frames.stats().total_bytes;
    }
    if (wish.pages > all / kPageSize || caches.ask(wish.pages * kPageSize) == 0)
        return Errno::nomem;
    return allocate_locked(frames, lock, wish);
}

// `caches` is a function, as it is not needed when all is well. `wish`: FrameRequest or pages.
template <FrameAllocator A, class Lock, class Caches, class Wish>
Result<void*> allocate(A& frames, Lock& lock, Caches& (*caches)(), const Wish& wish) {
    Result<void*> run = allocate_locked(frames, lock, wish);
    if (run.ok() || run.code() != Errno::nomem)
        return run;
    if constexpr (std::is_same_v<Wish, FrameRequest>)
        return allocate_after_reclaim(frames, lock, caches(), wish);
    else
        return allocate_after_reclaim(frames, lock, caches(), FrameRequest{.pages = wish});
}

} // namespace uk::falloc

// Defines the slot and its lock. `object` is the provider's allocator.
#define UK_FRAME_SLOT(object)                                                                      \
    static constinit uk::Spinlock<uk::LockRank::frames> uk_frames_lock;                            \
    uk::Result<> uk::falloc::add_range(PhysRange range) {                                          \
        LockGuard guard(uk_frames_lock);                                                           \
        return object.add_range(range);                                                            \
    }                                                                                              \
    uk::Result<void*> uk::falloc::allocate_run(size_t pages) {                                     \
        return uk::falloc::allocate(object, uk_frames_lock, reclaim_list, pages);                  \
    }                                                                                              \
    uk::Result<void*> uk::falloc::allocate_run(FrameRequest wish) {                                \
        return uk::falloc::allocate(object, uk_frames_lock, reclaim_list, wish);                   \
    }                                                                                              \
    void uk::falloc::free_run(void* run, size_t pages) {                                           \
        LockGuard guard(uk_frames_lock);                                                           \
        object.free_run(run, pages);                                                               \
    }                                                                                              \
    uk::FrameStats uk::falloc::stats() {                                                           \
        LockGuard guard(uk_frames_lock);                                                           \
        return object.stats();                                                                     \
    }
