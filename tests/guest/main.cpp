// SPDX-License-Identifier: BSD-3-Clause
// Runs the tests of the image: all, those whose name contains the argument, or one death
// (crash:NAME).
#include "crash.hpp"

#include <uk/test.hpp>

#include <string.h>

int main(int argc, char** argv) {
    const char* argument = argc > 1 ? argv[1] : nullptr;
    if (argument != nullptr && strncmp(argument, "crash:", 6) == 0) {
        return crash(argument + 6);
    }
    const uk::test::Totals totals = uk::test::run_all(argument);
    return totals.failed == 0 && totals.passed != 0 ? 0 : 1;
}
