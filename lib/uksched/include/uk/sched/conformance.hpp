// SPDX-License-Identifier: BSD-3-Clause
// Host tests only: the suite that every scheduling policy passes. A provider's test file is
//     #include <uk/sched/conformance.hpp>
//     using Mine = testing::Types<uk::MyPolicy>;
//     INSTANTIATE_TYPED_TEST_SUITE_P(My, PolicyConformance, Mine);
#pragma once

#ifdef UK_HOST_TEST

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <set>
#include <vector>

#include <uk/sched/policy.hpp>

template <class P>
class PolicyConformance : public testing::Test {
  protected:
    P policy_;
    std::deque<uk::Runnable> threads_;

    uk::Runnable& make(unsigned priority = uk::kDefaultPriority) {
        threads_.emplace_back().priority = static_cast<uint8_t>(priority);
        return threads_.back();
    }
    void drain() {
        while (policy_.pick() != nullptr) {
        }
    }
    void TearDown() override { drain(); }
};

TYPED_TEST_SUITE_P(PolicyConformance);

TYPED_TEST_P(PolicyConformance, EmptyPicksNothing) {
    static_assert(uk::SchedPolicy<TypeParam>);
    EXPECT_EQ(this->policy_.pick(), nullptr);
    EXPECT_TRUE(this->policy_.empty());
}

TYPED_TEST_P(PolicyConformance, GivesBackEachOnce) {
    std::set<uk::Runnable*> in;
    for (int i = 0; i < 100; i++) {
        uk::Runnable& thread = this->make(static_cast<unsigned>(i) % uk::kThreadPriorities);
        this->policy_.enqueue(thread, uk::Why::created);
        in.insert(&thread);
        EXPECT_EQ(this->policy_.empty(), in.empty());
    }
    while (uk::Runnable* thread = this->policy_.pick()) {
        EXPECT_EQ(in.erase(thread), 1u);
        EXPECT_FALSE(thread->run_node.is_linked());
        EXPECT_EQ(this->policy_.empty(), in.empty());
    }
    EXPECT_TRUE(in.empty());
}

TYPED_TEST_P(PolicyConformance, EqualsComeInTheirOrder) {
    std::vector<uk::Runnable*> order;
    for (uk::Why why : {uk::Why::created, uk::Why::woken, uk::Why::expired}) {
        order.push_back(&this->make());
        this->policy_.enqueue(*order.back(), why);
    }
    for (uk::Runnable* thread : order)
        EXPECT_EQ(this->policy_.pick(), thread);
}

TYPED_TEST_P(PolicyConformance, WhoYieldsLetsEqualsRunFirst) {
    uk::Runnable& a = this->make();
    uk::Runnable& b = this->make();
    uk::Runnable& c = this->make();
    EXPECT_EQ(this->policy_.rotate(a), nullptr) << "alone it may go on";
    EXPECT_FALSE(a.run_node.is_linked());
    this->policy_.enqueue(b, uk::Why::woken);
    EXPECT_EQ(this->policy_.rotate(a), &b);
    EXPECT_EQ(this->policy_.rotate(b), &a);
    this->policy_.enqueue(c, uk::Why::woken);
    EXPECT_EQ(this->policy_.rotate(a), &b);
    EXPECT_EQ(this->policy_.rotate(b), &c);
    EXPECT_EQ(this->policy_.rotate(c), &a);
}

// Yielding picks whom enqueue and pick would have picked.
TYPED_TEST_P(PolicyConformance, YieldingIsQueueingAndPicking) {
    for (unsigned other = 9; other <= 11; other++) {
        uk::Runnable& self = this->make(10);
        uk::Runnable& waiting = this->make(other);
        this->policy_.enqueue(waiting, uk::Why::woken);
        this->policy_.enqueue(self, uk::Why::expired);
        uk::Runnable* expected = this->policy_.pick();
        this->drain();
        this->policy_.enqueue(waiting, uk::Why::woken);
        uk::Runnable* next = this->policy_.rotate(self);
        EXPECT_EQ(next == nullptr ? &self : next, expected) << other;
        EXPECT_EQ(self.run_node.is_linked(), next != nullptr);
        this->drain();
    }
}

TYPED_TEST_P(PolicyConformance, WhoIsPreemptedRunsBeforeEquals) {
    if (!TypeParam::kPreempts)
        GTEST_SKIP() << "nobody is preempted";
    uk::Runnable& waiting = this->make();
    uk::Runnable& stopped = this->make();
    this->policy_.enqueue(waiting, uk::Why::woken);
    this->policy_.enqueue(stopped, uk::Why::preempted);
    EXPECT_EQ(this->policy_.pick(), &stopped);
}

