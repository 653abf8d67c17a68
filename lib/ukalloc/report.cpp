// SPDX-License-Identifier: BSD-3-Clause
// What heaps say about themselves, in the log.
#include <uk/alloc/report.hpp>

#include <uk/alloc.h>
#include <uk/alloc/c_handle.hpp>
#include <uk/config.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/print.h>

namespace uk {

// Whoever asks wants to see it, whatever the log leaves out otherwise.
void report_heap(const Heap& heap) {
    const HeapStats now = heap.stats();
    uk_pr_warn("heap '%s': holds %zu bytes, %zu free, %zu in one piece\n", heap.name(),
               now.total_bytes, now.free_bytes, now.largest_free);
    if constexpr (cfg::libukalloc_stats) {
        uk_pr_warn(
            "heap '%s': %llu blocks of %zu bytes, at most %zu; %llu allocations, %llu frees, "
            "%llu refusals\n",
            heap.name(), static_cast<unsigned long long>(now.live_blocks()), now.used_bytes,
            now.peak_bytes, static_cast<unsigned long long>(now.allocations),
            static_cast<unsigned long long>(now.deallocations),
            static_cast<unsigned long long>(now.failures));
    }
}

static void report_frames() {
    const FrameStats now = falloc::stats();
    uk_pr_warn("frames: %llu KiB of %llu free, %llu not opened, else %zu in one piece\n",
               static_cast<unsigned long long>(now.free_bytes / 1024),
               static_cast<unsigned long long>(now.total_bytes / 1024),
               static_cast<unsigned long long>(now.unopened_bytes / 1024),
               now.largest_free_pages * (kPageSize / 1024));
}

void report_heaps() {
    report_heap(default_heap());
    heap_registry().for_each([](Heap& heap) { report_heap(heap); });
    report_frames();
}

void heap_detail::report_refusal(const Heap& heap, size_t bytes) {
    uk_pr_warn("heap '%s': no memory for %zu bytes\n", heap.name(), bytes);
    report_heap(heap);
    report_frames();
}

} // namespace uk

void uk_alloc_report(uk_alloc* a) {
    if (a)
        uk::report_heap(uk::heap_of(a));
    else
        uk::report_heaps();
}
