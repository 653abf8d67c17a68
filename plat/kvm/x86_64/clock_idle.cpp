// SPDX-License-Identifier: BSD-3-Clause
// Waiting on a KVM guest: the PIT's first channel ends a halt. Until somebody waits, neither it nor
// the interrupt controllers are touched.
#include <uk/hal/clock.hpp>

#include <atomic>

#include <uk/hal/cpu.hpp>
#include <uk/hal/irq.hpp>
#include <uk/intctlr/i8259.hpp>
#include <uk/x86/irq.hpp>

#include "clock.hpp"

namespace uk {
namespace {

constexpr unsigned kTimerLine = 0;
constexpr uint64_t kLongestNs = 54'000'000; // what 16 bits can count
constexpr uint64_t kShortestNs = 5'000;     // setting the timer takes as long
constexpr uint64_t kProofNs = 20'000'000;

enum class State : uint8_t { untried, works, missing };

constinit State g_state = State::untried;
constinit intctlr::I8259<hal::PortIo> g_pic{hal::PortIo{0x20}};
constinit std::atomic<bool> g_fired{false};

void on_interrupt(unsigned line) {
    if (g_pic.acknowledge(line) && line == kTimerLine) {
        g_fired.store(true, std::memory_order_relaxed);
    }
}

void start_timer(uint64_t ns) {
    kvm::g_pit.one_shot(static_cast<uint16_t>(ns * 105 / 88'000 + 1));
}

// A machine may have the ports and yet not lead the interrupt to the CPU; a halt would never end.
// So one must have come before the first.
bool prove() {
    g_fired.store(false, std::memory_order_relaxed);
    start_timer(kShortestNs);
    uint64_t limit = hal::clock_monotonic_ns() + kProofNs;
    hal::IrqState state = hal::irq_save();
    hal::irq_enable();
    while (!g_fired.load(std::memory_order_relaxed) && hal::clock_monotonic_ns() < limit) {
        hal::cpu_relax();
    }
    hal::irq_disable();
    hal::irq_restore(state);
    return g_fired.load(std::memory_order_relaxed);
}

State start() {
    if (!g_pic.start(x86::kFirstIrqVector)) {
        return State::missing;
    }
    x86::irq_init(on_interrupt);
    if (!x86::irq_open_lint0()) {
        return State::missing;
    }
    g_pic.open(kTimerLine);
    if (prove()) {
        return State::works;
    }
    g_pic.close(kTimerLine);
    return State::missing;
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
    start_timer(left < kLongestNs ? left : kLongestNs);
    cpu_halt();
    irq_restore(state);
}

} // namespace uk
