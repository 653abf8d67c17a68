// SPDX-License-Identifier: BSD-3-Clause
// Time of a Xen guest: the hypervisor's clock, and its one-shot timer for waiting.
#include <uk/hal/clock.hpp>

#include <uk/assert.h>
#include <uk/base/atomic.hpp>
#include <uk/clocksource/alarm.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/hal/irq.hpp>
#include <uk/print.h>

#include "events.hpp"
#include "hypervisor.hpp"

namespace uk {
namespace {

using namespace xen;

enum class State : uint8_t { untried, works, missing };

constinit State g_state = State::untried;
constinit Atomic<uint64_t> g_last{0};

struct Timer {
    static uint64_t now() { return hal::clock_monotonic_ns(); }
    // A time that is over interrupts at once. vcpu_op has the CPU's number before the argument.
    static void arm(uint64_t deadline, uint64_t /*now*/) {
        SingleshotTimer request{deadline, 0, 0};
        if (auto done =
                call(Call::vcpu, kSetSingleshotTimer, 0, reinterpret_cast<uint64_t>(&request));
            !done.ok()) {
            UK_PANIC("Xen does not set its timer: %s", done.error().name());
        }
    }
};
constinit Timer g_timer;
constinit clocksource::Alarm<Timer> g_alarm{g_timer};

Result<> start_timer() {
    UK_TRY(events_start([](EventPort) { g_alarm.fired(); }));
    UK_TRY(call(Call::vcpu, kStopPeriodicTimer, 0));
    UK_TRY(bind_virq(kVirqTimer));
    return {};
}

bool timer_works() {
    if (g_state == State::untried) {
        Result<> started = start_timer();
        g_state = started.ok() ? State::works : State::missing;
        if (!started.ok()) {
            uk_pr_warn("Xen gives no timer (%s); waiting keeps the CPU busy\n",
                       started.error().name());
        }
    }
    return g_state == State::works;
}

} // namespace

uint64_t hal::clock_monotonic_ns() {
    uint64_t last = g_last.load_relaxed();
    uint64_t ns = 0;
    if (!clocksource::pvclock_read(g_shared.info.vcpu[0].time, cpu_cycles, ns) || ns <= last) {
        return last;
    }
    g_last.store_relaxed(ns);
    return ns;
}

Result<uint64_t> hal::clock_wall_ns() {
    uint64_t ns = 0;
    if (!clocksource::pvclock_wall(g_shared.info.wall, ns) || ns == 0) {
        return Errno::nodev;
    }
    return ns + clock_monotonic_ns();
}

const char* hal::clock_name() {
    return "Xen's pvclock";
}

Result<> hal::clock_alarm_start(void (*handler)()) {
    if (!timer_works()) {
        return Errno::nodev;
    }
    g_alarm.set_handler(handler);
    return {};
}

void hal::clock_alarm_set(uint64_t deadline_ns) {
    g_alarm.set(deadline_ns);
}

void hal::clock_idle_until(uint64_t deadline_ns) {
    if (clock_monotonic_ns() >= deadline_ns) {
        return;
    }
    if (!timer_works()) {
        yield();
        return;
    }
    IrqState state = irq_save();
    g_alarm.begin_halt(deadline_ns);
    cpu_halt();
    g_alarm.end_halt();
    irq_restore(state);
}

} // namespace uk
