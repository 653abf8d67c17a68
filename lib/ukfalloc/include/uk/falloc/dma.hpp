// SPDX-License-Identifier: BSD-3-Clause
// Runs of frames for devices: one piece of physical memory, with the address the device uses.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/hal/memory.hpp>

namespace uk {

// What a device can reach. A 32-bit device says {.bytes = n, .below = 1ull << 32}.
struct DmaRequest {
    size_t bytes = 0;              // rounded up to whole pages; 0 is EINVAL
    size_t align = kPageSize;      // of the device's address, a power of two
    uint64_t below = ~uint64_t{0}; // the last byte lies below this device address
};

struct DmaRun {
    void* memory = nullptr; // for the CPU, in the direct map
    DmaAddr address;        // for the device
    size_t pages = 0;
};

namespace falloc {

// A run in one piece, contents undefined; memory is coherent on all our platforms. Context and
// errors as allocate_run(). The caller owns it until free_dma(), and stops the device before.
[[nodiscard]] inline Result<DmaRun> allocate_dma(DmaRequest wish) {
    if (wish.bytes == 0 || !is_pow2(wish.align))
        return Errno::inval;
    const size_t pages = (wish.bytes - 1) / kPageSize + 1;
    const size_t align = wish.align <= kPageSize ? 1 : wish.align / kPageSize;
    void* memory = UK_TRY(
        allocate_run(FrameRequest{.pages = pages, .align_pages = align, .below = wish.below}));
    return DmaRun{memory, hal::dma_address(hal::direct_map_paddr(memory)), pages};
}

inline void free_dma(const DmaRun& run) {
    free_run(run.memory, run.pages);
}

} // namespace falloc
} // namespace uk
