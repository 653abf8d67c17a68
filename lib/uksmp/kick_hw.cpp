// SPDX-License-Identifier: BSD-3-Clause
// The interrupt by which CPUs ask each other to switch threads.
#include <uk/spinlock.hpp>

#include "kick.hpp"

void uk::smp::on_kick() {
    cpu_local().need_resched = true;
}
