// SPDX-License-Identifier: BSD-3-Clause
// Platform contract 1 of 6: what a platform knows when generic code starts, handed over as one
// value.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/base/address.hpp>

namespace uk::hal {

// What a range of physical memory is, as the loader describes it. Overlapping entries are legal
// input: the more restrictive kind wins, so the order of the enumerators is the order of strength.
enum class MemoryKind : uint8_t {
    usable,   // RAM that belongs to us
    loader,   // RAM holding what the loader left (command line, start_info, modules, device tree)
    image,    // RAM holding our own image, page tables and boot stack
    acpi,     // ACPI tables; RAM, but never handed out
    reserved, // everything else, including kinds we do not know
};

struct MemoryRange {
    Paddr start{};
    uint64_t size = 0; // bytes; 0 is legal and means nothing
    MemoryKind kind = MemoryKind::usable;
};

// Bytes the loader left in memory. `data` is readable through this pointer as long as the image
// runs; a null pointer with size 0 means "none given". The contents are outside input and not
// trusted.
struct BootBytes {
    const char* data = nullptr;
    size_t size = 0;
};

// Filled once by the platform's entry code, then read only: by uk::boot(), and by the platform
// itself as long as the image runs (where ACPI tables lie: for a clock, and at the machine's end).
// The platform owns the storage, which lives as long as the image. All addresses are checked by the
// platform to lie where it can read them; all contents (lengths, text, tables) are checked by those
// who parse them.
// Empty means all bits zero, so that a global one takes no room in the image file.
struct BootInfo {
    static constexpr size_t kMaxRanges = 128; // E820 cannot give more through PVH or Multiboot 2

    const char* platform = nullptr; // "kvm", "xen", "linuxu"; always set
    const char* loader =
        nullptr;                // "PVH", "Multiboot 2", "Linux arm64", "Linux process"; always set
    BootBytes command_line;     // whole text after the image's own name; no terminator needed
    char** arguments = nullptr; // argv[1..] when the platform got words, not text (linuxu)
    size_t argument_count = 0;
    BootBytes initrd;
    Paddr acpi_root{};         // RSDP; 0 = none
    Paddr device_tree{};       // flattened device tree; 0 = none
    uint64_t entry_cycles = 0; // hal::cpu_cycles() at the image's entry
    size_t range_count = 0;
    size_t ranges_dropped = 0; // what add() had no room for; logged, never silent
    MemoryRange ranges[kMaxRanges];

    // Adds a range. In a full table a range that is not usable takes the place of the smallest
    // usable one, so what is dropped (and counted) is RAM that stays unused, never the word that
    // somebody else uses it. Entry code only.
    constexpr void add(Paddr start, uint64_t size, MemoryKind kind) {
        MemoryRange* place = ranges + range_count;
        if (range_count < kMaxRanges) {
            range_count++;
        } else {
            ranges_dropped++;
            place = kind == MemoryKind::usable ? nullptr : smallest_usable();
        }
        if (place != nullptr) {
            *place = MemoryRange{start, size, kind};
        }
    }

  private:
    [[gnu::noinline, gnu::cold]] constexpr MemoryRange* smallest_usable() {
        MemoryRange* smallest = nullptr;
        for (MemoryRange& range : ranges) {
            if (range.kind == MemoryKind::usable &&
                (smallest == nullptr || range.size < smallest->size)) {
                smallest = &range;
            }
        }
        return smallest;
    }
};

} // namespace uk::hal

namespace uk {

// Called once by the platform on the boot stack (at least 16 KiB), with the image mapped W^X, the
// early console working, exceptions reported and interrupts off. Defined by lib/ukboot. Never
// returns: it ends in hal::shutdown().
[[noreturn]] void boot(const hal::BootInfo& info);

} // namespace uk