TYPED_TEST_P(PolicyConformance, RemovedIsGone) {
    uk::Runnable& a = this->make();
    uk::Runnable& b = this->make();
    uk::Runnable& c = this->make();
    for (uk::Runnable* thread : {&a, &b, &c})
        this->policy_.enqueue(*thread, uk::Why::woken);
    this->policy_.remove(b);
    EXPECT_FALSE(this->policy_.empty());
    EXPECT_EQ(this->policy_.pick(), &a);
    this->policy_.remove(c);
    EXPECT_EQ(this->policy_.pick(), nullptr);
    this->policy_.enqueue(b, uk::Why::woken);
    EXPECT_EQ(this->policy_.pick(), &b);
}

TYPED_TEST_P(PolicyConformance, PreemptsMatchesTheOrderOfPicking) {
    uk::Runnable& running = this->make(10);
    uk::Runnable& equal = this->make(10);
    uk::Runnable& urgent = this->make(20);
    uk::Runnable& idle = this->make(1);
    EXPECT_FALSE(this->policy_.preempts(equal, running)) << "equals wait for the end of the slice";
    if (!TypeParam::kPreempts) {
        EXPECT_FALSE(this->policy_.preempts(urgent, running));
        EXPECT_EQ(this->policy_.slice_ns(running), uk::kNoSlice);
        return;
    }
    for (uk::Runnable* other : {&urgent, &idle}) {
        const bool preempts = this->policy_.preempts(*other, running);
        this->policy_.enqueue(running, uk::Why::preempted);
        this->policy_.enqueue(*other, uk::Why::woken);
        EXPECT_EQ(this->policy_.pick() == other, preempts);
        this->drain();
    }
}

TYPED_TEST_P(PolicyConformance, PriorityOfAQueuedThreadChanges) {
    uk::Runnable& a = this->make(5);
    uk::Runnable& b = this->make(5);
    this->policy_.enqueue(a, uk::Why::woken);
    this->policy_.enqueue(b, uk::Why::woken);
    this->policy_.set_priority(b, 9);
    this->policy_.set_priority(a, 5);
    EXPECT_EQ(b.priority, 9);
    EXPECT_FALSE(this->policy_.empty());
    const bool jumps = this->policy_.preempts(b, a);
    EXPECT_EQ(this->policy_.pick(), jumps ? &b : &a);
}

// Nobody is lost or doubled.
TYPED_TEST_P(PolicyConformance, RandomOperationsAgainstAShadow) {
    std::mt19937 random(11);
    std::set<uk::Runnable*> in;
    std::vector<uk::Runnable*> out;
    for (int i = 0; i < 64; i++)
        out.push_back(&this->make(random() % uk::kThreadPriorities));
    const uk::Why reasons[] = {uk::Why::created, uk::Why::woken, uk::Why::preempted,
                               uk::Why::expired};
    for (int i = 0; i < 20000; i++) {
        const auto what = random() % 10;
        if (what < 4 && !out.empty()) {
            std::swap(out[random() % out.size()], out.back());
            in.insert(out.back());
            this->policy_.enqueue(*out.back(), reasons[random() % 4]);
            out.pop_back();
        } else if (what < 7) {
            uk::Runnable* thread = this->policy_.pick();
            ASSERT_EQ(thread == nullptr, in.empty());
            if (thread != nullptr) {
                ASSERT_EQ(in.erase(thread), 1u);
                out.push_back(thread);
            }
        } else if (!in.empty()) {
            uk::Runnable* thread = *std::next(in.begin(), static_cast<long>(random() % in.size()));
            if (what == 7) {
                this->policy_.remove(*thread);
                in.erase(thread);
                out.push_back(thread);
            } else {
                this->policy_.set_priority(*thread, random() % uk::kThreadPriorities);
            }
        }
        ASSERT_EQ(this->policy_.empty(), in.empty());
    }
}

REGISTER_TYPED_TEST_SUITE_P(PolicyConformance, EmptyPicksNothing, GivesBackEachOnce,
                            EqualsComeInTheirOrder, WhoYieldsLetsEqualsRunFirst,
                            YieldingIsQueueingAndPicking, WhoIsPreemptedRunsBeforeEquals,
                            RemovedIsGone, PreemptsMatchesTheOrderOfPicking,
                            PriorityOfAQueuedThreadChanges, RandomOperationsAgainstAShadow);

#endif // UK_HOST_TEST
