// SPDX-License-Identifier: BSD-3-Clause
// The window of this image: page tables by hal, frames from ukfalloc.
#include <uk/vmem/kernel_window.hpp>

#include <uk/falloc/frame_allocator.hpp>
#include <uk/hal/memory.hpp>
#include <uk/vmem/window.hpp>

#include "kernel.hpp"

namespace uk::vmem {
namespace {

struct KernelWindow {
    using Lock = detail::TablesLock;
    static Result<void*> take_run(size_t pages) { return falloc::allocate_run(pages); }
    static void give_run(void* run, size_t pages) { falloc::free_run(run, pages); }
    static Paddr paddr(void* run) { return hal::direct_map_paddr(run); }
    static void* pointer(Paddr frame) { return hal::direct_map(frame); }
    static Result<> map(Vaddr page, Paddr frame, Protection protection) {
        return hal::pages_map(page, frame, protection);
    }
    static void unmap(std::span<const VirtRange> ranges, const pagetable::PageSink& taken) {
        hal::pages_unmap(ranges, taken);
    }
    static pagetable::PageEntry find(Vaddr page) { return hal::pages_find(page); }
    static uint64_t memory_size() { return falloc::stats().total_bytes; }
};

constexpr uint64_t kBytes = uint64_t{cfg::libukvmem_window_gib} << 30;
using ImageWindow = Window<KernelWindow, kBytes / (32 << 20)>;
static_assert(kBytes % ImageWindow::kUnit == 0);

constinit ImageWindow g_window{KernelWindow{}, detail::g_tables};

} // namespace

// At most half of what lies above `search`, so that applications keep as much.
VirtRange detail::set_aside(hal::PagesRange pages) {
    const Vaddr end = pages.range.end();
    const uint64_t half = (end - pages.search) / 2;
    const Vaddr start = (end - (kBytes < half ? kBytes : half)).align_up(ImageWindow::kUnit);
    g_window.init({start, end - start});
    return {pages.range.start, start - pages.range.start};
}

Result<Vaddr> window::reserve(uint64_t size, uint64_t align, uint64_t offset) {
    UK_TRY(detail::start());
    return g_window.reserve(size, align, offset);
}
void window::release(Vaddr start, uint64_t size) {
    g_window.release(start, size);
}
Result<> window::commit(Vaddr start, uint64_t size) {
    return g_window.commit(start, size);
}
void window::decommit(Vaddr start, uint64_t size) {
    g_window.decommit(start, size);
}
uint64_t window::committed_bytes() {
    return g_window.committed_bytes();
}
VirtRange window::range() {
    return g_window.range();
}

} // namespace uk::vmem
