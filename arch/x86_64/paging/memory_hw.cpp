// SPDX-License-Identifier: BSD-3-Clause
// The direct map of this machine: its tables, and what its processor can do.
#include <uk/hal/memory.hpp>

#include <uk/assert.h>
#include <uk/hal_arch/cpuid.hpp>
#include <uk/hal/image.hpp>
#include <uk/hal_binding/map_lock.hpp>
#include <uk/pagetable/direct_map.hpp>
#include <uk/x86/layout.h>
#include <uk/x86/memory.hpp>

#include <uk/pagetable/x86_codec.hpp>

extern "C" {
extern uint64_t uk_pml4[];
extern char uk_table_pool[];
extern char uk_table_pool_end[];
}

namespace uk {
namespace {

Paddr image_paddr(const volatile void* pointer) {
    return Paddr{reinterpret_cast<uint64_t>(pointer) - UK_KERNEL_BASE};
}

// Tables of the image are reached through its own mapping, all others through the direct map.
struct Pages {
    static constexpr VirtRange kWindow{Vaddr{UK_DIRECT_MAP_BASE}, UK_DIRECT_MAP_SIZE};

    static uint64_t* table(Paddr frame) {
        uint64_t at = frame.value(); // comparing Paddrs takes a call under -Os
        bool ours = at < image_paddr(uk_image_end).value() && at >= UK_IMAGE_PHYS;
        return ours ? Vaddr{at + UK_KERNEL_BASE}.as<uint64_t>()
                    : (kWindow.start + at).as<uint64_t>();
    }
    static void publish() {} // seen in order, and absent ones not cached (SDM 3A, 8.2.2, 4.10.4.3)
};

using Map = pagetable::DirectMap<pagetable::X86Codec, Pages>;

constinit Map g_map{Paddr{}, Pages{}, PhysRange{}};
constinit hal::MapLock g_lock;

// Leaf 0x80000001, edx: pages of 1 GiB. Leaf 0x80000008, eax: width of physical addresses; 36 bits
// without it (Intel SDM 3A, 4.1.4).
Map& direct() {
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
    g_map = Map{image_paddr(uk_pml4), Pages{}, image_range()};
    for (char* frame = uk_table_pool; frame != uk_table_pool_end; frame += kPageSize) {
        g_map.give(image_paddr(frame));
    }
}

PhysRange x86::image_range() {
    return {image_paddr(uk_image_start), static_cast<uint64_t>(uk_image_end - uk_image_start)};
}

Result<std::span<const std::byte>> x86::view_physical(Paddr start, size_t size) {
    hal::MapLock::Guard locked(g_lock);
    UK_TRY(direct().open_as_it_is(start, size, pagetable::X86Codec::attributes(pagetable::kRam)));
    return std::span(Map::vaddr(start).as<const std::byte>(), size);
}

#if CONFIG_HAL_CPUS > 1
Result<void*> x86::show_guarded(void* memory, size_t size) {
    static constinit Vaddr next{UK_GUARDED_BASE};
    hal::MapLock::Guard locked(g_lock);
    const Vaddr at = next + UK_GUARDED_GAP;
    UK_TRY(direct().show_also(at, {hal::direct_map_paddr(memory), size}));
    next = at + size;
    return at.as<void>();
}
#endif

void* hal::direct_map(Paddr address) {
    return Map::vaddr(address).as<void>();
}

Paddr hal::direct_map_paddr(const void* pointer) {
    uint64_t offset = Vaddr::of(pointer) - Pages::kWindow.start;
    UK_ASSERT(offset < Pages::kWindow.size);
    return Paddr{offset};
}

Result<PhysRange> hal::direct_map_open(PhysRange range) {
    hal::MapLock::Guard locked(g_lock);
    return direct().open(range);
}

Result<volatile void*> hal::map_device(Paddr start, size_t size) {
    hal::MapLock::Guard locked(g_lock);
    UK_TRY(
        direct().open_as_it_is(start, size, pagetable::X86Codec::attributes(pagetable::kDevice)));
    return Map::vaddr(start).as<volatile void>();
}

} // namespace uk
