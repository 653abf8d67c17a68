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

    uk::Runnable& make(unsigned priority = uk::kDefaultPriority, uint64_t word = 0) {
        uk::Runnable& thread = threads_.emplace_back();
        thread.priority = static_cast<uint8_t>(priority);
        thread.policy_word = word;
        return thread;
    }
    // As the scheduler does it.
    void set_word(uk::Runnable& queued, uint64_t word) {
        policy_.remove(queued);
        queued.policy_word = word;
        policy_.enqueue(queued, uk::Why::woken);
    }
    void drain() {
        while (policy_.pick() != nullptr) {
        }
    }
    void TearDown() override { drain(); }
};

TYPED_TEST_SUITE_P(PolicyConformance);

// What stands for priorities and policy words wherever threads shall differ.
struct Urgency {
    unsigned priority;
    uint64_t word;
};
inline constexpr Urgency kUrgencies[] = {{10, 0}, {10, 1000}, {10, 2000}, {10, ~uint64_t{0}},
                                         {9, 0},  {9, 1000},  {11, 0},    {11, 2000}};

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
        EXPECT_FALSE(thread->is_queued());
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
    EXPECT_FALSE(a.is_queued());
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
    for (const Urgency& mine : kUrgencies) {
        for (const Urgency& other : kUrgencies) {
            uk::Runnable& self = this->make(mine.priority, mine.word);
            uk::Runnable& waiting = this->make(other.priority, other.word);
            this->policy_.enqueue(waiting, uk::Why::woken);
            this->policy_.enqueue(self, uk::Why::expired);
            uk::Runnable* expected = this->policy_.pick();
            this->drain();
            this->policy_.enqueue(waiting, uk::Why::woken);
            uk::Runnable* next = this->policy_.rotate(self);
            EXPECT_EQ(next == nullptr ? &self : next, expected)
                << mine.priority << " " << mine.word << ", " << other.priority << " " << other.word;
            EXPECT_EQ(self.is_queued(), next != nullptr);
            this->drain();
        }
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

// Whoever preempts is picked at once; whoever does not waits while the other goes on.
TYPED_TEST_P(PolicyConformance, PreemptsMatchesTheOrderOfPicking) {
    for (const Urgency& mine : kUrgencies) {
        for (const Urgency& other : kUrgencies) {
            SCOPED_TRACE(testing::Message() << mine.priority << " " << mine.word << ", "
                                            << other.priority << " " << other.word);
            uk::Runnable& running = this->make(mine.priority, mine.word);
            uk::Runnable& woken = this->make(other.priority, other.word);
            this->policy_.enqueue(woken, uk::Why::woken);
            const bool preempts = this->policy_.preempts(woken, running);
            if (&mine == &other) {
                EXPECT_FALSE(preempts) << "equals wait for the end of the slice";
            }
            if (TypeParam::kPreempts) {
                this->policy_.enqueue(running, uk::Why::preempted);
                EXPECT_EQ(this->policy_.pick() == &woken, preempts);
            } else {
                EXPECT_FALSE(preempts);
                EXPECT_EQ(this->policy_.slice_ns(running), uk::kNoSlice);
            }
            this->drain();
        }
    }
}

TYPED_TEST_P(PolicyConformance, PriorityOfAQueuedThreadChanges) {
    uk::Runnable& a = this->make(5);
    uk::Runnable& b = this->make(5);
    uk::Runnable& running = this->make(5);
    this->policy_.enqueue(a, uk::Why::woken);
    this->policy_.enqueue(b, uk::Why::woken);
    this->policy_.set_priority(b, 9);
    this->policy_.set_priority(a, 5);
    EXPECT_EQ(b.priority, 9);
    EXPECT_TRUE(a.is_queued() && b.is_queued());
    const bool jumps = this->policy_.preempts(b, running);
    EXPECT_EQ(this->policy_.pick(), jumps ? &b : &a);
}

TYPED_TEST_P(PolicyConformance, WordOfAQueuedThreadChanges) {
    for (uint64_t word : {uint64_t{0}, uint64_t{1000}, uint64_t{3000}, ~uint64_t{0}}) {
        uk::Runnable& a = this->make(5, 2000);
        uk::Runnable& b = this->make(5, 2000);
        uk::Runnable& running = this->make(5, 2000);
        this->policy_.enqueue(a, uk::Why::woken);
        this->policy_.enqueue(b, uk::Why::woken);
        this->set_word(b, word);
        EXPECT_TRUE(a.is_queued() && b.is_queued());
        const bool jumps = this->policy_.preempts(b, running);
        EXPECT_EQ(this->policy_.pick(), jumps ? &b : &a) << word;
        this->drain();
    }
}

// Each CPU has a policy of its own; a thread may go from one to another.
TYPED_TEST_P(PolicyConformance, QueuesAreIndependent) {
    TypeParam other;
    uk::Runnable& a = this->make(3, 1000);
    uk::Runnable& b = this->make(3, 1000);
    this->policy_.enqueue(a, uk::Why::woken);
    other.enqueue(b, uk::Why::woken);
    this->policy_.remove(a);
    EXPECT_TRUE(this->policy_.empty());
    other.enqueue(a, uk::Why::woken);
    EXPECT_EQ(this->policy_.pick(), nullptr);
    EXPECT_EQ(other.pick(), &b);
    EXPECT_EQ(other.pick(), &a);
}

// Nobody is lost or doubled.
TYPED_TEST_P(PolicyConformance, RandomOperationsAgainstAShadow) {
    std::mt19937 random(11);
    std::set<uk::Runnable*> in;
    std::vector<uk::Runnable*> out;
    for (int i = 0; i < 64; i++)
        out.push_back(&this->make(random() % uk::kThreadPriorities, random() % 3));
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
            } else if (what == 8) {
                this->set_word(*thread, random() % 5);
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
                            PriorityOfAQueuedThreadChanges, WordOfAQueuedThreadChanges,
                            QueuesAreIndependent, RandomOperationsAgainstAShadow);

#endif // UK_HOST_TEST
