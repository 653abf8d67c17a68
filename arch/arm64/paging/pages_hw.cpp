// SPDX-License-Identifier: BSD-3-Clause
// The lower half of the address space (TTBR0): the application's pages.
#include <uk/hal/memory.hpp>
#include <uk/hal_binding/pages.hpp>

#include <uk/pagetable/arm64_codec.hpp>

namespace uk::arm64 {
namespace {

constinit Paddr g_root{};

// Arm ARM (DDI 0487): D8.13 (TLB maintenance), B2.4.4 (instruction fetches).
struct Processor {
    static uint64_t* table(Paddr frame) { return static_cast<uint64_t*>(hal::direct_map(frame)); }
    static void publish() { asm volatile("dsb ishst\n\tisb" ::: "memory"); }
    static void forget(VirtRange range) {
        constexpr uint64_t kMostSingle = 32 * kPageSize; // each is told to all CPUs
        constexpr uint64_t kPageBits = (uint64_t{1} << 44) - 1;
        if (range.size > kMostSingle) {
            asm volatile("tlbi vmalle1is" ::: "memory");
            return;
        }
        for (Vaddr page = range.start; page < range.end(); page += kPageSize) {
            asm volatile("tlbi vaae1is, %0" ::"r"(page.page_number() & kPageBits) : "memory");
        }
    }
    static void forgotten() { asm volatile("dsb ish\n\tisb" ::: "memory"); }
    static void code(Paddr frame) {
        uint64_t type;
        asm volatile("mrs %0, ctr_el0" : "=r"(type));
        auto at = reinterpret_cast<uint64_t>(hal::direct_map(frame));
        for (const uint64_t end = at + kPageSize; at < end; at += 4 << (type >> 16 & 0xf)) {
            asm volatile("dc cvau, %0" ::"r"(at) : "memory");
        }
        asm volatile("dsb ish\n\tic ialluis\n\tdsb ish\n\tisb" ::: "memory");
    }
};

// TCR_EL1 for TTBR0: 48 bits, pages of 4 KiB, walks through the caches, as the upper half has it.
constexpr uint64_t kLower = 16 | 1 << 8 | 1 << 10 | 3 << 12;
constexpr uint64_t kLowerFields = 0xffff; // among them EPD0, which switches it off

} // namespace
} // namespace uk::arm64

// boot/entry.S switched the half off. Nobody gets the first 64 KiB, where null pointers of large
// objects point to.
uk::Result<uk::hal::PagesRange> uk::hal::pages_init(const TableFrames& frames) {
    using namespace uk::arm64;
    constexpr Vaddr kStart{0x10000};
    constexpr Vaddr kEnd{(uint64_t{1} << 48) - kPageSize};
    pagetable::g_table_frames = frames;
    g_root = UK_TRY(pagetable::WithFrames<Processor>::take());
    uint64_t control;
    asm volatile("mrs %0, tcr_el1" : "=r"(control));
    control = (control & ~kLowerFields) | kLower;
    asm volatile("msr ttbr0_el1, %0\n\tisb\n\tmsr tcr_el1, %1\n\tisb\n\t"
                 "tlbi vmalle1is\n\tdsb ish\n\tisb" ::"r"(g_root.value()),
                 "r"(control)
                 : "memory");
    return PagesRange{{kStart, kEnd - kStart}, Vaddr{uint64_t{1} << 44}};
}

UK_HAL_PAGES(pagetable::Arm64Codec, arm64::Processor, arm64::g_root)
