// SPDX-License-Identifier: BSD-3-Clause
// Random numbers that are the same on every system.
#pragma once

#include <stdint.h>

extern uint64_t random_state;

// xorshift64*. At most one call in an expression: C leaves open which of two comes first.
static inline uint64_t random_bits(void) {
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * 0x2545f4914f6cdd1d;
}

static inline unsigned below(unsigned limit) {
    return (unsigned)((random_bits() >> 33) % limit);
}

// Finite or infinite; of all magnitudes, or what people write: small, decimal, halves.
double random_double(void);

void print_answers(unsigned count);
void read_answers(unsigned count);
void math_answers(unsigned count);
void zone_answers(unsigned count);
