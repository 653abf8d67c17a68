// SPDX-License-Identifier: BSD-3-Clause
// The timer's interrupt of a KVM guest: it ends halts, and is the scheduler's alarm. The local
// APIC's timer, else the PIT. Until somebody wants either, neither is touched.
#include <uk/hal/clock.hpp>

#include <uk/base/atomic.hpp>
#include <uk/base/minmax.hpp>
#include <uk/clocksource/alarm.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/hal/irq.hpp>
#include <uk/intctlr/i8259.hpp>
#include <uk/intctlr/irq_lines.hpp>
#include <uk/x86/irq.hpp>

#include "apic.hpp"
#include "clock.hpp"

namespace uk {

using kvm::g_apic;
using kvm::kSpuriousVector;

constinit intctlr::LocalApic<kvm::ApicAccess> kvm::g_apic{ApicAccess{}};
constinit uint32_t kvm::g_first_apic_id = 0;

namespace {

constexpr unsigned kPitLine = 0;
constexpr uint64_t kShortestNs = 5'000;        // setting the timer takes as long
constexpr uint64_t kPitLongestNs = 54'000'000; // what 16 bits can count
// Only machines without a timer wait so long. An emulated one belongs to a thread that a busy host
// lets wait for tens of milliseconds.
constexpr uint64_t kProofNs = 500'000'000;
constexpr uint64_t kWindowNs = 200'000; // to learn the rate of the APIC's timer in
constexpr uint32_t kMostTicks = 0xffff'ffff;

enum class State : uint8_t { untried, apic, pit, missing };

constinit State g_state = State::untried;
constinit intctlr::I8259<hal::PortIo> g_pic{hal::PortIo{0x20}};
constinit Atomic<bool> g_fired;
constinit uint64_t g_ticks_per_ns = 0; // of the APIC's timer, with 32 fractional bits

struct Timer {
    static uint64_t now() { return hal::clock_monotonic_ns(); }
    static void arm(uint64_t deadline, uint64_t now) {
        const uint64_t left = deadline > now ? deadline - now : 1;
        if (g_state == State::pit) {
            const uint64_t ns = min(left, kPitLongestNs);
            kvm::g_pit.one_shot(static_cast<uint16_t>(ns * 105 / 88'000 + 1));
            return;
        }
        // By a 128th too early, which the rate is known to; the rest is set when that is over.
        __extension__ using Wide = unsigned __int128;
        const Wide ticks = Wide{left - left / 128} * g_ticks_per_ns >> 32;
        g_apic.arm_timer(static_cast<uint32_t>(max<Wide>(min<Wide>(ticks, kMostTicks), 1)));
    }
};
constinit Timer g_timer;

constinit clocksource::CpuAlarms<Timer, hal::kMostCpus> g_alarms{g_timer};

clocksource::Alarm<Timer>& alarm() {
    return g_alarms.of(hal::cpu_index());
}

void on_interrupt(unsigned line) {
    if (g_state == State::pit && (!g_pic.acknowledge(line) || line != kPitLine)) {
        return;
    }
    if (g_state == State::apic) {
        if (line == x86::kIrqLines - 1) {
            return; // the spurious vector, which wants no answer
        }
        if (cfg::hal_irq_lines && line >= kvm::kFirstDeviceLine) {
            (void)intctlr::take_line(line);
            return g_apic.end_interrupt(); // only now: a level is still raised before
        }
        g_apic.end_interrupt();
        if (hal::kMostCpus > 1 && line != kvm::kTimerLine) {
            return kvm::on_message(line);
        }
    }
    g_fired.store_relaxed(true);
    alarm().fired();
}

// A machine may have the registers and yet not lead the interrupt to the CPU; a halt would never
// end. So one must have come before the first.
bool prove() {
    g_fired.store_relaxed(false);
    hal::IrqState state = hal::irq_save();
    uint64_t now = hal::clock_monotonic_ns();
    Timer::arm(now + kShortestNs, now);
    hal::irq_enable();
    while (!g_fired.load_relaxed() && hal::clock_monotonic_ns() < now + kProofNs) {
        hal::cpu_relax();
    }
    hal::irq_disable();
    hal::irq_restore(state);
    return g_fired.load_relaxed();
}

// A moment in both clocks; of a few looks the one that took the shortest time.
struct Moment {
    uint64_t ns = 0;
    uint32_t left = 0;
};
Moment look() {
    Moment best;
    uint64_t narrowest = ~uint64_t{0};
    for (unsigned i = 0; i < 4; i++) {
        const uint64_t before = hal::clock_monotonic_ns();
        const uint32_t left = g_apic.timer_left();
        const uint64_t after = hal::clock_monotonic_ns();
        if (after - before < narrowest) {
            narrowest = after - before;
            best = {before + narrowest / 2, left};
        }
    }
    return best;
}

bool start_apic() {
    if (!g_apic.open_timer(x86::kFirstIrqVector + kvm::kTimerLine, kSpuriousVector)) {
        return false;
    }
    if constexpr (cfg::hal_irq_lines) {
        kvm::g_first_apic_id = g_apic.id();
    }
    hal::IrqState state = hal::irq_save();
    g_apic.arm_timer(kMostTicks);
    const Moment start = look();
    Moment end = look();
    while (end.ns - start.ns < kWindowNs) {
        end = look();
    }
    g_apic.arm_timer(0);
    hal::irq_restore(state);
    g_ticks_per_ns = (uint64_t{start.left - end.left} << 32) / (end.ns - start.ns);
    g_state = State::apic;
    return g_ticks_per_ns != 0 && prove();
}

bool start_pit() {
    if (!g_pic.start(x86::kFirstIrqVector) || !g_apic.open_lint0(kSpuriousVector)) {
        return false;
    }
    g_state = State::pit;
    g_pic.open(kPitLine);
    if (prove()) {
        return true;
    }
    g_pic.close(kPitLine);
    return false;
}

bool timer_works() {
    if (g_state == State::untried) {
        x86::irq_init(on_interrupt);
        // Firmware left the 8259 open, and what it has raised since then is on its way to the CPU;
        // without this QEMU delivers it, although the local APIC hears the 8259 no more.
        (void)g_pic.start(x86::kFirstIrqVector);
        if (!start_apic() && !start_pit()) {
            g_state = State::missing;
        }
    }
    return g_state != State::missing;
}

} // namespace

bool kvm::apic_timer_works() {
    return timer_works() && g_state == State::apic;
}

void kvm::timer_joins() {
    g_apic.join();
    (void)g_apic.open_timer(x86::kFirstIrqVector + kTimerLine, kSpuriousVector); // as the first did
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
    alarm().end_halt();
    irq_restore(state);
}

} // namespace uk
