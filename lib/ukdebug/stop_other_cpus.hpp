// SPDX-License-Identifier: BSD-3-Clause
// A report is one CPU's.
#pragma once

#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>

namespace uk::debug {

// The first CPU to call this goes on; others that fail at the same time stop here. Interrupts are
// off. May be called again by the first.
inline void stop_other_cpus() {
    if constexpr (hal::kMostCpus > 1) {
        static constinit unsigned reporter = 0; // atomic; its number and 1
        const unsigned self = hal::cpu_index() + 1;
        unsigned other = 0;
        if (__atomic_compare_exchange_n(&reporter, &other, self, false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_SEQ_CST)) {
            hal::cpus_stop_others();
        } else if (other != self) {
            hal::cpu_stop();
        }
    }
}

} // namespace uk::debug
