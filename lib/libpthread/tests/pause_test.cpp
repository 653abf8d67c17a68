// SPDX-License-Identifier: BSD-3-Clause
// A thread that sleeps between two looks, on machines where sleeping and waking take their time.
#include <gtest/gtest.h>

#include "../pause.hpp"

namespace {

using uk::pthread::Pause;

// How often the more urgent thread looks until the other one has run for `work_ns`, which it does
// while sleeps last longer than the `cost_ns` of going to sleep and waking up; or `most`.
unsigned looks(uint64_t work_ns, uint64_t cost_ns, unsigned most) {
    Pause pause;
    unsigned count = 1;
    for (uint64_t done = 0; done < work_ns && count < most; count++) {
        const uint64_t ns = pause.next_ns();
        done += ns > cost_ns ? ns - cost_ns : 0;
    }
    return count;
}

TEST(Pause, LetsOthersRunHoweverLongASleepTakes) {
    EXPECT_EQ(looks(5'000, 0, 100), 2U);
    for (uint64_t cost_ns : {1'000, 9'999, 10'000, 31'000, 100'000, 1'000'000, 10'000'000}) {
        EXPECT_LT(looks(1'000, cost_ns, 100), 20U) << cost_ns;
    }
}

TEST(Pause, IsShortAtFirstAndNeverLong) {
    Pause pause;
    uint64_t last = pause.next_ns();
    EXPECT_EQ(last, Pause::kFirstNs);
    for (int i = 0; i < 200; i++) {
        const uint64_t ns = pause.next_ns();
        EXPECT_TRUE(ns == 2 * last || (ns == last && ns == Pause::kMostNs)) << i;
        last = ns;
    }
    EXPECT_EQ(last, Pause::kMostNs);
}

} // namespace
