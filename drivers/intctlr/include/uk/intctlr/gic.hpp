// SPDX-License-Identifier: BSD-3-Clause
// What Arm's generic interrupt controllers of all versions have in common: line numbers, the
// distributor's registers per line. (Arm GIC Architecture Specification, IHI 0048B for version 2,
// IHI 0069 for 3 and 4.)
#pragma once

#include <cstdint>

#include <uk/base/result.hpp>

namespace uk::intctlr {

enum class Trigger : uint8_t { level, edge };

// Line numbers (INTID): 0-15 between CPUs, 16-31 each CPU's own devices (PPI), from 32 on shared
// devices (SPI). Device trees count PPI and SPI from 0.
inline constexpr uint32_t kGicFirstPpi = 16;
inline constexpr uint32_t kGicFirstSpi = 32;
// 1020 to 1023 are no lines: they say that there is nothing to do, 1023 that it has gone.
inline constexpr uint32_t kGicFirstSpecial = 1020;
inline constexpr uint32_t kGicLastSpecial = 1023;

constexpr bool gic_is_special(uint32_t line) {
    return line >= kGicFirstSpecial && line <= kGicLastSpecial;
}

// The line that a device tree's interrupt specifier names. Errors: EINVAL (no such kind or number).
constexpr Result<uint32_t> gic_line(uint32_t kind, uint32_t number) {
    if (kind == 0 && number < kGicFirstSpecial - kGicFirstSpi) {
        return kGicFirstSpi + number;
    }
    if (kind == 1 && number < kGicFirstSpi - kGicFirstPpi) {
        return kGicFirstPpi + number;
    }
    return Errno::inval;
}

// How the line is raised, from the third word of that specifier (1, 2: edge; 4, 8: level).
constexpr Trigger gic_trigger(uint32_t flags) {
    return (flags & 3) != 0 ? Trigger::edge : Trigger::level;
}

// Registers that hold a bit, two bits or a byte for each line, at the same offsets in the
// distributor and in the frame of a redistributor. Io: accessor to one of these.
template <class Io>
class GicLines {
  public:
    explicit constexpr GicLines(Io io) : io_(io) {}

    void set_bit(uint32_t bank, uint32_t line) {
        io_.template write<uint32_t>(bank + line / 32 * 4, 1U << line % 32);
    }
    void set_byte(uint32_t bank, uint32_t line, uint8_t value) {
        io_.template write<uint8_t>(bank + line, value);
    }
    void put_in_group_1(uint32_t line) {
        uint32_t offset = kGroup + line / 32 * 4;
        io_.template write<uint32_t>(offset, io_.template read<uint32_t>(offset) | 1U << line % 32);
    }
    // The line must be disabled. Some lines cannot be changed; those stay as they are.
    void set_trigger(uint32_t line, Trigger trigger) {
        uint32_t offset = kConfiguration + line / 16 * 4;
        uint32_t bit = 2U << line % 16 * 2;
        auto old = io_.template read<uint32_t>(offset);
        io_.template write<uint32_t>(offset, trigger == Trigger::edge ? old | bit : old & ~bit);
    }

    static constexpr uint32_t kGroup = 0x080;         // IGROUPR
    static constexpr uint32_t kEnable = 0x100;        // ISENABLER
    static constexpr uint32_t kDisable = 0x180;       // ICENABLER
    static constexpr uint32_t kRaise = 0x200;         // ISPENDR
    static constexpr uint32_t kForget = 0x280;        // ICPENDR
    static constexpr uint32_t kDeactivate = 0x380;    // ICACTIVER
    static constexpr uint32_t kPriority = 0x400;      // IPRIORITYR
    static constexpr uint32_t kTargets = 0x800;       // ITARGETSR
    static constexpr uint32_t kConfiguration = 0xc00; // ICFGR

  private:
    Io io_;
};

// One priority for all lines, above the mask (smaller is more urgent).
inline constexpr uint8_t kGicPriority = 0xa0;
inline constexpr uint8_t kGicPriorityMask = 0xf0;

// GICD_TYPER.ITLinesNumber: how many lines there are.
constexpr uint32_t gic_line_count(uint32_t typer) {
    uint32_t lines = ((typer & 0x1f) + 1) * 32;
    return lines < kGicFirstSpecial ? lines : kGicFirstSpecial;
}

} // namespace uk::intctlr
