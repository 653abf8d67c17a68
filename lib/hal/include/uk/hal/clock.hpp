// SPDX-License-Identifier: BSD-3-Clause
// Platform contract 4 of 6: monotonic and wall time, and waiting.
#pragma once

#include <cstdint>

#include <uk/base/result.hpp>

namespace uk::hal {

// Nanoseconds since some moment before main; never steps backwards. The rate is right from the
// first call on as far as the machine's clocks tell it at once, and within 0.1 % of the best
// reference clock 100 ms after main started. Callable from anywhere; does not block.
[[nodiscard]] uint64_t clock_monotonic_ns();

// Nanoseconds since 1970-01-01T00:00:00Z by the machine's wall clock. Thread context (may read a
// slow device the first time). Errors: ENODEV (the machine has none).
[[nodiscard]] Result<uint64_t> clock_wall_ns();

// The name of the clock source in use, for the log ("kvmclock", "tsc (CPUID 15h)", "hpet", ...).
[[nodiscard]] const char* clock_name();

// Gives the CPU away until about `deadline_ns` (monotonic) or earlier: callers loop. Thread
// context, with interrupts on or off: they are taken while it waits, and afterwards are as they
// were. Never returns later than the platform's timer allows.
void clock_idle_until(uint64_t deadline_ns);

// The alarm of each CPU: `handler` runs in interrupt context when a time set below has come. Once,
// in thread context. Errors: ENODEV (no timer that interrupts).
[[nodiscard]] Result<> clock_alarm_start(void (*handler)());

// Interrupts off; this CPU. One-shot; replaces the time set before; ~0 = none. The handler runs
// about then, perhaps earlier: it looks at the clock and sets the alarm anew. Others may wait by
// clock_idle_until() meanwhile.
void clock_alarm_set(uint64_t deadline_ns);

} // namespace uk::hal
