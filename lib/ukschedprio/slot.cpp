// SPDX-License-Identifier: BSD-3-Clause
// The preemptive scheduler of this image.
#include <uk/sched/provider.hpp>
#include <uk/schedprio/prio_policy.hpp>

UK_SCHEDULER(uk::PrioPolicy, "prio");
