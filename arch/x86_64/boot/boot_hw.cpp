// SPDX-License-Identifier: BSD-3-Clause
// The processor's extended state, and the choice of parser for what the loader left.
#include <uk/x86/boot.hpp>

#include <string_view>

#include <uk/hal/console.hpp>
#include <uk/hal_arch/cpuid.hpp>
#include <uk/loader/multiboot2.hpp>
#include <uk/loader/pvh.hpp>
#include <uk/x86/layout.h>
#include <uk/x86/memory.hpp>

namespace uk {
namespace {

constexpr uint32_t kHasXsave = 1 << 26; // leaf 1, ecx
constexpr uint64_t kCr4Osxsave = 1 << 18;
constexpr uint32_t kMxcsrAtReset = 0x1f80;
constexpr uint64_t kX87AndSse = 0x3;
constexpr uint64_t kAvx = 0x4;
constexpr uint64_t kAvx512 = 0xe0; // all three or none

void say(std::string_view text) {
    hal::console_write(text.data(), text.size());
}

Result<> complain(Error error) {
    switch (error.code()) {
    case Errno::nodata:
        say("Microlith: the loader's memory map is missing or empty; there is nothing to run "
            "in.\n");
        break;
    case Errno::proto:
        say("Microlith: the loader speaks PVH version 0, which has no memory map; a newer one is "
            "needed.\n");
        break;
    default:
        say("Microlith: what the loader left (start_info or Multiboot 2 tags) is damaged: ");
        say(error.name());
        say(".\n");
    }
    return error;
}

} // namespace

void x86::enable_extended_state() {
    const uint32_t exceptions_masked = kMxcsrAtReset;
    asm volatile("fninit\n\tldmxcsr %0" : : "m"(exceptions_masked));
    if ((hal::cpuid_unchecked(1).ecx & kHasXsave) == 0) {
        return;
    }
    uint64_t cr4;
    asm volatile("movq %%cr4, %0" : "=r"(cr4));
    asm volatile("movq %0, %%cr4" : : "r"(cr4 | kCr4Osxsave));
    // Leaf 0xd, which every processor with XSAVE has: what it can save.
    uint64_t can = hal::cpuid_unchecked(0xd).eax;
    uint64_t want = kX87AndSse | (can & kAvx);
    if ((can & (kAvx | kAvx512)) == (kAvx | kAvx512)) {
        want |= kAvx512;
    }
    asm volatile("xsetbv" : : "c"(0), "a"(static_cast<uint32_t>(want)), "d"(0));
}

Result<> x86::read_boot_info(uint32_t magic, Paddr information, hal::BootInfo& info,
                             Result<> (*map)(hal::BootInfo& info)) {
    loader::PhysView view{
        [](void*, Paddr start, size_t size) { return view_physical(start, size); }, nullptr};
    Result<> read = Errno::inval;
    static_assert(loader::kPvhMagic == UK_PVH_MAGIC);
    if (magic == UK_PVH_MAGIC) {
        read = loader::read_pvh(view, information, info, map);
    } else if (magic == UK_MULTIBOOT2_MAGIC) {
        read = loader::read_multiboot2(view, information, info);
    }
    if (!read.ok()) {
        return complain(read.error());
    }
    info.add(image_range().start, image_range().size, hal::MemoryKind::image);
    return {};
}

} // namespace uk
