// SPDX-License-Identifier: BSD-3-Clause
// What the parts of this platform know of the process and share with each other.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/base/result.hpp>
#include <uk/config.hpp>
#include <uk/linuxabi/call.hpp>
#include <uk/linuxabi/types.hpp>

#include "isa.hpp" // of the architecture's folder

namespace uk::linuxu {

using namespace linuxabi;

// The first physical address. It keeps 1 MiB distance from a 2 MiB boundary: a host that hands out
// huge pages unasked then fills the first MiB, which is all that small programs use, page by page,
// and needs not clear 2 MiB before main.
inline constexpr uintptr_t kRamStart = 0x10100000;
inline constexpr uintptr_t kRamAlign = 0x200000;
inline constexpr size_t kRamSize = static_cast<size_t>(cfg::linuxu_memory_mib) << 20;

static_assert(kRamSize >= (size_t{1} << 20), "LINUXU_MEMORY_MIB is at least 1");

// Where the kernel's own shared object is, or null. Set once at the start.
extern const void* g_vdso;

// Highest address of the process's first stack. Set once at the start.
extern uintptr_t g_stack_top;

// argv and envp as the kernel gave them, for a restart. Set once at the start.
extern char** g_argv;
extern char** g_envp;

// Installs the handlers of faults. Once, at the start.
void catch_faults();

// Maps the RAM. Once, at the start. Returns -errno of the last attempt.
long map_memory();

#if CONFIG_HAL_CPUS > 1
// Makes the calling thread of the host CPU 0. Once, at the start.
void begin_cpu();
// Lets this CPU have alarms as CPU 0 does, and the event of its timer: a signal to itself.
Result<> start_alarm();
const TimerEvent* timer_event();
// Interrupts are off: does what other CPUs want; whether the timer has ended, set to `set_to`.
void take_kick();
bool is_alarm(uint64_t set_to);
#else
inline void begin_cpu() {}
inline const TimerEvent* timer_event() {
    return nullptr; // sends SIGALRM
}
inline void take_kick() {}
inline bool is_alarm(uint64_t /*set_to*/) {
    return true;
}
#endif

// Sends a signal to this process; it has been handled when this returns, unless it is blocked.
void raise(int signal);

// Ends the process by SIGABRT, as abort() does, so that a debugger stops and a core is written.
[[noreturn]] void die_by_abort();

// Writes to standard error: for failures before there is a console.
void complain(const char* text);

} // namespace uk::linuxu
