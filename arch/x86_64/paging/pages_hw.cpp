// SPDX-License-Identifier: BSD-3-Clause
// The lower half of the address space: the application's pages.
#include <uk/hal/memory.hpp>
#include <uk/hal_binding/pages.hpp>
#include <uk/x86/layout.h>

#include <uk/pagetable/x86_codec.hpp>

#if CONFIG_HAL_CPUS > 1
#include <uk/x86/cpus.hpp>
#else
namespace uk::x86 {
inline void flush_others() {}
} // namespace uk::x86
#endif

extern "C" uint64_t uk_pml4[];

namespace uk::x86 {
namespace {

Paddr root() {
    return Paddr{reinterpret_cast<uint64_t>(uk_pml4) - UK_KERNEL_BASE};
}

// invlpg drops the tables on the way, too, and so does CR3, which costs less than many of it (Intel
// SDM 3A, 4.10.4.1). The processor sees its own writes in order and fetches what was written.
struct Processor {
    static constexpr uint64_t kMostSingle = 32 * kPageSize;
    static uint64_t* table(Paddr frame) {
        return frame == root() ? uk_pml4 : static_cast<uint64_t*>(hal::direct_map(frame));
    }
    static void publish() { asm volatile("" ::: "memory"); }
    static void forget(VirtRange range) {
        if (range.size > kMostSingle) {
            asm volatile("movq %%cr3, %%rax\n\tmovq %%rax, %%cr3" ::: "rax", "memory");
            return;
        }
        for (Vaddr page = range.start; page < range.end(); page += kPageSize) {
            asm volatile("invlpg (%0)" ::"r"(page.value()) : "memory");
        }
    }
    static void forgotten() { flush_others(); }
    static void code(Paddr /*frame*/) {}
};

} // namespace
} // namespace uk::x86

// Nobody gets the first 64 KiB, where null pointers of large objects point to, and the last page,
// behind which no address is canonical.
uk::Result<uk::hal::PagesRange> uk::hal::pages_init(const TableFrames& frames) {
    constexpr Vaddr kStart{0x10000};
    constexpr Vaddr kEnd{(uint64_t{1} << 47) - kPageSize};
    pagetable::g_table_frames = frames;
    return PagesRange{{kStart, kEnd - kStart}, Vaddr{uint64_t{1} << 44}};
}

UK_HAL_PAGES(pagetable::X86Codec, x86::Processor, x86::root())
