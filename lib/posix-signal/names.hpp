// SPDX-License-Identifier: BSD-3-Clause
// Names of signals.
#pragma once

#include <uk/abi/signal.h>

namespace uk::signal {

// "SIGSEGV" and so on; never null.
constexpr const char* name_of(int number) {
    constexpr const char* kNames[] = {
        "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",  "SIGFPE",
        "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT",
        "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",  "SIGXCPU",
        "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS"};
    return number >= 1 && number < UK_SIGRTMIN ? kNames[number - 1] : "real-time";
}

} // namespace uk::signal
