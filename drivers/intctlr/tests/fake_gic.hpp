// SPDX-License-Identifier: BSD-3-Clause
// A model of what GIC versions 2 and 3 share: lines with enable, pending, active, priority,
// trigger.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>

namespace fake_gic {

inline constexpr uint32_t kNothing = 1023;

struct Line {
    bool enabled = false, pending = false, active = false, group_1 = false, edge = false;
    bool raised = false; // the wire of a level-triggered line
    uint8_t priority = 0, targets = 0;
    uint64_t route = 0;
    bool is_pending() const { return pending || (!edge && raised); }
};

// The registers per line of a distributor, or of a redistributor's second frame (32 lines).
struct Lines {
    std::array<Line, 1024> lines{};
    uint32_t first = 0, count = 0; // those that this one answers for
    uint8_t own_target = 1;

    template <class F>
    void for_bits(uint32_t line, uint32_t bits, F f) {
        for (uint32_t i = 0; i < 32; i++) {
            if ((bits >> i & 1) != 0 && line + i >= first && line + i < first + count) {
                f(lines[line + i]);
            }
        }
    }
    uint32_t gather(uint32_t line, bool Line::*member) {
        uint32_t bits = 0;
        for (uint32_t i = 0; i < 32; i++) {
            bits |= lines[line + i].*member ? 1U << i : 0U;
        }
        return bits;
    }
    static uint32_t line_at(uint32_t offset, uint32_t bank, uint32_t per_word) {
        return (offset - bank) / 4 * per_word;
    }

    // False = not a register of these.
    bool write(uint32_t offset, uint32_t value, size_t width) {
        if (offset >= 0x400 && offset < 0x800) {
            EXPECT_EQ(width, 1u);
            lines[offset - 0x400].priority = static_cast<uint8_t>(value);
            return true;
        }
        if (offset >= 0x800 && offset < 0xc00) {
            EXPECT_EQ(width, 1u);
            lines[offset - 0x800].targets = static_cast<uint8_t>(value);
            return true;
        }
        EXPECT_EQ(width, 4u);
        if (offset >= 0x080 && offset < 0x100) {
            uint32_t line = line_at(offset, 0x080, 32);
            for_bits(line, ~0U, [&](Line& l) { l.group_1 = false; });
            for_bits(line, value, [&](Line& l) { l.group_1 = true; });
        } else if (offset >= 0x100 && offset < 0x180) {
            for_bits(line_at(offset, 0x100, 32), value, [](Line& l) { l.enabled = true; });
        } else if (offset >= 0x180 && offset < 0x200) {
            for_bits(line_at(offset, 0x180, 32), value, [](Line& l) { l.enabled = false; });
        } else if (offset >= 0x200 && offset < 0x280) {
            for_bits(line_at(offset, 0x200, 32), value, [](Line& l) { l.pending = true; });
        } else if (offset >= 0x280 && offset < 0x300) {
            for_bits(line_at(offset, 0x280, 32), value, [](Line& l) { l.pending = false; });
        } else if (offset >= 0x380 && offset < 0x400) {
            for_bits(line_at(offset, 0x380, 32), value, [](Line& l) { l.active = false; });
        } else if (offset >= 0xc00 && offset < 0xd00) {
            uint32_t line = line_at(offset, 0xc00, 16);
            for (uint32_t i = 0; i < 16; i++) {
                bool edge = (value >> (2 * i + 1) & 1) != 0;
                EXPECT_TRUE(edge == lines[line + i].edge || !lines[line + i].enabled);
                lines[line + i].edge = edge;
            }
        } else {
            return false;
        }
        return true;
    }

    bool read(uint32_t offset, uint32_t& value) {
        if (offset >= 0x080 && offset < 0x100) {
            value = gather(line_at(offset, 0x080, 32), &Line::group_1);
        } else if (offset >= 0x800 && offset < 0x820) {
            value = own_target * 0x01010101U;
        } else if (offset >= 0xc00 && offset < 0xd00) {
            uint32_t line = line_at(offset, 0xc00, 16);
            value = 0;
            for (uint32_t i = 0; i < 16; i++) {
                value |= lines[line + i].edge ? 2U << 2 * i : 0U;
            }
        } else {
            return false;
        }
        return true;
    }

    // The most urgent line that may be signalled under this mask; kNothing = none.
    uint32_t best(uint32_t mask, bool group_1_only) const {
        uint32_t found = kNothing;
        uint32_t priority = mask;
        for (uint32_t i = first; i < first + count; i++) {
            const Line& line = lines[i];
            if (line.enabled && line.is_pending() && !line.active && line.priority < priority &&
                (line.group_1 || !group_1_only)) {
                found = i;
                priority = line.priority;
            }
        }
        return found;
    }
    uint32_t take(uint32_t id) {
        if (id != kNothing) {
            lines[id].active = true;
            lines[id].pending = false;
        }
        return id;
    }
    void raise(uint32_t id) { (lines[id].edge ? lines[id].pending : lines[id].raised) = true; }
    // Firmware or a system before us used it.
    void leave_in_use() {
        for (uint32_t i = first; i < first + count; i++) {
            lines[i].enabled = lines[i].pending = i % 3 != 0;
            lines[i].active = i % 5 == 0;
            lines[i].edge = i % 2 == 0;
        }
    }
};

} // namespace fake_gic
