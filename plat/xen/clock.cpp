// SPDX-License-Identifier: BSD-3-Clause
// Time of a Xen guest: the hypervisor's clock, and its one-shot timer for waiting.
#include <uk/hal/clock.hpp>

#include <uk/assert.h>
#include <uk/base/atomic.hpp>
#include <uk/clocksource/alarm.hpp>
#include <uk/clocksource/stay.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>
#include <uk/intctlr/irq_lines.hpp>
#include <uk/print.h>

#include "events.hpp"
#include "hypervisor.hpp"
#include "smp/cpus.hpp"

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
        if (auto done = call(Call::vcpu, kSetSingleshotTimer, hal::cpu_index(),
                             reinterpret_cast<uint64_t>(&request));
            !done.ok()) {
            UK_PANIC("Xen does not set its timer: %s", done.error().name());
        }
    }
};
constinit Timer g_timer;

constinit clocksource::CpuAlarms<Timer, hal::kMostCpus> g_alarms{g_timer};

clocksource::Alarm<Timer>& alarm() {
    return g_alarms.of(hal::cpu_index());
}

const volatile clocksource::PvclockPage& page_of(unsigned cpu) {
    return g_shared.info.vcpu[cpu].time;
}

void on_event([[maybe_unused]] EventPort port) {
    if constexpr (hal::kMostCpus > 1) {
        if (on_message(port)) {
            return;
        }
    }
    if (!cfg::hal_irq_lines || !intctlr::take_line(port)) {
        alarm().fired();
    }
}

Result<> start_timer(unsigned cpu) {
    UK_TRY(call(Call::vcpu, kStopPeriodicTimer, cpu));
    EventPort port = UK_TRY(bind_virq(kVirqTimer, cpu));
    if constexpr (hal::kMostCpus > 1) {
        give_channel(Channel::timer, port, cpu);
    }
    return unmask(port);
}

Result<> start_events() {
    UK_TRY(events_start(on_event));
    return start_timer(0);
}

bool timer_works() {
    if (g_state == State::untried) {
        Result<> started = start_events();
        g_state = started.ok() ? State::works : State::missing;
        if (!started.ok()) {
            uk_pr_warn("Xen gives no timer (%s); waiting keeps the CPU busy\n",
                       started.error().name());
        }
    }
    return g_state == State::works;
}

} // namespace

Result<> xen::timer_joins(unsigned cpu) {
    if (!timer_works()) {
        return Errno::nodev;
    }
    return start_timer(cpu);
}

uint64_t hal::clock_monotonic_ns() {
    uint64_t ns = 0;
    if (!clocksource::pvclock_read_here<clocksource::Stay>(page_of, cpu_cycles, ns)) {
        return g_last.load_relaxed();
    }
    return clocksource::never_back(g_last, ns);
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
    g_alarms.set_handler(handler);
    return {};
}

void hal::clock_alarm_set(uint64_t deadline_ns) {
    alarm().set(deadline_ns);
}

void hal::clock_idle_until(uint64_t deadline_ns) {
    const bool works = timer_works();
    if (clock_monotonic_ns() >= deadline_ns) {
        return;
    }
    if (!works) {
        yield();
        return;
    }
    IrqState state = irq_save();
    alarm().begin_halt(deadline_ns);
    cpu_halt();
    alarm().end_halt();
    irq_restore(state);
}

} // namespace uk
