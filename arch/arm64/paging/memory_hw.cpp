// SPDX-License-Identifier: BSD-3-Clause
// The direct map of this machine: its tables, and what its processor can do.
#include <uk/hal/memory.hpp>

#include <uk/arm64/layout.h>
#include <uk/arm64/memory.hpp>
#include <uk/assert.h>
#include <uk/hal/image.hpp>
#include <uk/hal_binding/map_lock.hpp>
#include <uk/pagetable/direct_map.hpp>

#include <uk/pagetable/arm64_codec.hpp>

extern "C" {
extern uint64_t uk_l0[];
extern char uk_table_pool[];
extern char uk_table_pool_end[];
}

namespace uk {
namespace {

static_assert(pagetable::Arm64Codec::kMair == UK_MAIR);

// Physical addresses of the image plus this are where it runs.
constinit uint64_t g_image_offset = 0;

Paddr image_paddr(const volatile void* pointer) {
    return Paddr{reinterpret_cast<uint64_t>(pointer) - g_image_offset};
}

// Tables of the image are reached through its own mapping, all others through the direct map.
struct Pages {
    static constexpr VirtRange kWindow{Vaddr{UK_DIRECT_MAP_BASE}, UK_DIRECT_MAP_SIZE};

    static uint64_t* table(Paddr frame) {
        uint64_t at = frame.value();
        uint64_t mine = at + g_image_offset;
        bool ours = mine - reinterpret_cast<uint64_t>(uk_image_start) <
                    static_cast<uint64_t>(uk_image_end - uk_image_start);
        return ours ? Vaddr{mine}.as<uint64_t>() : (kWindow.start + at).as<uint64_t>();
    }
    // The walker sees them (Arm ARM, D8.2.6); absent entries are never in a TLB.
    static void publish() { asm volatile("dsb ishst\n\tisb" ::: "memory"); }
};

using Map = pagetable::DirectMap<pagetable::Arm64Codec, Pages>;

constinit Map g_map{Paddr{}, Pages{}, PhysRange{}};
constinit hal::MapLock g_lock;

// ID_AA64MMFR0_EL1.PARange; what is wider than 48 bits needs other page tables.
uint64_t physical_limit() {
    constexpr uint8_t kWidths[] = {32, 36, 40, 42, 44, 48};
    uint64_t features;
    asm volatile("mrs %0, id_aa64mmfr0_el1" : "=r"(features));
    uint64_t range = features & 0xf;
    return uint64_t{1} << (range < sizeof kWidths ? kWidths[range] : 48);
}

} // namespace

void arm64::memory_init(Paddr image_start) {
    g_image_offset = reinterpret_cast<uint64_t>(uk_image_start) - image_start.value();
    g_map = Map{image_paddr(uk_l0), Pages{}, image_range()};
    g_map.set_processor(3, physical_limit());
    Pages::publish(); // boot/entry.S wrote the zeros
    for (char* frame = uk_table_pool; frame != uk_table_pool_end; frame += kPageSize) {
        g_map.give(image_paddr(frame));
    }
}

PhysRange arm64::image_range() {
    return {image_paddr(uk_image_start), static_cast<uint64_t>(uk_image_end - uk_image_start)};
}

Result<std::span<const std::byte>> arm64::view_physical(Paddr start, size_t size) {
    hal::MapLock::Guard locked(g_lock);
    UK_TRY(g_map.open_as_it_is(start, size, pagetable::Arm64Codec::attributes(pagetable::kRam)));
    return std::span(Map::vaddr(start).as<const std::byte>(), size);
}

#if CONFIG_HAL_CPUS > 1
Result<void*> arm64::show_guarded(void* memory, size_t size) {
    static constinit Vaddr next{UK_GUARDED_BASE};
    hal::MapLock::Guard locked(g_lock);
    const Vaddr at = next + UK_GUARDED_GAP;
    UK_TRY(g_map.show_also(at, {hal::direct_map_paddr(memory), size}));
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
    return g_map.open(range);
}

Result<volatile void*> hal::map_device(Paddr start, size_t size) {
    hal::MapLock::Guard locked(g_lock);
    UK_TRY(g_map.open_as_it_is(start, size, pagetable::Arm64Codec::attributes(pagetable::kDevice)));
    return Map::vaddr(start).as<volatile void>();
}

} // namespace uk
