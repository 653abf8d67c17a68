// SPDX-License-Identifier: BSD-3-Clause
// TimerCount: how often a timer has ended that nobody has read so far. timerfd_create(2).
#pragma once

#include <cstdint>

#include <uk/base/minmax.hpp>

namespace uk {

// Pure; not synchronised. Times are nanoseconds of one clock; 0 is never. After it has ended a
// periodic timer rests until somebody asks for it: who does not read costs nothing.
class TimerCount {
  public:
    // The first end, and the time between the ends after it, 0 if there are none. What was counted
    // is forgotten.
    void set(uint64_t first, uint64_t interval) {
        next_ = first;
        interval_ = interval;
        ticks_ = 0;
        rests_ = false;
    }
    // When to call end(); 0: not at all.
    [[nodiscard]] uint64_t wakes_at() const { return rests_ ? 0 : next_; }
    [[nodiscard]] uint64_t interval() const { return interval_; }
    // Whether something is to be read.
    [[nodiscard]] bool any() const { return ticks_ != 0; }
    // Another end that is none of the timer's.
    void add_one() { ticks_++; }
    void forget() { ticks_ = 0; }

    // It is `now`. False: too early.
    bool end(uint64_t now) {
        if (wakes_at() == 0 || now < next_)
            return false;
        ticks_++;
        rests_ = true;
        return true;
    }
    // Counts what has come while it rested; wakes_at() is new if it is periodic.
    void catch_up(uint64_t now) {
        if (!rests_ || interval_ == 0 || now < next_)
            return;
        const uint64_t passed = (now - next_) / interval_ + 1;
        ticks_ += passed - 1;
        next_ += passed * interval_;
        rests_ = false;
    }
    // All that has come since the last time.
    uint64_t take(uint64_t now) {
        catch_up(now);
        const uint64_t taken = ticks_;
        ticks_ = 0;
        return taken;
    }
    // Until the next end; 0: none is to come.
    [[nodiscard]] uint64_t left(uint64_t now) const { return wakes_at() > now ? next_ - now : 0; }
    // The clock goes by so much, forwards or back: its ends come earlier or later.
    void move(int64_t by) {
        if (next_ == 0)
            return;
        const uint64_t back = by > 0 ? static_cast<uint64_t>(by) : 0;
        const uint64_t on = by < 0 ? -static_cast<uint64_t>(by) : 0;
        next_ = max(next_ - min(next_, back) + on, uint64_t{1});
    }

  private:
    uint64_t next_ = 0;
    uint64_t interval_ = 0;
    uint64_t ticks_ = 0;
    bool rests_ = false; // next_ is over and counted
};

} // namespace uk
