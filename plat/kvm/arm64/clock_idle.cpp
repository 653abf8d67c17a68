// SPDX-License-Identifier: BSD-3-Clause
// Waiting on a KVM guest: the generic timer ends a halt. Until somebody waits, neither it nor the
// interrupt controller is touched.
#include <uk/hal/clock.hpp>

#include <atomic>

#include <uk/hal/cpu.hpp>
#include <uk/hal/irq.hpp>
#include <uk/print.h>

#include "kvm.hpp"

namespace uk {
namespace {

constexpr uint64_t kShortestNs = 5'000; // setting the timer takes as long
constexpr uint64_t kProofNs = 20'000'000;

enum class State : uint8_t { untried, works, missing };

constinit State g_state = State::untried;
constinit std::atomic<bool> g_fired{false};

void on_interrupt() {
    kvm::g_timer.disarm(); // it is a level
    g_fired.store(true, std::memory_order_relaxed);
}

// A line may be named and yet not lead to this CPU; a halt would never end. So one interrupt must
// have come before the first.
bool prove() {
    uint64_t now = kvm::g_timer.now();
    hal::IrqState state = hal::irq_save();
    kvm::g_timer.arm(now + kShortestNs);
    hal::irq_enable();
    while (!g_fired.load(std::memory_order_relaxed) && kvm::g_timer.now() < now + kProofNs) {
        hal::cpu_relax();
    }
    hal::irq_disable();
    kvm::g_timer.disarm();
    hal::irq_restore(state);
    return g_fired.load(std::memory_order_relaxed);
}

State start() {
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

} // namespace

void hal::clock_idle_until(uint64_t deadline_ns) {
    if (g_state == State::untried) {
        g_state = start();
    }
    uint64_t now = clock_monotonic_ns();
    if (now >= deadline_ns) {
        return;
    }
    uint64_t left = deadline_ns - now;
    if (g_state == State::missing || left < kShortestNs) {
        cpu_relax(); // no timer to end a halt, or no time for one; the caller asks again
        return;
    }
    IrqState state = irq_save();
    kvm::g_timer.arm(kvm::g_timer.now() + left);
    cpu_halt();
    kvm::g_timer.disarm(); // something else may have ended it
    irq_restore(state);
}

} // namespace uk
