// SPDX-License-Identifier: BSD-3-Clause
// What happened to the log: the console threshold, and the ring that keeps the latest lines.
//
// Writing to the log is base's business (<uk/print.h>). Every line that was compiled in enters the
// ring; those at or below the console level are also printed. Kernel parameter
// log.level=crit|err|warn|info|debug.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/config.hpp>

namespace uk::log {

// The least important level that reaches the console (UK_KLVL_*); -1 = none.
[[nodiscard]] int console_level();

// Sets it. Lines in the ring that the console has not seen and now should are printed first, so
// raising the level while booting shows the boot from its first line. From anywhere but an
// interrupt handler.
void set_console_level(int level);

// "warn" -> UK_KLVL_WARN; -2 if `name` is no level. Pure.
[[nodiscard]] int level_from_name(const char* name);

// "warn" for UK_KLVL_WARN; "?" for what is no level. Pure.
[[nodiscard]] const char* level_name(int level);

// Calls `line` for the latest `most` lines of the ring that the console has not shown, oldest
// first, with no newline at the end, and returns how many there were. For crash reports: takes no
// lock, callable from exception handlers; a line that was being written may be missing.
size_t for_each_unseen(size_t most, void (*line)(void* context, const char* text, size_t size),
                       void* context);

// The latest lines of the ring, as many as fit, oldest first, each with a newline; returns their
// size. Also those that the console has not shown. All of them fit into kRingBytes. Interrupts are
// off while they are copied. From anywhere but an interrupt handler.
inline constexpr size_t kRingBytes = static_cast<size_t>(cfg::libukprint_ring_kib) * 1024;
size_t copy(std::span<char> to);

// Prints a line that is still waiting for its newline. For crash reports and shutdown.
void flush();

} // namespace uk::log
