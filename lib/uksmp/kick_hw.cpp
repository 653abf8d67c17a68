// SPDX-License-Identifier: BSD-3-Clause
// The interrupt by which CPUs ask each other to switch threads.
#include <uk/hal/cpus.hpp>
#include <uk/spinlock.hpp>

void uk::hal::cpu_kicked() {
    cpu_local().need_resched = true;
}
