// SPDX-License-Identifier: BSD-3-Clause
// The wall clock of PCs: the MC146818 and what chipsets made of it. (Motorola MC146818 data sheet;
// the century is where the ACPI FADT says, usually register 0x32.)
#pragma once

#include <cstdint>

#include <uk/base/result.hpp>
#include <uk/rtc/calendar.hpp>

namespace uk::rtc {

// Io: accessor to ports 0x70 (index) and 0x71 (data), at offsets 0 and 1.
template <class Io>
class Mc146818 {
  public:
    // `century` is the index of the century register; 0 = there is none.
    explicit constexpr Mc146818(Io io, uint8_t century = 0) : io_(io), century_(century) {}

    // Seconds since 1970-01-01T00:00:00Z, taking the chip to run in UTC. Usually returns at once;
    // while the chip is changing its registers (244 us each second) it looks again, a bounded
    // number of times. Thread context; the caller keeps others away from the ports. Errors: ENODEV
    // (no chip, or it holds no date).
    [[nodiscard]] Result<uint64_t> read_seconds() {
        Registers before{};
        bool have = false;
        for (unsigned i = 0; i < kTries; i++) {
            uint8_t status = get(kStatusA);
            if (status == 0xff) {
                return Errno::nodev;
            }
            if ((status & kUpdating) != 0) {
                have = false;
                continue;
            }
            Registers now = read_registers();
            if (have && now == before) {
                return decode(now, get(kStatusB));
            }
            before = now;
            have = true;
        }
        return Errno::nodev;
    }

  private:
    static constexpr uint8_t kStatusA = 0x0a;
    static constexpr uint8_t kStatusB = 0x0b;
    static constexpr uint8_t kUpdating = 0x80;
    static constexpr unsigned kTries = 20'000; // an update takes about 250 port reads

    struct Registers {
        uint8_t second, minute, hour, day, month, year, century;
        friend constexpr bool operator==(const Registers&, const Registers&) = default;
    };

    uint8_t get(uint8_t index) {
        io_.template write<uint8_t>(0, index);
        return io_.template read<uint8_t>(1);
    }

    Registers read_registers() {
        Registers r{get(0), get(2), get(4), get(7), get(8), get(9), 0};
        r.century = century_ == 0 ? uint8_t{0} : get(century_);
        return r;
    }

    static Result<uint64_t> decode(const Registers& r, uint8_t status_b) {
        bool binary = (status_b & 0x04) != 0;
        bool hours_24 = (status_b & 0x02) != 0;
        auto number = [binary](uint8_t value) -> unsigned {
            return binary ? value : (value >> 4) * 10U + (value & 0xfU);
        };
        unsigned hour = number(static_cast<uint8_t>(hours_24 ? r.hour : r.hour & 0x7f));
        if (!hours_24) {
            hour = hour % 12 + ((r.hour & 0x80) != 0 ? 12 : 0);
        }
        unsigned year = number(r.year);
        unsigned century = number(r.century);
        if (century < 19 || century > 22) {
            century = year < 70 ? 20 : 19; // not kept, so the one that makes sense
        }
        return seconds_since_1970(Date{century * 100 + year, number(r.month), number(r.day), hour,
                                       number(r.minute), number(r.second)});
    }

    Io io_;
    uint8_t century_;
};

} // namespace uk::rtc
