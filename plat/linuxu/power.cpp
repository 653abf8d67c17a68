// SPDX-License-Identifier: BSD-3-Clause
// How the process ends on linuxu.
#include <uk/format.h>
#include <uk/hal/irq.hpp>
#include <uk/hal/power.hpp>
#include <uk/linuxabi/terminal.hpp>

#include "host.hpp"
#include "signals.hpp"

namespace uk {

using namespace linuxu;

static constexpr int kMostStatus = 255;
static constexpr int kBySignal = 128;

void linuxu::die_by(int signal) {
    terminal_restore();
    set_signal(signal, SigAction{kSigDefault, 0, 0, 0});
    raise(signal);
    // Only a process that is the init of its namespace comes here, or one that blocks the signal.
    for (;;) {
        syscall(Sys::exit_group, kBySignal + signal);
    }
}

// wait(2) hands over 8 bits. The line goes to standard error: output may be somebody's data.
static void say_what_is_lost(int status) {
    if ((status & kMostStatus) != status) {
        char text[96];
        uk_scnprintf(text, sizeof text,
                     "Microlith: exit status %d arrives as %d: a status has 8 bits.\n", status,
                     status & kMostStatus);
        complain(text);
    }
}

void hal::shutdown(Shutdown reason, int status) {
    irq_disable();
    if (reason == Shutdown::panic) {
        die_by(status - kBySignal);
    }
    terminal_restore();
    if (reason == Shutdown::reboot) {
        syscall(Sys::execve, "/proc/self/exe", g_argv, g_envp);
        complain("Microlith: cannot restart: /proc/self/exe cannot be executed.\n");
        status = 126;
    }
    say_what_is_lost(status);
    for (;;) {
        syscall(Sys::exit_group, status & kMostStatus);
    }
}

void linuxu::stop() {
    for (;;) {
        syscall(Sys::ppoll, 0L, 0, 0L, 0L, 8);
    }
}

} // namespace uk
