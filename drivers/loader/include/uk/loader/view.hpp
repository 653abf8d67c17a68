// SPDX-License-Identifier: BSD-3-Clause
// What the parsers of boot information share. Pure: physical memory is reached through a view that
// the caller gives, so host tests and fuzzers run them over ordinary bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>
#include <uk/hal/boot_info.hpp>
#include <uk/string.h>

namespace uk::loader {

// The bytes at physical [start, start + size), readable as long as the image runs, contiguous with
// those of the neighbouring addresses. Errors: EINVAL, ENOMEM (cannot be made readable).
struct PhysView {
    Result<std::span<const std::byte>> (*view)(void* context, Paddr start, size_t size);
    void* context;

    [[nodiscard]] auto operator()(Paddr start, size_t size) const {
        return view(context, start, size);
    }
};

// No loader passes a longer line; what claims to be is not text.
inline constexpr size_t kMaxCommandLine = size_t{1} << 20;

// A value of trivial type from unaligned bytes; the caller has checked that they are there.
template <class T>
T load(std::span<const std::byte> bytes, size_t offset) {
    T value;
    __builtin_memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

// Adds RAM that the loader used, whatever the map says of it.
inline void add_loader(hal::BootInfo& info, Paddr start, uint64_t size) {
    info.add(start, size, hal::MemoryKind::loader);
}

// An entry of the memory map, as PVH and Multiboot 2 both have it; types are numbered as in E820.
struct MapEntry {
    uint64_t start;
    uint64_t size;
    uint32_t type;
    uint32_t reserved;
};
static_assert(sizeof(MapEntry) == 24);

// Empty entries are left out; one that runs past the end of the address space is cut there.
inline void add_e820(hal::BootInfo& info, const MapEntry& entry) {
    constexpr uint32_t kRam = 1;
    constexpr uint32_t kAcpiTables = 3;
    constexpr uint32_t kAcpiStorage = 4;
    if (entry.size == 0) {
        return;
    }
    uint64_t room = ~uint64_t{0} - entry.start;
    auto kind = hal::MemoryKind::reserved;
    if (entry.type == kRam) {
        kind = hal::MemoryKind::usable;
    } else if (entry.type == kAcpiTables || entry.type == kAcpiStorage) {
        kind = hal::MemoryKind::acpi;
    }
    info.add(Paddr{entry.start}, entry.size < room ? entry.size : room, kind);
}

} // namespace uk::loader
