// SPDX-License-Identifier: BSD-3-Clause
// Waiting on a KVM guest.
#include <uk/hal/clock.hpp>
#include <uk/hal/cpu.hpp>

namespace uk {

void hal::clock_idle_until(uint64_t deadline_ns) {
    if (clock_monotonic_ns() < deadline_ns) {
        cpu_relax();
    }
}

} // namespace uk
