// SPDX-License-Identifier: BSD-3-Clause
// Provider of <uk/hal/cpus.hpp> on linuxu: a CPU is a thread of the host, and knows its block.
#pragma once

#include <uk/linuxu/state.hpp>

namespace uk::hal {

inline ThreadHead* cpu_thread() {
    return UK_LINUXU_LOCAL(thread)::load();
}

inline void cpu_thread_set(ThreadHead* thread) {
    UK_LINUXU_LOCAL(thread)::store(thread);
}

inline unsigned cpu_index() {
    return UK_LINUXU_LOCAL(index)::load();
}

// The host changes the memory of all its threads at once; but it may have stopped the one that is
// waited for, to let this one wait.
inline void cpus_serve() {
    linuxu::spin();
}

inline void cpu_rest_begin() {}
inline void cpu_rest_end() {}

// The stack of signal handlers, above a page that nobody may touch.
inline constexpr size_t kCpuBytes = 4096 + 32768;

} // namespace uk::hal
