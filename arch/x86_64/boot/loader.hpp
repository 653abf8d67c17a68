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

namespace uk::x86 {

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

// Adds an entry of the loader's memory map. PVH and Multiboot 2 both number types as E820 does.
// Empty entries are left out; one that runs past the end of the address space is cut there.
inline void add_e820(hal::BootInfo& info, uint64_t start, uint64_t size, uint32_t type) {
    constexpr uint32_t kRam = 1;
    constexpr uint32_t kAcpiTables = 3;
    constexpr uint32_t kAcpiStorage = 4;
    if (size == 0) {
        return;
    }
    uint64_t room = ~uint64_t{0} - start;
    auto kind = hal::MemoryKind::reserved;
    if (type == kRam) {
        kind = hal::MemoryKind::usable;
    } else if (type == kAcpiTables || type == kAcpiStorage) {
        kind = hal::MemoryKind::acpi;
    }
    info.add(Paddr{start}, size < room ? size : room, kind);
}

} // namespace uk::x86
