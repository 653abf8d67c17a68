// SPDX-License-Identifier: BSD-3-Clause
// Threads as metrics.
#include <uk/metrics.hpp>
#include <uk/sched.hpp>
#include <uk/sched/counts.hpp>

namespace uk::sched {

using metrics::Kind;

UK_METRIC({.name = "threads",
           .help = "Threads that keep the image alive",
           .kind = Kind::gauge,
           .read = [] { return uint64_t{thread_count()}; }});
UK_METRIC({.name = "context_switches_total",
           .help = "Switches from one thread to another",
           .kind = Kind::counter,
           .counter = &detail::switches});
UK_METRIC({.name = "interrupts_total",
           .help = "Interrupts at whose end the scheduler was asked whether to switch",
           .kind = Kind::counter,
           .counter = &detail::interrupts});

} // namespace uk::sched
