// SPDX-License-Identifier: BSD-3-Clause
// The generic timer of Arm CPUs: a counter, its rate, and one compare value that raises an
// interrupt. (Arm Architecture Reference Manual, DDI 0487, chapter "The Generic Timer in AArch64
// state".)
#pragma once

#include <concepts>
#include <cstdint>

#include <uk/base/result.hpp>
#include <uk/clocksource/scale.hpp>

namespace uk::clocksource {

// The registers of the timer in use, virtual (CNTVCT_EL0, CNTV_CVAL_EL0, CNTV_CTL_EL0) or physical.
// count() must not be read ahead of instructions before it (ISB).
template <class R>
concept TimerRegisters = std::copyable<R> && requires(R& r, uint64_t value, uint32_t bits) {
    { r.frequency() } -> std::same_as<uint64_t>; // CNTFRQ_EL0
    { r.count() } -> std::same_as<uint64_t>;
    r.set_compare(value);
    { r.control() } -> std::same_as<uint32_t>;
    r.set_control(bits);
};

// One CPU's timer. Not synchronised: each CPU has its own, used with its interrupts off, but for
// now(), which may be called from anywhere.
template <TimerRegisters Registers>
class GenericTimer {
  public:
    // Rates beyond these are nonsense in a register that firmware forgot or mistook. Real counters
    // run at 1 MHz to 1 GHz.
    static constexpr uint64_t kMinHz = 32'768;
    static constexpr uint64_t kMaxHz = 10'000'000'000;

    explicit constexpr GenericTimer(Registers registers) : registers_(registers) {}

    // Learns the rate: CNTFRQ_EL0, or `fallback_hz` (the device tree's clock-frequency, 0 = none)
    // where that is nonsense; time 0 is now; no interrupt. Errors: ENODEV (nobody knows the rate).
    [[nodiscard]] Result<> start(uint64_t fallback_hz = 0) {
        uint64_t hz = registers_.frequency();
        if (!is_rate(hz)) {
            hz = fallback_hz;
        }
        if (!is_rate(hz)) {
            return Errno::nodev;
        }
        hz_ = hz;
        scale_ = Scale::of_hz(hz);
        ticks_per_ns_ = Scale::of(hz, 1'000'000'000);
        first_ = registers_.count();
        disarm();
        return {};
    }

    [[nodiscard]] uint64_t hz() const { return hz_; }
    [[nodiscard]] Scale scale() const { return scale_; }

    // Nanoseconds since start(). Never steps backwards: the counter is one for all CPUs.
    [[nodiscard]] uint64_t now() { return scale_.to_ns(registers_.count() - first_); }

    // Raises the timer's interrupt when now() has reached `ns`, at once if it has already. It comes
    // up to two ticks late, after days also that early, and for times beyond 36 years after 36
    // years: callers look at the clock and arm again. Replaces what was armed before. The line is a
    // level: it stays raised until arm() or disarm().
    void arm(uint64_t ns) {
        uint64_t ticks =
            ticks_per_ns_.to_ns(ns < kFarNs ? ns : kFarNs); // any product of both kinds
        uint64_t compare = first_ + ticks + 1;              // + 1: the product was rounded down
        registers_.set_compare(compare > first_ ? compare : ~uint64_t{0});
        registers_.set_control(kEnable);
    }
    void disarm() { registers_.set_control(kMasked); }

    // Whether the armed time has come.
    [[nodiscard]] bool expired() {
        constexpr uint32_t kExpired = kEnable | kCondition;
        return (registers_.control() & kExpired) == kExpired;
    }

  private:
    // CNTV_CTL_EL0, CNTP_CTL_EL0: ENABLE, IMASK, ISTATUS.
    static constexpr uint32_t kEnable = 1;
    static constexpr uint32_t kMasked = 2;
    static constexpr uint32_t kCondition = 4;
    // At kMaxHz still less than 2^64 ticks.
    static constexpr uint64_t kFarNs = uint64_t{1} << 60;

    static constexpr bool is_rate(uint64_t hz) { return hz >= kMinHz && hz <= kMaxHz; }

    Registers registers_;
    uint64_t hz_ = 0;
    uint64_t first_ = 0;
    Scale scale_;
    Scale ticks_per_ns_;
};

} // namespace uk::clocksource
