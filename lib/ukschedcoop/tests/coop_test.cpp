// SPDX-License-Identifier: BSD-3-Clause
// CoopPolicy: the common suite, and that urgency does not count.
#include <uk/sched/conformance.hpp>
#include <uk/schedcoop/coop_policy.hpp>

using CoopPolicies = testing::Types<uk::CoopPolicy>;
INSTANTIATE_TYPED_TEST_SUITE_P(Coop, PolicyConformance, CoopPolicies);

namespace {

TEST(CoopPolicy, FirstComeFirstServedWhateverThePriority) {
    uk::CoopPolicy policy;
    uk::Runnable low;
    uk::Runnable high;
    low.priority = 0;
    high.priority = uk::kThreadPriorities - 1;
    policy.enqueue(low, uk::Why::woken);
    policy.enqueue(high, uk::Why::woken);
    EXPECT_EQ(policy.pick(), &low);
    EXPECT_EQ(policy.pick(), &high);
}

} // namespace
