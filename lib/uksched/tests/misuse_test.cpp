// SPDX-License-Identifier: BSD-3-Clause
// Requests at and beyond the edges of what <uk/sched.hpp> promises, and waits that end early.
#include <climits>
#include <cstring>

#include <uk/fakes/effort.hpp>
#include <uk/schedcoop/coop_policy.hpp>
#include <uk/schedprio/prio_policy.hpp>

#include "sim.hpp"

namespace {

using uk::Errno;
using uk::Ref;
using uk::Thread;
using uk::Wake;

template <class P>
class MisuseTest : public testing::Test {
  protected:
    using System = sim::System<P>;
    void seeds(unsigned count, sim::Body body) {
        count = uk::fakes::effort(count);
        for (unsigned seed = 1; seed <= count && !this->HasFailure(); seed++) {
            SCOPED_TRACE(seed);
            System::run(seed, body);
        }
    }
};
using Policies = testing::Types<uk::CoopPolicy, uk::PrioPolicy>;
TYPED_TEST_SUITE(MisuseTest, Policies);

// Ends when somebody sets the flag that it is given, and unparks it.
template <class S>
void* until_set(void* flag) {
    while (!*static_cast<bool*>(flag))
        (void)S::sched->park(uk::kNever, {"the flag"});
    return flag;
}

TYPED_TEST(MisuseTest, PrioritiesAreNotCut) {
    using S = typename TestFixture::System;
    this->seeds(1, [] {
        Thread& self = S::M::current();
        for (unsigned priority : {uk::kThreadPriorities, 256 + 16u, UINT_MAX}) {
            uk::ThreadOptions options{.priority = priority};
            auto entry = [](void* a) { return a; };
            EXPECT_EQ(S::sched->create(options, entry, nullptr).code(), Errno::inval);
            EXPECT_EQ(S::sched->set_priority(self, priority).code(), Errno::inval);
            EXPECT_EQ(self.priority, uk::kDefaultPriority);
        }
        for (unsigned priority : {0u, uk::kThreadPriorities - 1}) {
            EXPECT_TRUE(S::sched->set_priority(self, priority).ok());
            EXPECT_EQ(self.priority, priority);
        }
    });
}

TYPED_TEST(MisuseTest, RefusedRequestsTakeNothing) {
    using S = typename TestFixture::System;
    this->seeds(1, [] {
        const size_t stacks = sim::g->stacks;
        auto create = [](uk::ThreadOptions options) {
            return S::sched->create(
                options, [](void* a) { return a; }, nullptr);
        };
        EXPECT_EQ(create({.name = nullptr}).code(), Errno::inval);
        EXPECT_EQ(create({.affinity = ~uint64_t{1}}).code(), Errno::inval);
        for (size_t bytes : {SIZE_MAX, SIZE_MAX - 4095, (size_t{1} << 30) + 1, size_t{1} << 63})
            EXPECT_EQ(create({.stack_bytes = bytes}).code(), Errno::nomem);
        EXPECT_EQ(sim::g->stacks, stacks);
        EXPECT_EQ(sim::g->blocks, 0u);
        EXPECT_EQ(S::sched->thread_count(), 1u);
    });
}

TYPED_TEST(MisuseTest, StacksAreWholePages) {
    using S = typename TestFixture::System;
    this->seeds(3, [] {
        struct Case {
            size_t asked, given;
        };
        constexpr size_t kMany = 16 * 4096; // enough for the host's own frames
        for (const Case& c : {Case{0, S::M::kStackBytes}, Case{kMany - 1, kMany},
                              Case{kMany, kMany}, Case{kMany + 1, kMany + 4096}}) {
            sim::g->last_stack = 0;
            S::sched->trim();
            S::join(UK_MUST(S::sched->create(
                {.stack_bytes = c.asked}, [](void* a) { return a; }, nullptr)));
            EXPECT_EQ(sim::g->last_stack, c.given);
        }
        sim::g->fail_in = 1; // asks for one page, and is told that there is none
        EXPECT_EQ(S::sched
                      ->create(
                          {.stack_bytes = 1}, [](void* a) { return a; }, nullptr)
                      .code(),
                  Errno::nomem);
        EXPECT_EQ(sim::g->last_stack, 4096u);
    });
}

TYPED_TEST(MisuseTest, NamesAreCutAndMayBeEmpty) {
    using S = typename TestFixture::System;
    this->seeds(1, [] {
        struct Case {
            const char *given, *kept;
        };
        for (const Case& c : {Case{"", ""}, Case{"fifteen letters", "fifteen letters"},
                              Case{"sixteen letters!", "sixteen letters"}}) {
            Ref<Thread> thread = S::start([](void* a) { return a; }, nullptr, 16, c.given);
            EXPECT_STREQ(thread->name(), c.kept);
            S::join(thread);
            EXPECT_STREQ(thread->name(), c.kept) << "also of one that has ended";
        }
        char name[] = "mine";
        Ref<Thread> thread = S::start([](void* a) { return a; }, nullptr, 16, name);
        std::memset(name, 'x', 4);
        EXPECT_STREQ(thread->name(), "mine") << "copied";
        S::join(thread);
    });
}

TYPED_TEST(MisuseTest, SlotsBelongToTheirThread) {
    using S = typename TestFixture::System;
    this->seeds(20, [] {
        static int marks[4];
        auto fill = [](void* mark) -> void* {
            Thread& self = S::M::current();
            for (void*& slot : self.slots) {
                EXPECT_EQ(slot, nullptr) << "of a new thread";
                slot = mark;
            }
            EXPECT_EQ(self.c_errno, 0);
            EXPECT_EQ(self.user, nullptr);
            self.c_errno = static_cast<int>(static_cast<int*>(mark) - marks);
            for (int i = 0; i < 5; i++)
                S::sched->yield();
            for (void* slot : self.slots)
                EXPECT_EQ(slot, mark);
            EXPECT_EQ(self.c_errno, static_cast<int*>(mark) - marks);
            return nullptr;
        };
        for (int round = 0; round < 2; round++) { // the second gets stacks that were used
            std::vector<Ref<Thread>> threads;
            for (int& mark : marks)
                threads.push_back(S::start(fill, &mark));
            for (const Ref<Thread>& thread : threads)
                S::join(thread);
        }
    });
}

TYPED_TEST(MisuseTest, ThreadsMayBeJoinedAgainByAnybodyOnceTheyEnded) {
    using S = typename TestFixture::System;
    this->seeds(20, [] {
        static Thread* ended;
        Ref<Thread> thread = S::start([](void* a) { return a; }, &ended);
        S::join(thread);
        ended = thread.get();
        auto joins = [](void*) -> void* { return UK_MUST(S::sched->join(*ended, 0)); };
        Ref<Thread> a = S::start(joins);
        Ref<Thread> b = S::start(joins);
        EXPECT_EQ(S::join(a), &ended);
        EXPECT_EQ(S::join(b), &ended);
    });
}

TYPED_TEST(MisuseTest, WhoGivesUpJoiningMakesRoomForAnother) {
    using S = typename TestFixture::System;
    this->seeds(50, [] {
        static bool flag;
        static Thread* target;
        flag = false;
        Ref<Thread> waits = S::start(until_set<S>, &flag);
        target = waits.get();
        EXPECT_EQ(S::sched->join(*waits, 0).code(), Errno::timedout) << "only asks";
        Ref<Thread> joins =
            S::start([](void*) -> void* { return UK_MUST(S::sched->join(*target, uk::kNever)); });
        while (joins->state() != uk::ThreadState::parked)
            S::sched->sleep_until(sim::g->now + 1000);
        S::sched->unpark(*joins); // joins on
        for (int i = 0; i < 3; i++)
            EXPECT_EQ(S::sched->join(*waits, 0).code(), Errno::inval);
        flag = true;
        S::sched->unpark(*waits);
        EXPECT_EQ(S::join(joins), &flag);
        EXPECT_EQ(UK_MUST(S::sched->join(*waits, 0)), &flag);
    });
}

// Whoever closes a circle of joins is told, and all end.
TYPED_TEST(MisuseTest, CirclesOfJoinsAreRefused) {
    using S = typename TestFixture::System;
    this->seeds(150, [] {
        static Thread* targets[4];
        static unsigned size;
        static unsigned refused;
        static bool all_there;
        size = 2 + sim::g->random() % 3;
        refused = 0;
        all_there = false;
        auto joins = [](void* n) -> void* {
            while (!all_there)
                S::sched->sleep_until(sim::g->now + 1000);
            const auto self = reinterpret_cast<uintptr_t>(n);
            auto result = S::sched->join(*targets[(self + 1) % size], uk::kNever);
            if (!result.ok()) {
                EXPECT_EQ(result.code(), Errno::deadlk);
                refused++;
            }
            return nullptr;
        };
        std::vector<Ref<Thread>> threads;
        for (uintptr_t i = 0; i < size; i++) {
            threads.push_back(S::start(joins, reinterpret_cast<void*>(i), 14 + i));
            targets[i] = threads.back().get();
        }
        all_there = true;
        while (S::sched->thread_count() != 1)
            S::sched->sleep_until(sim::g->now + 1000);
        EXPECT_GE(refused, 1u);
        EXPECT_LE(refused, size);
    });
}

// What is done to one that has ended has no effect, and does no harm.
TYPED_TEST(MisuseTest, EndedThreadsMayStillBeNamed) {
    using S = typename TestFixture::System;
    this->seeds(20, [] {
        Ref<Thread> thread = S::start([](void* a) { return a; });
        S::join(thread);
        while (thread->state() != uk::ThreadState::exited)
            S::sched->sleep_until(sim::g->now + 1000);
        S::sched->unpark(*thread);
        S::sched->set_policy_word(*thread, 7);
        EXPECT_TRUE(S::sched->set_priority(*thread, 31).ok());
        EXPECT_TRUE(S::sched->set_affinity(*thread, 1).ok());
        EXPECT_EQ(S::sched->set_affinity(*thread, 2).code(), Errno::inval);
        for (int i = 0; i < 10; i++)
            S::sched->yield();
        EXPECT_EQ(thread->state(), uk::ThreadState::exited);
    });
}

// Dropping the handle detaches, at whatever moment of the thread's life; run() counts what is left.
TYPED_TEST(MisuseTest, HandlesMayBeDroppedAtAnyTime) {
    using S = typename TestFixture::System;
    this->seeds(100, [] {
        auto live = [](void*) -> void* {
            for (int i = 0; i < 3; i++)
                S::sched->yield();
            return nullptr;
        };
        std::vector<Ref<Thread>> kept;
        for (int i = 0; i < 12; i++) {
            kept.push_back(S::start(live));
            if (sim::g->random() % 2 == 0)
                kept.erase(kept.begin() + static_cast<long>(sim::g->random() % kept.size()));
            S::sched->yield();
        }
        Ref<Thread> copy = kept.empty() ? Ref<Thread>() : kept.front();
        kept.clear();
        while (S::sched->thread_count() != 1)
            S::sched->yield();
        if (copy) {
            EXPECT_EQ(S::join(copy), nullptr) << "one handle is enough";
        }
    });
}

TYPED_TEST(MisuseTest, WaitsWhoseDeadlineIsOverDoNotWait) {
    using S = typename TestFixture::System;
    this->seeds(30, [] {
        typename S::WaitQueue queue;
        Thread& self = S::M::current();
        for (uint64_t deadline : {uint64_t{0}, uint64_t{1}, sim::g->now}) {
            EXPECT_EQ(queue.wait(deadline).code(), Errno::timedout);
            EXPECT_EQ(queue.wait_until([] { return false; }, deadline).code(), Errno::timedout);
            EXPECT_TRUE(queue.wait_until([] { return true; }, deadline).ok());
            EXPECT_EQ(S::sched->park(deadline, {}), Wake::timed_out);
            S::sched->sleep_until(deadline);
            EXPECT_TRUE(queue.empty());
            EXPECT_FALSE(queue.wake_one()) << "nobody is left in the queue";
        }
        S::sched->unpark(self);
        EXPECT_EQ(S::sched->park(0, {}), Wake::unparked) << "a permit goes before a deadline";
        EXPECT_EQ(S::sched->park(0, {}), Wake::timed_out);
        S::sched->unpark(self);
        EXPECT_EQ(queue.wait(sim::g->now + 1000).code(), Errno::timedout)
            << "unpark() is no wake-up of a queue";
    });
}

// Each wake-up ends exactly one wait, whatever deadlines and stray permits do.
TYPED_TEST(MisuseTest, WakesAndWaitsMatch) {
    using S = typename TestFixture::System;
    this->seeds(200, [] {
        static typename S::WaitQueue* queue;
        static unsigned woken;
        static bool stop;
        typename S::WaitQueue now;
        queue = &now;
        woken = 0;
        stop = false;
        auto waits = [](void*) -> void* {
            while (!stop)
                woken += queue->wait(sim::g->now + sim::g->random() % 2'000'000).ok() ? 1 : 0;
            return nullptr;
        };
        std::vector<Ref<Thread>> threads;
        for (unsigned i = 0; i < 3; i++)
            threads.push_back(S::start(waits, nullptr, 15 + i));
        size_t wakes = 0;
        for (int i = 0; i < 40; i++) {
            switch (sim::g->random() % 4) {
            case 0:
                wakes += queue->wake_one() ? 1 : 0;
                break;
            case 1:
                wakes += queue->wake_all();
                break;
            case 2:
                S::sched->unpark(*threads[sim::g->random() % 3]);
                break;
            default:
                S::sched->sleep_until(sim::g->now + sim::g->random() % 1'000'000);
            }
        }
        stop = true;
        for (const Ref<Thread>& thread : threads)
            S::join(thread);
        EXPECT_EQ(woken, wakes);
        EXPECT_TRUE(now.empty());
    });
}

} // namespace
