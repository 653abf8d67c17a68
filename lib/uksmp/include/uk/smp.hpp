// SPDX-License-Identifier: BSD-3-Clause
// The CPUs that this image runs on. They are started at init level dev; from then on threads run on
// all of them, and thread affinities (<uk/sched.hpp>) name them by number.
#pragma once

namespace uk::smp {

// How many run threads, at least 1; CPUs 0 to cpu_count() - 1. From anywhere.
[[nodiscard]] unsigned cpu_count();

} // namespace uk::smp
