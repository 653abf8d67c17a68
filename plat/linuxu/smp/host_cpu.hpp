// SPDX-License-Identifier: BSD-3-Clause
// What a CPU is to the rest of this platform: a thread of the host, or, if there is one, the
// process.
#pragma once

#include <cstdint>

#include <uk/base/result.hpp>
#include <uk/config.hpp>
#include <uk/linuxabi/call.hpp>
#include <uk/linuxabi/types.hpp>

namespace uk::linuxu {

using namespace linuxabi;

// Sends a signal to this process; it has been handled when this returns, unless it is blocked.
#if CONFIG_HAL_CPUS > 1
void raise(int signal);
// Makes the calling thread of the host CPU 0. Once, at the start.
void begin_cpu();
// Lets this CPU have alarms as CPU 0 does, and the event of its timer: a signal to itself.
Result<> start_alarm();
const TimerEvent* timer_event();
// Interrupts are off: does what other CPUs want.
void take_kick();
#else
inline void raise(int signal) {
    const long process = syscall(Sys::getpid);
    syscall(Sys::tgkill, process, process, signal);
}
inline void begin_cpu() {}
inline const TimerEvent* timer_event() {
    if constexpr (!cfg::hal_irq_lines) {
        return nullptr; // sends SIGALRM to the process
    }
    static constinit TimerEvent g_event{0, kSigalrm, kNotifyThread, 0, {}};
    g_event.thread = static_cast<int>(syscall(Sys::getpid));
    return &g_event;
}
inline void take_kick() {}
#endif

} // namespace uk::linuxu
