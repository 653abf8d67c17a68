// SPDX-License-Identifier: BSD-3-Clause
// The cooperative scheduler of this image.
#include <uk/sched/provider.hpp>
#include <uk/schedcoop/coop_policy.hpp>

UK_SCHEDULER(uk::CoopPolicy, "coop");
