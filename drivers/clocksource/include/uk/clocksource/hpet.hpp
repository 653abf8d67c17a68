// SPDX-License-Identifier: BSD-3-Clause
// The main counter of the High Precision Event Timer. (IA-PC HPET specification 1.0a.)
#pragma once

#include <cstdint>
#include <optional>

#include <uk/clocksource/tsc_clock.hpp>

namespace uk::clocksource {

// Io: `template <class T> T read(uint32_t)` and `template <class T> void write(uint32_t, T)` on the
// 1 KiB of registers. All functions from anywhere; the caller keeps others away.
template <class Io>
class Hpet {
  public:
    explicit constexpr Hpet(Io io) : io_(io) {}

    // Lets the counter run. Nothing if the registers make no sense.
    std::optional<Reference> start() {
        auto capabilities = io_.template read<uint32_t>(kCapabilities);
        auto femtoseconds = io_.template read<uint32_t>(kPeriod);
        if (femtoseconds < 1'000 || femtoseconds > kSlowest || (capabilities & 0xff) == 0) {
            return std::nullopt;
        }
        wide_ = (capabilities & k64Bits) != 0;
        auto configuration = io_.template read<uint32_t>(kConfiguration);
        if ((configuration & kEnable) == 0) {
            io_.template write<uint32_t>(kConfiguration, configuration | kEnable);
        }
        return Reference{Scale::of(femtoseconds, 1'000'000), wide_ ? 0 : uint64_t{1} << 32};
    }

    void latch() {
        count_ =
            wide_ ? io_.template read<uint64_t>(kCounter) : io_.template read<uint32_t>(kCounter);
    }
    std::optional<uint64_t> collect() { return count_; }

  private:
    static constexpr uint32_t kCapabilities = 0x000;
    static constexpr uint32_t kPeriod = 0x004;
    static constexpr uint32_t kConfiguration = 0x010;
    static constexpr uint32_t kCounter = 0x0f0;
    static constexpr uint32_t k64Bits = 1U << 13;
    static constexpr uint32_t kEnable = 1;
    static constexpr uint32_t kSlowest = 100'000'000; // 10 MHz, the least the specification allows

    Io io_;
    bool wide_ = false;
    uint64_t count_ = 0;
};

} // namespace uk::clocksource
