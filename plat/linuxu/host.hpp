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
#include "smp/host_cpu.hpp"

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

// Ends the process by SIGABRT, as abort() does, so that a debugger stops and a core is written.
[[noreturn]] void die_by(int signal);

// Writes to standard error: for failures before there is a console.
void complain(const char* text);

} // namespace uk::linuxu
