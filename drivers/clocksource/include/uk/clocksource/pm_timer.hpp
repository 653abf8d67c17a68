// SPDX-License-Identifier: BSD-3-Clause
// The ACPI power management timer. (ACPI 6.4, section 4.8.3.3.)
#pragma once

#include <cstdint>
#include <optional>

#include <uk/clocksource/tsc_clock.hpp>

namespace uk::clocksource {

// Io: `template <class T> T read(uint32_t)` on the one register. From anywhere.
template <class Io>
class PmTimer {
  public:
    // `wide` = the FADT says 32 bits (TMR_VAL_EXT), else there are 24.
    constexpr PmTimer(Io io, bool wide) : io_(io), mask_(wide ? 0xffffffff : 0xffffff) {}

    // Nothing if there is no such register: one that reads as all ones, also a moment later.
    std::optional<Reference> start() {
        if (io_.template read<uint32_t>(0) == 0xffffffff &&
            io_.template read<uint32_t>(0) == 0xffffffff) {
            return std::nullopt;
        }
        return Reference{Scale::of(88'000, 315), uint64_t{mask_} + 1}; // 315/88 MHz
    }

    void latch() { count_ = io_.template read<uint32_t>(0) & mask_; }
    std::optional<uint64_t> collect() { return count_; }

  private:
    Io io_;
    uint32_t mask_;
    uint32_t count_ = 0;
};

} // namespace uk::clocksource
