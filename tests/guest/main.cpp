// SPDX-License-Identifier: BSD-3-Clause
// Runs the tests of the image: all, those whose name contains the argument, one death (crash:NAME),
// one end of the machine (end:reboot, end:power_off, end:STATUS), or one by a signal (signal:NAME).
#include "crash.hpp"
#ifdef CONFIG_LIBC_NEWLIB
#include "signal_ends.hpp"
#endif

#include <uk/boot/shutdown.hpp>
#include <uk/test.hpp>

#include <stdlib.h>
#include <string.h>

static int end(const char* how) {
    if (strcmp(how, "reboot") == 0) {
        uk::shutdown(uk::hal::Shutdown::reboot, 0);
    }
    if (strcmp(how, "power_off") == 0) {
        uk::shutdown(uk::hal::Shutdown::power_off, 0);
    }
    return atoi(how);
}

int main(int argc, char** argv) {
    const char* argument = argc > 1 ? argv[1] : nullptr;
    if (argument != nullptr && strncmp(argument, "crash:", 6) == 0) {
        return crash(argument + 6);
    }
    if (argument != nullptr && strncmp(argument, "end:", 4) == 0) {
        return end(argument + 4);
    }
#ifdef CONFIG_LIBC_NEWLIB
    if (argument != nullptr && strncmp(argument, "signal:", 7) == 0) {
        return end_by_signal(argument + 7);
    }
#endif
    const uk::test::Totals totals = uk::test::run_all(argument);
    return totals.failed == 0 && totals.passed != 0 ? 0 : 1;
}
