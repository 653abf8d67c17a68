// SPDX-License-Identifier: BSD-3-Clause
// For guest tests: those that create threads skip images which have none.
#pragma once

#include <cstdint>

#include <uk/config.hpp>
#include <uk/sched.hpp>

// First statement of a UK_TEST (<uk/test.hpp>).
#define UK_TEST_NEEDS_THREADS                                                                      \
    if constexpr (!uk::cfg::libuksched_threads)                                                    \
    UK_TEST_SKIP("main is the only thread")

namespace uk::sched {

// For tests of who runs before whom: the calling thread stays on CPU 0 while this lives, and the
// threads that it creates do with this affinity.
inline constexpr uint64_t kOneCpu = 1;
struct StayOnOneCpu {
    StayOnOneCpu() { (void)set_affinity(current(), kOneCpu); }
    ~StayOnOneCpu() { (void)set_affinity(current(), ~uint64_t{0}); }
    StayOnOneCpu(const StayOnOneCpu&) = delete;
    StayOnOneCpu& operator=(const StayOnOneCpu&) = delete;
};

} // namespace uk::sched
