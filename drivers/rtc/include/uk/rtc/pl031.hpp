// SPDX-License-Identifier: BSD-3-Clause
// The PL031 wall clock of Arm machines. (Arm PrimeCell Real Time Clock (PL031) Technical Reference
// Manual, DDI 0224C; numbers are its sections.)
#pragma once

#include <cstdint>

#include <uk/base/result.hpp>

namespace uk::rtc {

// Io: accessor to the chip's memory-mapped registers.
template <class Io>
class Pl031 {
  public:
    explicit constexpr Pl031(Io io) : io_(io) {}

    // Seconds since 1970-01-01T00:00:00Z, as firmware or the emulator set the counter; it is 32
    // bits wide and ends in 2106. One read or two, never waits; from anywhere. Errors: ENODEV (no
    // chip, or a counter that nobody started or set).
    [[nodiscard]] Result<uint64_t> read_seconds() {
        auto seconds = io_.template read<uint32_t>(kData);
        if (seconds == 0 || seconds == ~0U || !runs()) {
            return Errno::nodev;
        }
        return uint64_t{seconds};
    }

  private:
    // 3.2: registers (RTCDR, RTCCR).
    static constexpr uint32_t kData = 0x000;
    static constexpr uint32_t kControl = 0x00c;
    static constexpr uint32_t kStarted = 1;

    bool runs() { return (io_.template read<uint32_t>(kControl) & kStarted) != 0; }

    Io io_;
};

} // namespace uk::rtc
