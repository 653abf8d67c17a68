// SPDX-License-Identifier: BSD-3-Clause
// A frame of registers beside a GICv2 that turns writes of devices into shared lines: MSI.
// (Arm Server Base System Architecture 2.3, DEN0029, appendix E.)
#pragma once

#include <cstdint>

#include <uk/base/result.hpp>
#include <uk/intctlr/gic.hpp>

namespace uk::intctlr {

// Where devices write the number of a line, as an offset in the frame: MSI_SETSPI_NS.
inline constexpr uint32_t kGicV2mSet = 0x40;

// The lines that a frame can raise.
struct GicV2mLines {
    uint32_t first = 0;
    uint32_t count = 0;
};

// Io: the frame's registers. Errors: ENODEV (no shared lines, or such as there are none).
template <class Io>
[[nodiscard]] Result<GicV2mLines> gicv2m_lines(Io io) {
    constexpr uint32_t kType = 0x08; // MSI_TYPER
    const auto type = io.template read<uint32_t>(kType);
    const GicV2mLines lines{type >> 16 & 0x3ff, type & 0x3ff};
    if (lines.first < kGicFirstSpi || lines.count == 0 ||
        lines.first + lines.count > kGicFirstSpecial) {
        return Errno::nodev;
    }
    return lines;
}

} // namespace uk::intctlr
