// SPDX-License-Identifier: BSD-3-Clause
// The 8254 interval timer as a counter that runs for 225 s without being looked at, and as a
// one-shot interrupt. (Intel 8254 data sheet, 231164-005.)
//
// One channel has 16 bits and turns every 55 ms, too fast for a clock that is only read now and
// then. Two channels of slightly different periods, 65536 and 65520, differ by 16 more at each turn
// of the first: that difference tells how often it has turned, 4095 times before it repeats.
#pragma once

#include <cstdint>
#include <optional>

#include <uk/clocksource/scale.hpp>

namespace uk::clocksource {

// Io: `template <class T> T read(uint32_t)` and `template <class T> void write(uint32_t, T)` on
// I/O ports, relative to port 0x40. All functions from anywhere; the caller keeps others away.
template <class Io>
class Pit {
  public:
    // 105/88 MHz, a twelfth of the NTSC colour crystal.
    static constexpr Scale kScale = Scale::of(88'000, 105);
    static constexpr uint64_t kPeriod = uint64_t{65536} * 4095;

    explicit constexpr Pit(Io io) : io_(io) {}

    // Starts channels 1 and 2 as the counter. False if there is no such chip, or one that lacks
    // either channel.
    bool start() {
        uint8_t gate = io_.template read<uint8_t>(kSpeaker);
        io_.template write<uint8_t>(kSpeaker, (gate & kSpeakerBits) | kGate2);
        begin(1, kRateGenerator, 0); // 0 counts 65536
        begin(2, kRateGenerator, kShort);
        if (!runs(1) || !runs(2)) {
            return false;
        }
        // The second channel started later; by how much is known once two looks agree.
        latch();
        collect_raw();
        for (unsigned i = 0; i < 8; i++) {
            uint16_t before = behind();
            latch();
            collect_raw();
            lag_ = behind();
            if (static_cast<uint16_t>(lag_ - before + 1) <= 2) {
                return true;
            }
        }
        return false;
    }

    // Fixes both counts at one moment; collect() reads them.
    void latch() { io_.template write<uint8_t>(kControl, kReadBack | kNoStatus | kBoth); }

    // The count at the moment of latch(), modulo kPeriod. Nothing if the two channels were caught
    // at different moments (an emulator that was interrupted between them).
    std::optional<uint64_t> collect() {
        collect_raw();
        uint32_t gap = (behind() + kShort - lag_) % kShort;
        uint32_t turns = (gap + 8) / 16;
        uint32_t off = gap + 4 - turns * 16;
        if (off > 8) {
            return std::nullopt;
        }
        return uint64_t{turns % 4095} * 65536 + long_;
    }

    // Raises the interrupt of channel 0 once, `ticks` from now (1 to 65535).
    void one_shot(uint16_t ticks) { begin(0, kInterruptOnce, ticks); }

  private:
    static constexpr uint32_t kControl = 3;
    static constexpr uint32_t kSpeaker = 0x21; // port 0x61
    static constexpr uint8_t kSpeakerBits = 0x0c;
    static constexpr uint8_t kGate2 = 1;
    static constexpr uint8_t kInterruptOnce = 0;
    static constexpr uint8_t kRateGenerator = 2;
    static constexpr uint8_t kLowThenHigh = 0x30;
    static constexpr uint8_t kReadBack = 0xc0;
    static constexpr uint8_t kNoCount = 0x20; // these two are low when wanted
    static constexpr uint8_t kNoStatus = 0x10;
    static constexpr uint8_t kBoth = 0x0c; // channels 1 and 2
    static constexpr uint32_t kShort = 65520;

    void begin(uint32_t channel, uint8_t mode, uint32_t count) {
        auto control = static_cast<uint8_t>(channel << 6 | kLowThenHigh | mode << 1);
        io_.template write<uint8_t>(kControl, control);
        io_.template write<uint8_t>(channel, static_cast<uint8_t>(count));
        io_.template write<uint8_t>(channel, static_cast<uint8_t>(count >> 8));
    }

    // Whether the channel is in the mode it was put into; a bus without a chip answers 0xff.
    bool runs(uint32_t channel) {
        auto which = static_cast<uint8_t>(2U << channel);
        io_.template write<uint8_t>(kControl, static_cast<uint8_t>(kReadBack | kNoCount | which));
        auto status = io_.template read<uint8_t>(channel);
        return (status & 0x3f) == (kLowThenHigh | kRateGenerator << 1);
    }

    uint16_t read_channel(uint32_t channel) {
        auto low = io_.template read<uint8_t>(channel);
        auto high = io_.template read<uint8_t>(channel);
        return static_cast<uint16_t>(low | high << 8);
    }

    // Both channels count down; what is kept counts up from 0.
    void collect_raw() {
        long_ = static_cast<uint16_t>(0 - read_channel(1));
        short_ = static_cast<uint16_t>(kShort - read_channel(2));
    }

    // How far the short channel is ahead of the long one, modulo its period.
    [[nodiscard]] uint16_t behind() const {
        return static_cast<uint16_t>((short_ + 2 * kShort - long_) % kShort);
    }

    Io io_;
    uint16_t long_ = 0;
    uint16_t short_ = 0;
    uint16_t lag_ = 0;
};

} // namespace uk::clocksource
