// SPDX-License-Identifier: BSD-3-Clause
// One direction of a bad wire.
#include "line.hpp"

#include <algorithm>

namespace wire {
namespace {

constexpr unsigned kEthernetHeader = 14; // not corrupted: a wrong address is no other than a loss

bool flip(Frame& frame, uint64_t which) {
    const size_t start = frame.head + kEthernetHeader;
    if (frame.bytes.size() <= start) {
        return false;
    }
    const uint64_t bit = which % ((frame.bytes.size() - start) * 8);
    frame.bytes[start + bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
    return true;
}

} // namespace

// Whether the queue in front of the rate has room.
bool Line::goes_in(const Frame& frame, uint64_t now) {
    busy_until_ = std::max(busy_until_, now);
    if (settings.rate == 0) {
        busy_until_ = now;
        return true;
    }
    const uint64_t queued = (busy_until_ - now) * settings.rate / 8'000'000;
    if (queued + frame.bytes.size() > settings.queue_bytes) {
        return false;
    }
    busy_until_ += frame.bytes.size() * 8'000'000 / settings.rate;
    return true;
}

void Line::put(Frame frame, uint64_t at) {
    const uint64_t last = waiting_.empty() ? 0 : waiting_.back().due;
    waiting_.push_back({std::move(frame), std::max(at, last)});
}

// A frame came: those that were held for it may follow it.
void Line::overtake(uint64_t now) {
    for (auto held = held_.begin(); held != held_.end();) {
        if (--held->left != 0) {
            held++;
            continue;
        }
        put(std::move(held->frame), now + held->delay);
        held = held_.erase(held);
    }
}

void Line::take(Frame frame, uint64_t now) {
    const Fate fate = fate_of(settings, seed_, direction_, ++counters_.taken);
    if (fate.lost) {
        counters_.lost++;
        return;
    }
    if (!goes_in(frame, now)) {
        counters_.lost++;
        counters_.overflowed++;
        return;
    }
    if (fate.flipped && flip(frame, *fate.flipped)) {
        counters_.corrupted++;
    }
    const uint64_t delay = settings.delay_ns + fate.more_delay_ns;
    if (fate.twice) {
        counters_.duplicated++;
        put(frame, busy_until_ + delay);
    }
    if (fate.held_for != 0) {
        counters_.reordered++;
        held_.push_back({std::move(frame), fate.held_for, now + kMostHeldNs, delay});
        return;
    }
    put(std::move(frame), busy_until_ + delay);
    overtake(now);
}

std::optional<Frame> Line::give(uint64_t now) {
    while (!held_.empty() && held_.front().until <= now) {
        put(std::move(held_.front().frame), held_.front().until + held_.front().delay);
        held_.pop_front();
    }
    if (waiting_.empty() || waiting_.front().due > now) {
        return std::nullopt;
    }
    Frame frame = std::move(waiting_.front().frame);
    waiting_.pop_front();
    counters_.given++;
    return frame;
}

std::optional<uint64_t> Line::due() const {
    std::optional<uint64_t> due;
    if (!waiting_.empty()) {
        due = waiting_.front().due;
    }
    if (!held_.empty()) {
        due = std::min(due.value_or(UINT64_MAX), held_.front().until);
    }
    return due;
}

} // namespace wire
