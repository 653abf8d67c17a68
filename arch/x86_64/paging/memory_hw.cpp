// SPDX-License-Identifier: BSD-3-Clause
// The direct map of this machine: its tables, and what its processor can do.
#include <uk/hal/memory.hpp>

#include <uk/assert.h>
#include <uk/hal_arch/cpuid.hpp>
#include <uk/hal/image.hpp>
#include <uk/x86/layout.h>
#include <uk/x86/memory.hpp>

#include "direct_map.hpp"

extern "C" {
extern uint64_t uk_pml4[];
extern char uk_table_pool[];
extern char uk_table_pool_end[];
}

namespace uk {
namespace {

using namespace x86;

constexpr uint64_t kKernelBase = UK_KERNEL_BASE;

Paddr image_paddr(const volatile void* pointer) {
    return Paddr{reinterpret_cast<uint64_t>(pointer) - kKernelBase};
}

// Tables of the image are reached through its own mapping, all others through the direct map.
struct Pages {
    static uint64_t* table(Paddr frame) {
        Vaddr address =
            frame.value() < image_paddr(uk_image_end).value() && frame.value() >= UK_IMAGE_PHYS
                ? Vaddr{frame.value() + kKernelBase}
                : direct_vaddr(frame);
        return address.as<uint64_t>();
    }
};

constinit DirectMap<Pages> g_map{Paddr{}, Pages{}, PhysRange{}};

// Leaf 0x80000001, edx: pages of 1 GiB. Leaf 0x80000008, eax: width of physical addresses; 36 bits
// without it (Intel SDM 3A, 4.1.4).
DirectMap<Pages>& direct() {
    if (!g_map.knows_processor()) [[unlikely]] {
        constexpr uint32_t k1GiB = 1 << 26;
        bool has_1gib = (hal::cpuid(0x80000001).edx & k1GiB) != 0;
        uint32_t width = hal::cpuid(0x80000008).eax & 0xff;
        g_map.set_processor(has_1gib ? 3 : 2, uint64_t{1} << (width == 0 ? 36 : width));
    }
    return g_map;
}

} // namespace

void x86::memory_init() {
    g_map = DirectMap<Pages>{image_paddr(uk_pml4), Pages{}, image_range()};
    for (char* frame = uk_table_pool; frame != uk_table_pool_end; frame += kPageSize) {
        g_map.give(image_paddr(frame));
    }
}

PhysRange x86::image_range() {
    return {image_paddr(uk_image_start), static_cast<uint64_t>(uk_image_end - uk_image_start)};
}

Result<std::span<const std::byte>> x86::view_physical(Paddr start, size_t size) {
    uint64_t end = 0;
    if (size == 0 || __builtin_add_overflow(start.value(), size + kPageSize - 1, &end)) {
        return Errno::inval;
    }
    Paddr first = start.align_down(kPageSize);
    UK_TRY(direct().open_as_it_is({first, Paddr{end}.align_down(kPageSize) - first}, kMapRam));
    return std::span(direct_vaddr(start).as<const std::byte>(), size);
}

void* hal::direct_map(Paddr address) {
    return direct_vaddr(address).as<void>();
}

Paddr hal::direct_map_paddr(const void* pointer) {
    uint64_t offset = Vaddr::of(pointer) - kDirectMapBase;
    UK_ASSERT(offset < kDirectMapSize);
    return Paddr{offset};
}

Result<PhysRange> hal::direct_map_open(PhysRange range) {
    Result<PhysRange> opened = direct().open(range);
    // A device is mapped there: that is not memory.
    return opened.code() == Errno::exist ? Result<PhysRange>(Errno::inval) : opened;
}

Result<volatile void*> hal::map_device(Paddr start, size_t size) {
    uint64_t end = 0;
    if (size == 0 || __builtin_add_overflow(start.value(), size + kPageSize - 1, &end)) {
        return Errno::inval;
    }
    Paddr first = start.align_down(kPageSize);
    Result<> mapped =
        direct().open_as_it_is({first, Paddr{end}.align_down(kPageSize) - first}, kMapDevice);
    if (!mapped.ok()) {
        return mapped.code() == Errno::exist ? Errno::inval : mapped.code();
    }
    return direct_vaddr(start).as<volatile void>();
}

} // namespace uk
