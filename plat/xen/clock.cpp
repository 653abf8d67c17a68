// SPDX-License-Identifier: BSD-3-Clause
// Time of a Xen guest: the hypervisor's clock, and its one-shot timer for waiting.
#include <uk/hal/clock.hpp>

#include <atomic>

#include <uk/hal/cpu.hpp>
#include <uk/hal/irq.hpp>
#include <uk/print.h>

#include "events.hpp"
#include "hypervisor.hpp"

namespace uk {
namespace {

using namespace xen;

enum class Timer : uint8_t { untried, works, missing };

constinit Timer g_timer = Timer::untried;
constinit std::atomic<uint64_t> g_last{0};

Result<> start_timer() {
    // The event itself is all that is wanted: it ends the halt.
    UK_TRY(events_start([](EventPort) {}));
    UK_TRY(call(Call::vcpu, kStopPeriodicTimer, 0));
    UK_TRY(bind_virq(kVirqTimer));
    return {};
}

} // namespace

uint64_t hal::clock_monotonic_ns() {
    uint64_t last = g_last.load(std::memory_order_relaxed);
    uint64_t ns = 0;
    if (!clocksource::pvclock_read(g_shared.info.vcpu[0].time, cpu_cycles, ns) || ns <= last) {
        return last;
    }
    g_last.store(ns, std::memory_order_relaxed);
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

void hal::clock_idle_until(uint64_t deadline_ns) {
    if (clock_monotonic_ns() >= deadline_ns) {
        return;
    }
    if (g_timer == Timer::untried) {
        Result<> started = start_timer();
        g_timer = started.ok() ? Timer::works : Timer::missing;
        if (!started.ok()) {
            uk_pr_warn("Xen gives no timer (%s); waiting keeps the CPU busy\n",
                       started.error().name());
        }
    }
    IrqState state = irq_save();
    SingleshotTimer request{deadline_ns, 0, 0};
    // vcpu_op has the CPU's number before the argument.
    if (g_timer == Timer::works &&
        call(Call::vcpu, kSetSingleshotTimer, 0, reinterpret_cast<uint64_t>(&request)).ok()) {
        cpu_halt();
    } else {
        yield();
    }
    irq_restore(state);
}

} // namespace uk
