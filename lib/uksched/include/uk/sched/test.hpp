// SPDX-License-Identifier: BSD-3-Clause
// For guest tests: those that create threads skip images which have none.
#pragma once

#include <uk/config.hpp>

// First statement of a UK_TEST (<uk/test.hpp>).
#define UK_TEST_NEEDS_THREADS                                                                      \
    if constexpr (!uk::cfg::libuksched_threads)                                                    \
    UK_TEST_SKIP("main is the only thread")
