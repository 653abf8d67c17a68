// SPDX-License-Identifier: BSD-3-Clause
// What becomes of a frame on a bad wire: decided by the seed and the frame's number alone, so that
// a test that failed meets the same wire again. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace wire {

// Parts of a million.
using Chance = uint32_t;
inline constexpr Chance kAlways = 1'000'000;

// One direction of a wire.
struct Settings {
    Chance loss = 0;
    Chance duplicate = 0;
    Chance reorder = 0;
    Chance corrupt = 0;
    uint64_t delay_ns = 0;
    uint64_t jitter_ns = 0;           // more delay, up to this; the order stays
    uint64_t rate = 0;                // kbit/s; 0: without limit
    uint64_t queue_bytes = 256 << 10; // that wait for the rate; more are lost
    std::set<uint64_t> drop;          // numbers of frames that are lost besides
    bool cut = false;                 // all are lost
};

struct Fate {
    bool lost = false;
    bool twice = false;
    unsigned held_for = 0; // frames that overtake it
    uint64_t more_delay_ns = 0;
    std::optional<uint64_t> flipped; // which bit, modulo the bits that there are
};

// Of frame `number`, counted from 1 in each direction.
[[nodiscard]] Fate fate_of(const Settings& settings, uint64_t seed, unsigned direction,
                           uint64_t number);

// Changes one setting: `loss=1.5`, `delay=20`. "": done; else what is wrong with it.
[[nodiscard]] std::string set(Settings& settings, const std::string& name,
                              const std::string& value);

} // namespace wire
