// SPDX-License-Identifier: BSD-3-Clause
// The timer's interrupt of a KVM guest: it ends halts, and is the scheduler's alarm. Until somebody
// wants either, neither the generic timer nor the interrupt controller is touched.
#include <uk/hal/clock.hpp>

#include <uk/base/atomic.hpp>
#include <uk/base/minmax.hpp>
#include <uk/clocksource/alarm.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>
#include <uk/print.h>

#include "kvm.hpp"

namespace uk {
namespace {

constexpr uint64_t kShortestNs = 5'000; // setting the timer takes as long
constexpr uint64_t kProofNs = 20'000'000;

enum class State : uint8_t { untried, works, missing };

constinit State g_state = State::untried;
constinit Atomic<bool> g_fired;

struct Timer {
    static uint64_t now() { return hal::clock_monotonic_ns(); }
    static void arm(uint64_t deadline, uint64_t /*now*/) {
        kvm::g_timer.arm(deadline - min(deadline, kvm::kFirstNs));
    }
};
constinit Timer g_timer;

constinit clocksource::CpuAlarms<Timer, hal::kMostCpus> g_alarms{g_timer};

clocksource::Alarm<Timer>& alarm() {
    return g_alarms.of(hal::cpu_index());
}

// The line is a level, so each interrupt must end with the timer disarmed or set to a later time.
void on_interrupt() {
    g_fired.store_relaxed(true);
    kvm::g_timer.disarm();
    alarm().fired();
}

// A line may be named and yet not lead to this CPU; a halt would never end. So one interrupt must
// have come before the first.
bool prove() {
    uint64_t now = kvm::g_timer.now();
    hal::IrqState state = hal::irq_save();
    kvm::g_timer.arm(now + kShortestNs);
    hal::irq_enable();
    while (!g_fired.load_relaxed() && kvm::g_timer.now() < now + kProofNs) {
        hal::cpu_relax();
    }
    hal::irq_disable();
    kvm::g_timer.disarm();
    hal::irq_restore(state);
    return g_fired.load_relaxed();
}

State find_timer() {
    Result<> opened = kvm::open_timer_line(on_interrupt);
    if (!opened.ok()) {
        uk_pr_warn("no interrupt controller that this image knows (GICv2, GICv3), or it does not "
                   "start: %s; waiting keeps the CPU busy\n",
                   opened.error().name());
        return State::missing;
    }
    if (!prove()) {
        uk_pr_warn("the timer's interrupt does not arrive; waiting keeps the CPU busy\n");
        return State::missing;
    }
    return State::works;
}

bool timer_works() {
    if (g_state == State::untried) {
        g_state = find_timer();
    }
    return g_state == State::works;
}

} // namespace

Result<> hal::clock_alarm_start(void (*handler)()) {
    if (!timer_works()) {
        return Errno::nodev;
    }
    g_alarms.set_handler(handler);
    return {};
}

void hal::clock_alarm_set(uint64_t deadline_ns) {
    alarm().set(deadline_ns);
}

void hal::clock_idle_until(uint64_t deadline_ns) {
    bool works = timer_works();
    uint64_t now = clock_monotonic_ns();
    if (now >= deadline_ns) {
        return;
    }
    if (!works || deadline_ns - now < kShortestNs) {
        cpu_relax(); // no timer to end a halt, or no time for one; the caller asks again
        return;
    }
    IrqState state = irq_save();
    alarm().begin_halt(deadline_ns);
    cpu_halt();
    alarm().end_halt(); // perhaps another one's by now, which looks at the clock and halts again
    irq_restore(state);
}

} // namespace uk
