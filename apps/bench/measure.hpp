// SPDX-License-Identifier: BSD-3-Clause
// One measured loop between marker instructions.
#pragma once

#include <stdio.h>
#include <time.h>

#include <uk/hal/cpu.hpp>

#include "markers.h"

namespace bench {

constexpr int kOperations = 1000;

// The compiler must believe that the block is used.
inline void use(void* block) {
    asm volatile("" : : "r"(block) : "memory");
}

inline long long now() {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

inline void announce(const char* name, int index, int operations) {
    printf("measure %s marks %d %d operations %d\n", name, BENCH_MARK_FIRST(index),
           BENCH_MARK_LAST(index), operations);
}

template <int kIndex, class Operation>
void measure(const char* name, int operations, Operation operation) {
    announce(name, kIndex, operations);
    for (int i = 0; i < operations; i++) {
        operation();
    }
    long long start = now();
    uk::hal::benchmark_mark<BENCH_MARK_FIRST(kIndex)>();
    for (int i = 0; i < operations; i++) {
        operation();
    }
    uk::hal::benchmark_mark<BENCH_MARK_LAST(kIndex)>();
    long long end = now();
    printf("  %lld ns each\n", (end - start) / operations);
}

void measure_threads();
void measure_files();
void measure_parallel();

} // namespace bench
