// SPDX-License-Identifier: BSD-3-Clause
// What this C library answers to random questions, as text: `libc WHAT SEED COUNT`. Compiled for
// the host as well, it asks the host's C library the same.
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"

uint64_t random_state;

double random_double(void) {
    static const double kPowers[] = {1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e9, 1e15, 1e22};
    const uint64_t bits = random_bits();
    const double sign = below(2) ? -1 : 1;
    const unsigned kind = below(6), digits = below(1000000), power = below(10);
    double value;

    switch (kind) {
    case 0:
        memcpy(&value, &bits, sizeof(value));
        return isnan(value) ? INFINITY : value;
    case 1:
        return sign * (double)digits / kPowers[power];
    case 2:
        return sign * ((double)(digits % 4096) + 0.5) / (double)(1u << power);
    case 3:
        return sign * (double)(digits % 100000) * kPowers[power];
    case 4:
        return sign * (double)(bits >> 11) * 0x1p-53;
    default:
        return below(8) ? sign * below(10) : below(2) ? sign * INFINITY : sign * DBL_MIN;
    }
}

int main(int argc, char* argv[]) {
    static const struct {
        const char* name;
        void (*run)(unsigned count);
    } kParts[] = {{"print", print_answers},
                  {"read", read_answers},
                  {"math", math_answers},
                  {"zone", zone_answers}};

    for (unsigned i = 0; argc == 4 && i < sizeof(kParts) / sizeof(kParts[0]); i++) {
        if (strcmp(argv[1], kParts[i].name) == 0) {
            random_state = strtoull(argv[2], NULL, 10) * 2 + 1;
            kParts[i].run((unsigned)strtoul(argv[3], NULL, 10));
            return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
        }
    }
    fprintf(stderr, "usage: libc print|read|math|zone SEED COUNT\n");
    return EXIT_FAILURE;
}
