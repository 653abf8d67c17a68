// SPDX-License-Identifier: BSD-3-Clause
// PrioPolicy: the common suite, and what priorities and slices mean here.
#include <uk/sched/conformance.hpp>
#include <uk/schedprio/prio_policy.hpp>

using PrioPolicies = testing::Types<uk::PrioPolicy>;
INSTANTIATE_TYPED_TEST_SUITE_P(Prio, PolicyConformance, PrioPolicies);

namespace {

TEST(PrioPolicy, TheMostUrgentFirst) {
    uk::PrioPolicy policy;
    uk::Runnable threads[uk::kThreadPriorities];
    for (unsigned i = 0; i < uk::kThreadPriorities; i++) {
        threads[i].priority = static_cast<uint8_t>((i * 7) % uk::kThreadPriorities);
        policy.enqueue(threads[i], uk::Why::expired);
    }
    for (int expected = uk::kThreadPriorities - 1; expected >= 0; expected--)
        EXPECT_EQ(policy.pick()->priority, expected);
    EXPECT_EQ(policy.pick(), nullptr);
}

TEST(PrioPolicy, SlicesOnlyWhereAnEqualWaits) {
    uk::PrioPolicy policy;
    uk::Runnable running;
    uk::Runnable waiting;
    waiting.priority = running.priority - 1;
    EXPECT_EQ(policy.slice_ns(running), uk::kNoSlice);
    policy.enqueue(waiting, uk::Why::woken);
    EXPECT_EQ(policy.slice_ns(running), uk::kNoSlice);
    policy.set_priority(waiting, running.priority);
    EXPECT_EQ(policy.slice_ns(running), uk::PrioPolicy::kSliceNs);
    EXPECT_EQ(policy.pick(), &waiting);
}

} // namespace
