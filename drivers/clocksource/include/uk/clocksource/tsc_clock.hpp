// SPDX-License-Identifier: BSD-3-Clause
// TscClock: nanoseconds from a fast counter (TSC) of which the rate may be unknown, learnt from a
// slow counter of known rate while time passes. Nothing is ever waited for.
//
// With a known rate the clock reads the fast counter from the start. Without one it reads the slow
// counter ("reference") itself until the two have been compared over a window that is long enough,
// and the fast counter from then on. Later reads compare over windows of doubled length, so the
// rate gets better for ever at no cost. Time never steps backwards, whatever the counters do: a
// fast counter that goes back, a reference that stops or jumps (a machine that was paused), a rate
// that changes (a machine that was moved).
#pragma once

#include <cstdint>
#include <optional>

#include <uk/base/atomic.hpp>
#include <uk/clocksource/scale.hpp>
#include <uk/hal/clock.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/hal/irq.hpp>

namespace uk::clocksource {

// Errors of rates are in parts of 2^20, close to parts per million.
inline constexpr uint64_t kWhole = uint64_t{1} << 20;

struct Rate {
    Scale scale;
    uint64_t error = kWhole; // the true rate differs by at most this; kWhole = nothing is known
};

// What there is to know of a reference. Its count grows modulo `period`; 0 = all 64 bits.
struct Reference {
    Scale scale;
    uint64_t period = 0;
};

// Source provides, callable from anywhere:
//   uint64_t cycles();                   the fast counter
//   void latch();                        fixes the reference's count at this moment
//   std::optional<uint64_t> collect();   that count; nothing if it was disturbed
template <class Source>
class TscClock {
  public:
    // `page` is where readers find it; it has been touched by nobody else.
    constexpr TscClock(Source& source, hal::ClockPage& page) : source_(source), page_(page) {}
    TscClock(const TscClock&) = delete;
    TscClock& operator=(const TscClock&) = delete;

    // Begins at `ns`. Without a reference the rate stays what it is; there must be one of the two.
    // Once, before all else.
    void start(std::optional<Rate> rate, std::optional<Reference> reference, uint64_t ns = 0);

    // Nanoseconds, never less than any earlier answer. From anywhere; does not block.
    uint64_t now();
    // The same, where now() or hal::clock_fast() could not tell.
    [[gnu::noinline]] uint64_t ask_again();

    // True while the reference is what is read.
    [[nodiscard]] bool direct() const { return direct_; }
    // The error bound of the rate in use, in parts of 2^20.
    [[nodiscard]] uint64_t rate_error() const { return rate_.error; }

  private:
    struct Sample {
        uint64_t cycles = 0;
        uint64_t count = 0;
        uint64_t width = 0; // in cycles: how long the look took
    };
    struct Bounds {
        uint64_t low;
        uint64_t high;
    };
    enum class Verdict : uint8_t { measured, ambiguous, impossible };
    struct Passed {
        Verdict verdict;
        uint64_t ticks;
        uint64_t ns;
    };

    static constexpr uint64_t kUsable = 250;   // error at which the fast counter takes over
    static constexpr uint64_t kDrift = 250;    // what two good rates may differ by
    static constexpr uint64_t kSlowestNs = 20; // a cycle takes at most this (50 MHz)
    static constexpr uint64_t kFastest = 10;   // and there are at most so many in a nanosecond
    static constexpr uint64_t kOtherHost = 4;  // by how much a rate may change when a machine moves
    static constexpr uint64_t kSlackNs = 20'000;
    static constexpr uint64_t kJitterNs = 1'000'000; // going back further is no jitter
    static constexpr uint64_t kNever = uint64_t{1} << 63;
    static constexpr uint32_t kFirstWindowNs = 8'000'000;
    static constexpr unsigned kLooks = 8;
    static constexpr unsigned kTries = 1U << 16;

    uint64_t slow();
    uint64_t current(uint64_t cycles);
    std::optional<Sample> look();
    std::optional<Sample> look_once();
    [[nodiscard]] uint64_t ticks_between(uint64_t from, uint64_t to) const;
    void take(const Sample& sample);
    [[nodiscard]] Bounds bounds(const Sample& sample) const;
    [[nodiscard]] Passed compare(const Sample& sample) const;
    [[nodiscard]] Rate window_rate(const Sample& sample) const;
    void restart_window(const Sample& sample);
    void judge_direct(const Passed& passed, const Sample& sample);
    void judge(Verdict verdict, const Sample& sample);
    void judge_disturbed(const Rate& found, const Sample& sample);
    [[nodiscard]] uint64_t next_due(const Sample& sample) const;
    [[nodiscard]] uint64_t publish(uint64_t cycles, uint64_t ns, uint64_t due);

    Source& source_;
    bool has_reference_ = false;
    Reference reference_{};

    hal::ClockPage& page_; // read by everyone; from `due` on slow() is wanted

    // Only for whoever holds busy_.
    Atomic<bool> busy_;
    bool direct_ = false;
    bool disturbed_ = false; // the latest window contradicted the rate
    Rate rate_{};
    Rate candidate_{}; // measured since then, waits for a second one that agrees
    Sample base_{};    // where the window began
    Sample latest_{};
    uint64_t window_ticks_ = 0; // of the reference, from base_ to latest_
    uint64_t window_ns_ = 0;    // the time at base_, while the reference is what is read
    uint64_t narrowest_ = kNever;
};

} // namespace uk::clocksource

#include <uk/clocksource/tsc_clock_impl.hpp>
