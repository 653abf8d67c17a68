// SPDX-License-Identifier: BSD-3-Clause
// One direction of a bad wire: takes frames and says when which of them arrives at the other end.
// Time is the caller's, in nanoseconds that never go back. Pure.
#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <vector>

#include "fate.hpp"

namespace wire {

struct Frame {
    std::vector<uint8_t> bytes;
    unsigned head = 0; // bytes of them that are no part of the frame (a header of virtio's)
};

struct Counters {
    uint64_t taken = 0;
    uint64_t given = 0;
    uint64_t lost = 0;       // of these
    uint64_t overflowed = 0; // of the lost: the queue of the rate was full
    uint64_t duplicated = 0;
    uint64_t reordered = 0;
    uint64_t corrupted = 0;
};

class Line {
  public:
    // A frame that is held back for others to overtake it comes after so long at the latest.
    static constexpr uint64_t kMostHeldNs = 20'000'000;

    Line(uint64_t seed, unsigned direction) : seed_(seed), direction_(direction) {}

    Settings settings; // may change at any time
    // Frames are counted from 1 again.
    void restart(uint64_t seed) {
        seed_ = seed;
        counters_ = {};
    }
    // A frame was sent.
    void take(Frame frame, uint64_t now);
    // The next frame that arrives by now, if there is one.
    [[nodiscard]] std::optional<Frame> give(uint64_t now);
    // When give() has something, if ever.
    [[nodiscard]] std::optional<uint64_t> due() const;
    [[nodiscard]] const Counters& counters() const { return counters_; }

  private:
    struct Waiting {
        Frame frame;
        uint64_t due;
    };
    struct Held {
        Frame frame;
        unsigned left;  // frames that are still to overtake it
        uint64_t until; // at the latest
        uint64_t delay;
    };

    bool goes_in(const Frame& frame, uint64_t now);
    void put(Frame frame, uint64_t at);
    void overtake(uint64_t now);

    uint64_t seed_;
    unsigned direction_;
    uint64_t busy_until_ = 0;     // when the last bit of what came so far is on the wire
    std::deque<Waiting> waiting_; // by `due`
    std::list<Held> held_;
    Counters counters_;
};

} // namespace wire
