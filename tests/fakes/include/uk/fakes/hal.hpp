// SPDX-License-Identifier: BSD-3-Clause
// The platform of host tests: a console that is a string, a clock that a test sets, a way to end.
#pragma once

#include <cstdint>
#include <string>

namespace uk::fakes {

// Early console. `console_output()` is all that was written, `console_type()` adds input bytes,
// `console_hang_up()` ends the input (console_read then fails with EPIPE).
std::string console_output();
void console_clear();
void console_type(const std::string& input);
void console_hang_up();

// The clock stands still until it is set; clock_idle_until() sets it to the deadline.
void clock_set(uint64_t monotonic_ns);
void clock_set_wall(uint64_t wall_ns);

// direct_map(p) is `memory + (p - first)`; until this is called physical addresses are host
// addresses.
void memory_set(void* memory, uint64_t first);

} // namespace uk::fakes
