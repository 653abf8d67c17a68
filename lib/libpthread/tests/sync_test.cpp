// SPDX-License-Identifier: BSD-3-Clause
// Condition variables, barriers and once on one simulated CPU, with interrupts and preemption
// wherever they could come, and waits that are interrupted.
#include <uk/fakes/effort.hpp>
#include <uk/lock/mutex.hpp>
#include <uk/schedcoop/coop_policy.hpp>
#include <uk/schedprio/prio_policy.hpp>

#include "../../uksched/tests/sim.hpp"
#include "../barrier.hpp"
#include "../cond.hpp"
#include "../once.hpp"

namespace {

using uk::Errno;
using uk::kNever;
using uk::Ref;
using uk::Result;
using uk::Thread;

template <class Policy>
class SyncTest : public testing::Test {
  protected:
    using System = sim::System<Policy>;
    struct Face : System::Face {
        static constexpr bool kLockChecks = false;
        static bool interrupted() { return System::Face::current().user != nullptr; }
    };
    using Mutex = uk::BasicMutex<Face>;
    using Cond = uk::pthread::Cond<Face>;
    using Barrier = uk::pthread::Barrier<Face>;

    void seeds(unsigned count, sim::Body body) {
        count = uk::fakes::effort(count);
#ifdef SIM_TSAN
        count = (count + 9) / 10;
#endif
        for (unsigned seed = 1; seed <= count && !testing::Test::HasFailure(); seed++) {
            SCOPED_TRACE(seed);
            System::run(seed, body);
        }
    }
    template <class Body>
    static Ref<Thread> spawn(Body& body) {
        return System::start(
            [](void* argument) -> void* {
                (*static_cast<Body*>(argument))();
                return nullptr;
            },
            &body);
    }
    static void join(const Ref<Thread>& thread) {
        System::join(thread);
    }
    static void until_parked(const Ref<Thread>& thread) {
        while (thread->state() != uk::ThreadState::parked)
            System::sched->sleep_until(sim::g->now + 1000);
    }
    static void pass_time() {
        System::sched->sleep_until(sim::g->now + 10'000);
    }
    static void interrupt(Thread& thread) {
        thread.user = &thread;
        System::sched->unpark(thread);
    }
    static unsigned random() {
        return static_cast<unsigned>(sim::g->random());
    }
};
using Policies = testing::Types<uk::CoopPolicy, uk::PrioPolicy>;
TYPED_TEST_SUITE(SyncTest, Policies);

TYPED_TEST(SyncTest, ConditionsWakeOneAllOrNobody) {
    this->seeds(50, [&] {
        typename TestFixture::Cond cond;
        int woken = 0;
        auto wait = [&] {
            EXPECT_TRUE(cond.wait([] {}, kNever).ok());
            woken++;
        };
        cond.wake_one();
        cond.wake_all();
        Ref<Thread> threads[] = {this->spawn(wait), this->spawn(wait), this->spawn(wait)};
        for (Ref<Thread>& thread : threads)
            this->until_parked(thread);
        EXPECT_TRUE(cond.anybody_waits());
        EXPECT_EQ(woken, 0) << "wake-ups are not kept";
        cond.wake_one();
        this->join(threads[0]);
        this->pass_time();
        EXPECT_EQ(woken, 1);
        cond.wake_all();
        this->join(threads[1]);
        this->join(threads[2]);
        EXPECT_FALSE(cond.anybody_waits() || cond.anybody_inside());
        EXPECT_EQ(cond.wait([] {}, sim::g->now + 5000).code(), Errno::timedout);
        EXPECT_FALSE(cond.anybody_waits() || cond.anybody_inside());
    });
}

// Who is interrupted has used up no wake-up, and whoever was woken is not interrupted.
TYPED_TEST(SyncTest, InterruptedWaitsTakeNoWakeUps) {
    this->seeds(200, [&] {
        typename TestFixture::Cond cond;
        int woken = 0, interrupted = 0;
        auto wait = [&] {
            const Errno how = cond.wait([] { sim::point(); }, kNever).code();
            EXPECT_TRUE(how == Errno::ok || how == Errno::intr);
            (how == Errno::ok ? woken : interrupted)++;
        };
        Ref<Thread> threads[] = {this->spawn(wait), this->spawn(wait), this->spawn(wait)};
        for (Ref<Thread>& thread : threads)
            this->until_parked(thread);
        auto disturb = [&] { this->interrupt(*threads[0]); };
        Ref<Thread> disturber = this->spawn(disturb);
        sim::point();
        cond.wake_one();
        sim::point();
        cond.wake_one();
        this->join(disturber);
        this->pass_time();
        EXPECT_EQ(woken, 2);
        EXPECT_EQ(cond.anybody_waits(), interrupted == 0) << "the third one";
        cond.wake_all();
        for (Ref<Thread>& thread : threads)
            this->join(thread);
        EXPECT_EQ(woken + interrupted, 3);
    });
}

TYPED_TEST(SyncTest, NoWakeUpIsLostBetweenUnlockAndWait) {
    this->seeds(200, [&] {
        typename TestFixture::Mutex mutex;
        typename TestFixture::Cond changed;
        unsigned turn = 0;
        unsigned next = 0;
        auto work = [&] {
            const unsigned me = next++;
            for (int round = 0; round < 4; round++) {
                mutex.lock();
                while (turn % 3 != me) {
                    const uint64_t until = this->random() % 2 ? kNever : sim::g->now + 3000;
                    (void)changed.wait([&] { mutex.unlock(); }, until);
                    mutex.lock();
                }
                turn++;
                changed.wake_all();
                mutex.unlock();
            }
        };
        Ref<Thread> threads[] = {this->spawn(work), this->spawn(work), this->spawn(work)};
        for (Ref<Thread>& thread : threads)
            this->join(thread);
        EXPECT_EQ(turn, 12u);
    });
}

TYPED_TEST(SyncTest, MutexWaitsAreGivenUpWhenInterrupted) {
    this->seeds(100, [&] {
        typename TestFixture::Mutex mutex;
        Errno how = Errno::inprogress;
        auto wait = [&] {
            how = mutex.lock_interruptibly(kNever).code();
            if (how == Errno::ok)
                mutex.unlock();
        };
        mutex.lock();
        Ref<Thread> first = this->spawn(wait);
        this->until_parked(first);
        this->interrupt(*first);
        this->join(first);
        EXPECT_EQ(how, Errno::intr);
        Ref<Thread> second = this->spawn(wait);
        this->until_parked(second);
        mutex.unlock();
        this->join(second);
        EXPECT_EQ(how, Errno::ok);
        EXPECT_TRUE(mutex.try_lock());
        EXPECT_EQ(mutex.lock_interruptibly(kNever).code(), Errno::deadlk);
        mutex.unlock();
    });
}

TYPED_TEST(SyncTest, BarriersLetGoAllTogetherAgainAndAgain) {
    this->seeds(100, [&] {
        typename TestFixture::Barrier barrier(3);
        unsigned came[4] = {}, serial = 0;
        auto work = [&] {
            for (unsigned& round : came) {
                round++;
                Result<bool> first = barrier.wait();
                while (first.code() == Errno::intr) {
                    TestFixture::Face::current().user = nullptr;
                    first = barrier.wait();
                }
                serial += first.value() ? 1 : 0;
                EXPECT_EQ(round, 3u);
            }
        };
        Ref<Thread> threads[] = {this->spawn(work), this->spawn(work), this->spawn(work)};
        for (int i = 0; i < 3; i++) {
            this->pass_time();
            if (threads[0]->state() != uk::ThreadState::exited)
                this->interrupt(*threads[0]);
        }
        for (Ref<Thread>& thread : threads)
            this->join(thread);
        EXPECT_EQ(serial, 4u);
        EXPECT_FALSE(barrier.anybody_waits() || barrier.anybody_inside());
        typename TestFixture::Barrier alone(1);
        EXPECT_TRUE(alone.wait().value());
    });
}

TYPED_TEST(SyncTest, OnceIsDoneOnceUnlessItIsGivenUp) {
    this->seeds(100, [&] {
        uk::pthread::Once once;
        typename TestFixture::System::WaitQueue queue;
        int begun = 0, done = 0;
        auto work = [&] {
            if (once.begin(queue)) {
                begun++;
                this->pass_time();
                const bool give_up = begun == 1;
                done += give_up ? 0 : 1;
                once.end(queue, !give_up);
                if (!give_up)
                    return;
                EXPECT_FALSE(once.begin(queue) && done != 0);
                if (!once.is_done()) {
                    done++;
                    once.end(queue, true);
                }
            }
            EXPECT_EQ(done, 1);
        };
        Ref<Thread> threads[] = {this->spawn(work), this->spawn(work), this->spawn(work)};
        for (Ref<Thread>& thread : threads)
            this->join(thread);
        EXPECT_TRUE(once.is_done());
        EXPECT_EQ(done, 1);
    });
}

} // namespace
