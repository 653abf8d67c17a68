// SPDX-License-Identifier: BSD-3-Clause
// Platform contract 4 of 6: monotonic and wall time, and waiting.
#pragma once

#include <cstdint>

#include <uk/base/atomic.hpp>
#include <uk/base/result.hpp>

namespace uk::hal {

// Nanoseconds since some moment before main; never steps backwards. The rate is right from the
// first call on as far as the machine's clocks tell it at once, and within 0.1 % of the best
// reference clock 100 ms after main started. Callable from anywhere; does not block. A platform
// whose clock must be started does so in an init entry of level plat (UK_INIT); before, it is 0.
[[nodiscard]] uint64_t clock_monotonic_ns();

// Nanoseconds since 1970-01-01T00:00:00Z by the machine's wall clock. Thread context (may read a
// slow device the first time). Errors: ENODEV (the machine has none).
[[nodiscard]] Result<uint64_t> clock_wall_ns();

// The name of the clock source in use, for the log ("kvmclock", "tsc (CPUID 15h)", "generic timer",
// ...; "none" before it is started). Lives for ever. Callable from anywhere.
[[nodiscard]] const char* clock_name();

// Gives the CPU away until about `deadline_ns` (monotonic) or earlier: callers loop. ~0 means until
// an interrupt, where one can end it. Thread context, with interrupts on or off; afterwards they
// are as they were. While the CPU halts they are taken. It does not halt where no timer interrupts
// (it pauses for a moment, or yields to the hypervisor) and, on kvm, if less than 5 us are left:
// then interrupts stay as they are, and a caller who has them off and waits for one must open them
// himself between two calls. The first call may start the timer, as clock_alarm_start() does.
void clock_idle_until(uint64_t deadline_ns);

// The alarm of each CPU: `handler` runs in interrupt context when a time set below has come. It may
// not block, nor use vector registers (compile it with |isr), and is never null. Once, in thread
// context. Opens interrupts for a moment, whatever they were, to see whether one comes (kvm), so
// handlers may run; waits up to 20 ms for each timer that it tries. Errors: ENODEV (no timer that
// interrupts; clock_alarm_set() is not allowed then).
[[nodiscard]] Result<> clock_alarm_start(void (*handler)());

// This CPU's alarm. Interrupts off; threads, act() and the alarm's handler itself. Does not block.
// One-shot; replaces the time set before; ~0 = none. The handler runs about then, perhaps earlier,
// and may also run when none is set: it looks at the clock and sets the alarm anew. (linuxu asks
// the host for an earlier time only, so a later one and ~0 take effect after one run too many.)
// Others may wait by clock_idle_until() meanwhile. Cannot fail; xen panics if the hypervisor
// refuses the timer.
void clock_alarm_set(uint64_t deadline_ns);

// What a platform with HAL_CLOCK_FAST publishes for readers that have no instruction to spare: at
// `cycles` of the CPU's counter it is
//     (cycles - zero) * scale >> 48,
// if fewer than `due` have passed since `zero`, if `sequence` is the same before and after, and if
// this is later than `last`, which it becomes. Otherwise clock_monotonic_ns() knows. `zero` is when
// it would have been 0 at today's rate, perhaps before the counter began (modulo 2^64). While it is
// written `due` is 0 and `sequence` odd. hal_arch/clock_fast.hpp reads it.
struct ClockPage {
    Atomic<uint32_t> sequence{0};
    Atomic<uint64_t> zero{0};
    Atomic<uint64_t> scale{0};
    Atomic<uint64_t> due{0};
    Atomic<uint64_t> last{0}; // the latest answer
};

#ifdef CONFIG_HAL_CLOCK_FAST
extern ClockPage g_clock_page;
#endif

} // namespace uk::hal

#ifdef CONFIG_HAL_CLOCK_FAST
#include <uk/hal_arch/clock_fast.hpp>
#endif
