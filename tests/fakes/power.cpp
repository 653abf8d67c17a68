// SPDX-License-Identifier: BSD-3-Clause
// The end of the machine in host tests: "shutdown: <reason>" on standard error and the status as
// the exit status (a panic aborts), for EXPECT_EXIT.
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

#include <uk/hal/power.hpp>

void uk::hal::shutdown(Shutdown reason, int status) {
    static const char* const kNames[] = {"exit", "power_off", "reboot", "panic"};
    std::fprintf(stderr, "shutdown: %s\n", kNames[static_cast<unsigned>(reason)]);
    std::fflush(nullptr);
    if (reason == Shutdown::panic) {
        std::abort();
    }
    _exit(status);
}
