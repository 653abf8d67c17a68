// SPDX-License-Identifier: BSD-3-Clause
// Which interrupt lines of an x86 CPU are whose: pins of the machine's IO-APICs, and messages.
#pragma once

#include <cstdint>

#include <uk/base/late.hpp>
#include <uk/base/result.hpp>
#include <uk/hal/irq_line.hpp>
#include <uk/intctlr/io_apic.hpp>

namespace uk::intctlr {

// Lines kFirst to kEnd - 1 are given out; line n raises vector kFirstVector + n. Io as for
// IoApic. The caller lets one at a time in; open() and close() may run beside the others, which
// touch no registers but add_chip().
template <class Io, unsigned kFirst, unsigned kEnd, uint8_t kFirstVector>
class PcLines {
  public:
    static constexpr unsigned kMostChips = 8;

    // By the id of its local APIC: where all lines lead to.
    void set_cpu(uint8_t id) { cpu_ = id; }

    // An IO-APIC whose pin 0 is GSI `first_gsi`. All its pins are closed. Left out if it does not
    // answer, or is one too many. Before lines are opened.
    void add_chip(Io registers, uint32_t first_gsi) {
        IoApic<Io> chip(registers);
        const unsigned pins = chip.pins();
        if (pins == 0 || chip_count_ == kMostChips) {
            return;
        }
        for (unsigned pin = 0; pin < pins; pin++) {
            chip.close(pin);
        }
        chips_[chip_count_].io_apic.emplace(chip);
        chips_[chip_count_].first_gsi = first_gsi;
        chips_[chip_count_].pins = pins;
        chip_count_++;
    }

    // The line of a GSI: the same whenever it is asked for. Errors: EINVAL (no such pin), EBUSY
    // (known with another trigger), ENOSPC.
    [[nodiscard]] Result<unsigned> line_of(uint32_t gsi, hal::IrqTrigger trigger) {
        for (unsigned i = kFirst; i < kEnd; i++) {
            const Line& line = lines_[i];
            if (line.chip != nullptr && line.chip->first_gsi + line.pin == gsi) {
                return line.how == bits_of(trigger) ? Result<unsigned>(i) : Errno::busy;
            }
        }
        for (unsigned i = 0; i < chip_count_; i++) {
            Chip& chip = chips_[i];
            if (gsi >= chip.first_gsi && gsi - chip.first_gsi < chip.pins) {
                return claim(Line{&chip, gsi - chip.first_gsi, bits_of(trigger), true});
            }
        }
        return Errno::inval;
    }

    // A line that is raised by a message with its vector. Errors: ENOSPC.
    [[nodiscard]] Result<unsigned> message() { return claim(Line{nullptr, 0, 0, true}); }
    void free_message(unsigned line) { lines_[line] = Line{}; }

    [[nodiscard]] constexpr uint8_t vector_of(unsigned line) const {
        return static_cast<uint8_t>(kFirstVector + line);
    }
    [[nodiscard]] uint8_t cpu() const { return cpu_; }

    // Nothing to do for messages. Errors: EINVAL (nobody asked for this line).
    [[nodiscard]] Result<> open(uint32_t line) {
        if (line >= kEnd || !lines_[line].used) {
            return Errno::inval;
        }
        const Line& what = lines_[line];
        if (what.chip != nullptr) {
            what.chip->io_apic->open(what.pin, cpu_, vector_of(line), what.how);
        }
        return {};
    }
    void close(uint32_t line) {
        if (lines_[line].chip != nullptr) {
            lines_[line].chip->io_apic->close(lines_[line].pin);
        }
    }
    // Edges are forgotten while a pin is closed (2.3.4 of the data sheet), a level is still there.
    [[nodiscard]] bool keeps(uint32_t line) const {
        return (lines_[line].how & IoApic<Io>::kLevel) != 0;
    }

  private:
    struct Chip {
        Late<IoApic<Io>> io_apic;
        uint32_t first_gsi = 0;
        unsigned pins = 0;
    };
    struct Line {
        Chip* chip = nullptr; // null: a message
        unsigned pin = 0;
        uint32_t how = 0;
        bool used = false;
    };

    static constexpr uint32_t bits_of(hal::IrqTrigger trigger) {
        using enum hal::IrqTrigger;
        const uint32_t low = trigger == edge_falling || trigger == level_low;
        const uint32_t level = trigger == level_high || trigger == level_low;
        return low * IoApic<Io>::kActiveLow | level * IoApic<Io>::kLevel;
    }
    Result<unsigned> claim(const Line& line) {
        for (unsigned i = kFirst; i < kEnd; i++) {
            if (!lines_[i].used) {
                lines_[i] = line;
                return i;
            }
        }
        return Errno::nospc;
    }

    Chip chips_[kMostChips]{};
    Line lines_[kEnd]{};
    unsigned chip_count_ = 0;
    uint8_t cpu_ = 0;
};

} // namespace uk::intctlr
