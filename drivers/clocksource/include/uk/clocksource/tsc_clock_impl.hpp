// SPDX-License-Identifier: BSD-3-Clause
// The member functions of TscClock; included by tsc_clock.hpp only.
#pragma once

#include <uk/clocksource/tsc_clock.hpp>

namespace uk::clocksource {

template <class Source>
void TscClock<Source>::start(std::optional<Rate> rate, std::optional<Reference> reference,
                             uint64_t ns) {
    UK_ASSERT(rate || reference);
    direct_ = !rate;
    rate_ = rate.value_or(Rate{});
    page_.last.store_relaxed(ns);
    window_ns_ = ns;
    uint64_t due = kNever;
    if (reference) {
        reference_ = *reference;
        std::optional<Sample> first = look();
        has_reference_ = first.has_value();
        if (has_reference_) {
            restart_window(*first);
            due = direct_ ? 0 : next_due(*first);
        }
    }
    if (direct_ && !has_reference_) {
        // The reference never stood still long enough to be read. 1 GHz is a guess, and
        // rate_error() says so.
        direct_ = false;
        rate_ = Rate{Scale::of_hz(1'000'000'000), kWhole};
    }
    page_.due.store_release(publish(source_.cycles(), ns, due));
}

// What nearly all calls do; everything that is not quite so is ask_again()'s.
template <class Source>
[[gnu::always_inline]] inline uint64_t TscClock<Source>::now() {
    uint32_t sequence = page_.sequence.load_acquire();
    uint64_t cycles = source_.cycles() - page_.zero.load_relaxed();
    if (cycles >= page_.due.load_relaxed()) [[unlikely]] {
        return ask_again();
    }
    uint64_t ns = Scale::of_raw(page_.scale.load_relaxed()).to_ns(cycles);
    fence_acquire();
    if ((sequence & 1) != 0 || page_.sequence.load_relaxed() != sequence ||
        ns <= page_.last.load_relaxed()) [[unlikely]] {
        return ask_again();
    }
    page_.last.store_relaxed(ns);
    return ns;
}

template <class Source>
uint64_t TscClock<Source>::ask_again() {
    for (unsigned i = 0; i < kTries; i++) {
        uint32_t sequence = page_.sequence.load_acquire();
        if ((sequence & 1) != 0) {
            hal::cpu_relax();
            continue;
        }
        uint64_t zero = page_.zero.load_relaxed();
        Scale scale = Scale::of_raw(page_.scale.load_relaxed());
        uint64_t due = page_.due.load_relaxed();
        uint64_t cycles = source_.cycles() - zero; // huge if it went back behind that
        fence_acquire();
        if (page_.sequence.load_relaxed() != sequence) {
            continue;
        }
        if (cycles >= due) {
            return slow();
        }
        uint64_t ns = scale.to_ns(cycles);
        uint64_t last = page_.last.load_relaxed();
        if (ns > last) {
            page_.last.store_relaxed(ns);
            return ns;
        }
        return last - ns > kJitterNs ? slow() : last;
    }
    // Asked by an exception handler while this CPU was publishing.
    return page_.last.load_relaxed();
}

// The time at `cycles` by the published rate, but not before the latest answer.
template <class Source>
uint64_t TscClock<Source>::current(uint64_t cycles) {
    uint64_t last = page_.last.load_relaxed();
    uint64_t passed = cycles - page_.zero.load_relaxed();
    if (passed >= kNever) {
        return last;
    }
    uint64_t ns = Scale::of_raw(page_.scale.load_relaxed()).to_ns(passed);
    return ns > last ? ns : last;
}

// Looks at the reference where it is due, and publishes what follows from it.
template <class Source>
uint64_t TscClock<Source>::slow() {
    hal::IrqState state = hal::irq_save();
    if (busy_.exchange_acquire(true)) {
        hal::irq_restore(state);
        return page_.last.load_relaxed();
    }
    std::optional<Sample> sample = has_reference_ ? look() : std::nullopt;
    bool was_direct = direct_;
    if (sample) {
        take(*sample);
    }
    // From here on other CPUs wait, so none can have answered by the old rate for a later moment.
    page_.due.store_relaxed(0);
    page_.sequence.store_relaxed(page_.sequence.load_relaxed() + 1);
    fence_full();
    uint64_t cycles = source_.cycles();
    uint64_t ns = page_.last.load_relaxed();
    if (!was_direct) {
        ns = current(cycles);
    } else if (sample) {
        uint64_t read = window_ns_ + reference_.scale.to_ns(window_ticks_);
        read += direct_ ? 0 : rate_.scale.to_ns(cycles - sample->cycles);
        ns = read > ns ? read : ns;
    }
    uint64_t due = kNever;
    if (has_reference_ && !direct_) {
        due = sample ? next_due(*sample) : rate_.scale.to_ticks(kFirstWindowNs);
    }
    due = publish(cycles, ns, due);
    page_.sequence.store_release(page_.sequence.load_relaxed() + 1);
    page_.last.store_relaxed(ns);
    page_.due.store_release(due);
    busy_.store_release(false);
    hal::irq_restore(state);
    return ns;
}

// That it is `ns` at `cycles`, or less by a part of one, for `due` more of them. The answer is for
// page_.due: 0 while the reference is read, as there may be no rate yet.
template <class Source>
uint64_t TscClock<Source>::publish(uint64_t cycles, uint64_t ns, uint64_t due) {
    if (direct_) {
        return 0;
    }
    uint64_t passed = rate_.scale.to_ticks(ns);
    page_.zero.store_relaxed(cycles - passed);
    page_.scale.store_relaxed(rate_.scale.raw());
    return due < kNever - passed ? passed + due : kNever;
}

template <class Source>
auto TscClock<Source>::look_once() -> std::optional<Sample> {
    uint64_t before = source_.cycles();
    source_.latch();
    uint64_t after = source_.cycles();
    std::optional<uint64_t> count = source_.collect();
    if (!count || after < before) {
        return std::nullopt;
    }
    return Sample{before + (after - before) / 2, *count, after - before};
}

// A look that a second one confirms, so that a count which was misread (some chips do that now and
// then) or a moment in which the machine stood still is not taken for the truth.
template <class Source>
auto TscClock<Source>::look() -> std::optional<Sample> {
    constexpr uint64_t kApartNs = 15'000'000;
    std::optional<Sample> best;
    std::optional<Sample> before;
    for (unsigned i = 0; i < kLooks; i++) {
        std::optional<Sample> sample = look_once();
        bool confirmed =
            sample && before &&
            reference_.scale.to_ns(ticks_between(before->count, sample->count)) < kApartNs;
        if (confirmed && (!best || sample->width < best->width)) {
            best = sample;
        }
        if (best && best->width / 2 <= narrowest_) {
            break;
        }
        before = sample;
    }
    if (best && best->width < narrowest_) {
        narrowest_ = best->width;
    }
    return best;
}

template <class Source>
uint64_t TscClock<Source>::ticks_between(uint64_t from, uint64_t to) const {
    if (reference_.period == 0 || to >= from) {
        return to - from;
    }
    return to + reference_.period - from;
}

// Nanoseconds that can have passed between latest_ and `sample`, as the fast counter sees it.
template <class Source>
auto TscClock<Source>::bounds(const Sample& sample) const -> Bounds {
    uint64_t cycles = sample.cycles - latest_.cycles;
    uint64_t low = cycles / kFastest;
    uint64_t high = cycles > kNever / kSlowestNs ? kNever : cycles * kSlowestNs;
    if (disturbed_) {
        // Another host's counter may be slower or faster, but not beyond measure.
        uint64_t ns = rate_.scale.to_ns(cycles);
        low = ns / kOtherHost;
        high = ns * kOtherHost;
    } else if (rate_.error < kWhole / 4) {
        uint64_t ns = rate_.scale.to_ns(cycles);
        uint64_t off = rate_.error > kDrift || direct_ ? rate_.error + 1 : kDrift;
        uint64_t margin = (ns >> 20) * off + off;
        low = ns > margin ? ns - margin : 0;
        high = ns + margin;
    }
    uint64_t slack = kSlackNs + rate_.scale.to_ns(sample.width + latest_.width);
    return Bounds{low > slack ? low - slack : 0, high + slack};
}

// What passed from latest_ to `sample`: as many turns of the reference as the fast counter implies.
template <class Source>
auto TscClock<Source>::compare(const Sample& sample) const -> Passed {
    if (sample.cycles - latest_.cycles >= kNever) {
        return Passed{Verdict::impossible, 0, 0}; // went back
    }
    Bounds bounds = this->bounds(sample);
    uint64_t ticks = ticks_between(latest_.count, sample.count);
    uint64_t ns = reference_.scale.to_ns(ticks);
    uint64_t turn = reference_.period == 0 ? 0 : reference_.scale.to_ns(reference_.period);
    if (turn != 0 && ns < bounds.low) {
        uint64_t turns = (bounds.low - ns + turn - 1) / turn;
        ns += turns * turn;
        ticks += turns * reference_.period;
    }
    if (ns < bounds.low || ns > bounds.high) {
        // Stopped, jumped, or went back. What passed at least is safe to say.
        return Passed{Verdict::impossible, 0, bounds.low};
    }
    bool more = turn != 0 && ns + turn <= bounds.high;
    return Passed{more ? Verdict::ambiguous : Verdict::measured, ticks, ns};
}

// What the window from base_ to `sample` says about the rate.
template <class Source>
Rate TscClock<Source>::window_rate(const Sample& sample) const {
    constexpr uint64_t kTooLong = uint64_t{1} << 43;
    uint64_t cycles = sample.cycles - base_.cycles;
    uint64_t ns = reference_.scale.to_ns(window_ticks_);
    if (cycles == 0 || window_ticks_ == 0 || ns / cycles >= 1000) {
        return Rate{};
    }
    uint64_t unsure = (base_.width + sample.width) / 2 + cycles / window_ticks_ + 1;
    uint64_t error = unsure < kTooLong ? (unsure << 20) / cycles + 1 : kWhole;
    return Rate{Scale::of(ns, cycles), error < kWhole ? error : kWhole};
}

template <class Source>
void TscClock<Source>::restart_window(const Sample& sample) {
    base_ = sample;
    latest_ = sample;
    window_ticks_ = 0;
}

template <class Source>
void TscClock<Source>::take(const Sample& sample) {
    Passed passed = compare(sample);
    window_ticks_ += passed.ticks;
    latest_ = sample;
    if (direct_) {
        judge_direct(passed, sample);
    } else {
        judge(passed.verdict, sample);
    }
}

// The reference is the time here; a doubtful window ends, and a new one begins at the time now.
template <class Source>
void TscClock<Source>::judge_direct(const Passed& passed, const Sample& sample) {
    if (passed.verdict != Verdict::measured) {
        window_ns_ += reference_.scale.to_ns(window_ticks_);
        window_ns_ += passed.verdict == Verdict::impossible ? passed.ns : 0;
        rate_ = Rate{};
        restart_window(sample);
        return;
    }
    Rate found = window_rate(sample);
    if (found.error < rate_.error) {
        rate_ = found;
    }
    direct_ = rate_.error > kUsable;
}

template <class Source>
void TscClock<Source>::judge(Verdict verdict, const Sample& sample) {
    Rate found = window_rate(sample);
    if (verdict == Verdict::ambiguous) {
        restart_window(sample); // nobody asked for too long: the rate stays, a new window begins
    } else if (disturbed_) {
        if (verdict == Verdict::impossible) {
            candidate_ = Rate{};
            restart_window(sample);
        } else if (found.error <= kUsable) {
            judge_disturbed(found, sample);
        }
    } else if (verdict == Verdict::impossible ||
               found.scale.difference(rate_.scale) > found.error + rate_.error + kDrift) {
        disturbed_ = true;
        candidate_ = Rate{};
        restart_window(sample);
    } else if (found.error < rate_.error) {
        rate_ = found;
    }
}

// A window that began after a disturbance. It confirms the old rate, or a second such window
// confirms the new one.
template <class Source>
void TscClock<Source>::judge_disturbed(const Rate& found, const Sample& sample) {
    if (found.scale.difference(rate_.scale) <= found.error + rate_.error + kDrift) {
        disturbed_ = false;
    } else if (candidate_.error < kWhole && found.scale.difference(candidate_.scale) <=
                                                found.error + candidate_.error + kDrift) {
        rate_ = found;
        disturbed_ = false;
    } else {
        candidate_ = found;
        restart_window(sample);
    }
}

// The next look doubles the window.
template <class Source>
uint64_t TscClock<Source>::next_due(const Sample& sample) const {
    uint64_t first = rate_.scale.to_ticks(kFirstWindowNs);
    uint64_t window = sample.cycles - base_.cycles;
    return window < first ? first : (window < kNever / 2 ? window : kNever / 2);
}

} // namespace uk::clocksource
