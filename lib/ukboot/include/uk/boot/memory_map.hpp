// SPDX-License-Identifier: BSD-3-Clause
// Turns the loader's memory map, which may be unsorted, overlapping or nonsense, into usable RAM.
#pragma once

#include <cstdint>
#include <span>

#include <uk/base/address.hpp>
#include <uk/hal/boot_info.hpp>

namespace uk::bootup {

// Walks the frames that are ours to use, in ascending order, as page-aligned ranges that do not
// overlap. A page is usable if it lies wholly inside one usable range of the map and touches no
// range of any other kind. Page zero is never usable, so a null Paddr names no frame. Ranges that
// wrap around are cut at kPhysicalLimit. Needs no storage: each step looks at every range once.
// Pure; from anywhere; does not block. The map must outlive the walker.
class UsableMemory {
  public:
    // No x86_64 or arm64 CPU addresses more than 52 bits.
    static constexpr uint64_t kPhysicalLimit = uint64_t{1} << 52;

    explicit constexpr UsableMemory(std::span<const hal::MemoryRange> map) : map_(map) {}

    // The next range; one of size 0 means there is none left.
    [[nodiscard]] PhysRange next();

  private:
    struct Extent {
        uint64_t start;
        uint64_t end;
    };
    static Extent extent_of(const hal::MemoryRange& range);
    [[nodiscard]] Extent lowest_usable(uint64_t from) const;
    [[nodiscard]] Extent cut(Extent candidate) const;

    std::span<const hal::MemoryRange> map_;
    uint64_t from_ = kPageSize;
};

} // namespace uk::bootup
