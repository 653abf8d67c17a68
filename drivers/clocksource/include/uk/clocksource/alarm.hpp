// SPDX-License-Identifier: BSD-3-Clause
// Alarm: one one-shot timer for two users, the scheduler's alarm and the end of a halt.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include <uk/base/minmax.hpp>

namespace uk::clocksource {

// Timer provides, in nanoseconds of one clock:
//   uint64_t now();                               callable from anywhere
//   void arm(uint64_t deadline, uint64_t now);    replaces what was set; may interrupt earlier
// The timer need not be disarmed: an interrupt that nobody waits for sets nothing. Every function
// with interrupts off, on one CPU.
template <class Timer>
class Alarm {
  public:
    static constexpr uint64_t kNever = ~uint64_t{0};
    using Handler = void (*)();

    explicit constexpr Alarm(Timer& timer) : timer_(timer) {}

    void set_handler(Handler handler) { handler_ = handler; }

    // The handler is called once the time has come.
    void set(uint64_t deadline) {
        alarm_ = deadline;
        arm();
    }
    // An interrupt of the timer comes once the time has come; before, maybe.
    void begin_halt(uint64_t deadline) {
        halt_end_ = deadline;
        arm();
    }
    void end_halt() { halt_end_ = kNever; } // an interrupt too many does no harm

    // The timer's interrupt.
    void fired() {
        const uint64_t now = timer_.now();
        if (now >= halt_end_)
            halt_end_ = kNever;
        if (now >= alarm_) {
            alarm_ = kNever;
            handler_(); // which may set it
        }
        arm();
    }

  private:
    void arm() {
        const uint64_t next = min(alarm_, halt_end_);
        if (next != kNever)
            timer_.arm(next, timer_.now());
    }

    Timer& timer_;
    Handler handler_ = nullptr;
    uint64_t alarm_ = kNever;
    uint64_t halt_end_ = kNever;
};

// One for each CPU, where each has a timer of its own that `timer` stands for; one handler for all.
template <class Timer, unsigned kCpus>
class CpuAlarms {
  public:
    explicit constexpr CpuAlarms(Timer& timer)
        : CpuAlarms(timer, std::make_index_sequence<kCpus>()) {}

    void set_handler(typename Alarm<Timer>::Handler handler) {
        for (Alarm<Timer>& alarm : alarms_)
            alarm.set_handler(handler);
    }
    Alarm<Timer>& of(unsigned cpu) { return alarms_[cpu]; }

  private:
    template <size_t... kIndex>
    constexpr CpuAlarms(Timer& timer, std::index_sequence<kIndex...> /*all*/)
        : alarms_{((void)kIndex, Alarm<Timer>(timer))...} {}

    Alarm<Timer> alarms_[kCpus];
};

} // namespace uk::clocksource
