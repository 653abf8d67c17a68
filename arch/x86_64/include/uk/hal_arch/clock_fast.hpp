// SPDX-License-Identifier: BSD-3-Clause
// Reads what the platform publishes of its clock in as few instructions as there can be.
#pragma once

#include <uk/hal/clock.hpp>

namespace uk::hal {

// The time by the page, as clock_monotonic_ns() would say it; false = ask that. From anywhere; does
// not block. In assembly, as loads of atomics are instructions of their own elsewhere. The loads
// stay in order, and `due` is 0 before anything else is written: `sequence` need not be even.
[[gnu::always_inline]] inline bool clock_fast(ClockPage& page, uint64_t& ns) {
    static_assert(sizeof(ClockPage) == 40);
    uint64_t sequence;
    uint64_t high;
    asm goto("movl %[sequence], %k[seen]\n\t"
             "rdtsc\n\t"
             "shlq $32, %%rdx\n\t"
             "orq %%rdx, %%rax\n\t"
             "subq %[zero], %%rax\n\t"
             "cmpq %[due], %%rax\n\t"
             "jae %l[ask]\n\t"
             "mulq %[scale]\n\t"
             "shrdq $48, %%rdx, %%rax\n\t"
             "cmpl %[sequence], %k[seen]\n\t"
             "jne %l[ask]\n\t"
             "cmpq %[last], %%rax\n\t"
             "jbe %l[ask]\n\t"
             "movq %%rax, %[last]"
             : "=&a"(ns), "=&d"(high), [seen] "=&r"(sequence)
             : [sequence] "m"(page.sequence), [zero] "m"(page.zero), [due] "m"(page.due),
               [scale] "m"(page.scale), [last] "m"(page.last)
             : "cc", "memory"
             : ask);
    return true;
ask:
    return false;
}

} // namespace uk::hal
