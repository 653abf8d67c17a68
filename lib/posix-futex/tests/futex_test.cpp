// SPDX-License-Identifier: BSD-3-Clause
// The futex table on one simulated CPU, with interrupts and preemption wherever they could come.
#include <uk/fakes/effort.hpp>
#include <uk/schedcoop/coop_policy.hpp>
#include <uk/schedprio/prio_policy.hpp>

#include "../../uksched/tests/sim.hpp"
#include "face.hpp"

namespace {

using namespace futex_tests;
using uk::kNever;
using uk::Ref;
using uk::Thread;
using uk::futex::kAnyBit;
using uk::futex::word_change;
using uk::futex::WordChange;

template <class P, size_t kCount>
struct Kind {
    using Policy = P;
    static constexpr size_t kBuckets = kCount;
};

template <class K>
class FutexTest : public testing::Test {
  protected:
    using System = sim::System<typename K::Policy>;
    struct Base : System::Face {
        static unsigned random() { return static_cast<unsigned>(sim::g->random()); }
        static void point() { sim::point(); }
    };
    using Face = Words<Base>;
    using Table = uk::futex::FutexTable<Face, K::kBuckets>;

    // One thread that waits, and what came of it.
    struct Waiter {
        Table& table;
        Vaddr word;
        uint32_t value = 0;
        uint32_t bits = kAnyBit;
        uint64_t deadline = kNever;
        Errno how = Errno::inprogress;
        int place = 0; // in the order of waking
        Ref<Thread> thread{};
    };

    template <class Body>
    void seeds(unsigned count, Body body) {
        count = uk::fakes::effort(count);
#ifdef SIM_TSAN
        count = (count + 9) / 10;
#endif
        for (unsigned seed = 1; seed <= count && !testing::Test::HasFailure(); seed++) {
            SCOPED_TRACE(seed);
            System::run(seed, [&] {
                Table table;
                body(table);
            });
        }
    }
    static uint64_t now() {
        return sim::g->now;
    }
    static void pass_time() {
        System::sched->sleep_until(now() + 10'000);
    }
    static void until_parked(const Ref<Thread>& thread) {
        while (thread->state() != uk::ThreadState::parked &&
               thread->state() != uk::ThreadState::exited) // its deadline was soon
            System::sched->sleep_until(now() + 1000);
    }
    // Returns when it waits.
    void start(Waiter& waiter, unsigned priority = uk::kDefaultPriority) {
        waiter.thread = System::start(
            [](void* argument) -> void* {
                auto& me = *static_cast<Waiter*>(argument);
                me.how = me.table.wait(me.word, me.value, me.bits, me.deadline).code();
                me.place = ++g_places;
                return nullptr;
            },
            &waiter, priority);
        until_parked(waiter.thread);
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
    static void join(Waiter& waiter) {
        System::join(waiter.thread);
    }
    static bool waits(Waiter& waiter) {
        pass_time();
        return waiter.how == Errno::inprogress;
    }
    static Errno wait(Table& table, Vaddr word, uint32_t value, uint64_t deadline = kNever,
                      uint32_t bits = kAnyBit) {
        return table.wait(word, value, bits, deadline).code();
    }

    static inline int g_places = 0;
    uint32_t words_[16] = {};
};
using Kinds = testing::Types<Kind<uk::CoopPolicy, 1>, Kind<uk::CoopPolicy, 4>,
                             Kind<uk::PrioPolicy, 1>, Kind<uk::PrioPolicy, 16>>;
TYPED_TEST_SUITE(FutexTest, Kinds);

TYPED_TEST(FutexTest, WaitsOnlyForTheValue) {
    this->seeds(20, [&](auto& table) {
        this->words_[0] = 5;
        const Vaddr word = Vaddr::of(this->words_);
        EXPECT_EQ(this->wait(table, word, 4), Errno::again);
        EXPECT_EQ(this->wait(table, word, 4, 0), Errno::again) << "before the deadline";
        EXPECT_EQ(this->wait(table, word, 5, 0), Errno::timedout);
        const uint64_t deadline = this->now() + 10'000;
        EXPECT_EQ(this->wait(table, word, 5, deadline), Errno::timedout);
        EXPECT_GE(this->now(), deadline);
        EXPECT_EQ(this->wait(table, word, 5, 0, 0), Errno::inval) << "no bits";
        EXPECT_EQ(this->wait(table, Vaddr{kNothing}, 5, 0), Errno::fault);
        for (uint64_t by : {1, 2, 3}) {
            EXPECT_EQ(this->wait(table, word + by, 5, 0), Errno::inval);
            EXPECT_EQ(table.wake(word + by, 1).code(), Errno::inval);
            EXPECT_EQ(table.requeue(word, word + by, 1, 1, nullptr).code(), Errno::inval);
            EXPECT_EQ(table.requeue(word + by, word, 1, 1, nullptr).code(), Errno::inval);
            EXPECT_EQ(table.wake_op(word, 1, word + by, 1, {}).code(), Errno::inval);
        }
        EXPECT_EQ(table.wake(word, 1, 0).code(), Errno::inval);
        EXPECT_EQ(UK_MUST(table.wake(word, 9)), 0u) << "who gave up is gone";
        EXPECT_EQ(UK_MUST(table.wake(Vaddr{kNothing}, 9)), 0u) << "nobody looks at the word";
    });
}

TYPED_TEST(FutexTest, WakesSoManyInOrder) {
    this->seeds(30, [&](auto& table) {
        using One = typename TestFixture::Waiter;
        const Vaddr word = Vaddr::of(this->words_);
        TestFixture::g_places = 0;
        this->words_[0] = this->words_[1] = 0;
        One other{table, word + 4};
        One waiters[] = {{table, word}, {table, word}, {table, word}, {table, word}};
        this->start(waiters[0], 10);
        this->start(other);
        this->start(waiters[1], 12);
        this->start(waiters[2], 10);
        this->start(waiters[3], 10);
        EXPECT_EQ(UK_MUST(table.wake(word, 0)), 0u);
        EXPECT_EQ(UK_MUST(table.wake(word, 1)), 1u);
        this->join(waiters[1]);
        EXPECT_EQ(UK_MUST(table.wake(word, 2)), 2u);
        this->join(waiters[0]);
        this->join(waiters[2]);
        EXPECT_TRUE(this->waits(waiters[3]));
        EXPECT_EQ(UK_MUST(table.wake(word, ~size_t{0})), 1u);
        this->join(waiters[3]);
        EXPECT_TRUE(this->waits(other));
        EXPECT_EQ(UK_MUST(table.wake(word + 4, 5)), 1u);
        this->join(other);
        const int places[] = {2, 1, 3, 4};
        for (int i = 0; i < 4; i++) {
            EXPECT_EQ(waiters[i].place, places[i]);
            EXPECT_EQ(waiters[i].how, Errno::ok);
        }
    });
}

TYPED_TEST(FutexTest, BitsChooseWhomToWake) {
    this->seeds(20, [&](auto& table) {
        using One = typename TestFixture::Waiter;
        const Vaddr word = Vaddr::of(this->words_);
        this->words_[0] = 0;
        One readers{table, word, 0, 2}, writer{table, word, 0, 1}, both{table, word, 0, 3};
        for (One* waiter : {&readers, &writer, &both})
            this->start(*waiter);
        EXPECT_EQ(UK_MUST(table.wake(word, 9, 4)), 0u);
        EXPECT_EQ(UK_MUST(table.wake(word, 1, 1)), 1u);
        this->join(writer);
        EXPECT_EQ(UK_MUST(table.wake(word, 9, 1)), 1u);
        this->join(both);
        EXPECT_TRUE(this->waits(readers));
        EXPECT_EQ(UK_MUST(table.wake(word, 1)), 1u);
        this->join(readers);
    });
}

TYPED_TEST(FutexTest, SignalsEndWaits) {
    this->seeds(30, [&](auto& table) {
        using One = typename TestFixture::Waiter;
        using Sim = typename TestFixture::Face;
        const Vaddr word = Vaddr::of(this->words_);
        this->words_[0] = 0;
        One first{table, word}, second{table, word}, third{table, word};
        this->start(first);
        this->start(second);
        Sim::interrupt(*first.thread);
        this->join(first);
        EXPECT_EQ(first.how, Errno::intr);
        Sim::unpark(*second.thread); // a permit from somewhere else
        EXPECT_TRUE(this->waits(second));
        EXPECT_EQ(UK_MUST(table.wake(word, 9)), 1u);
        Sim::interrupt(*second.thread); // too late
        this->join(second);
        EXPECT_EQ(second.how, Errno::ok);
        auto at_once = [&] {
            Sim::interrupt(Sim::current());
            EXPECT_EQ(this->wait(table, word, 1), Errno::again);
            EXPECT_EQ(this->wait(table, word, 0), Errno::intr);
        };
        TestFixture::System::join(this->spawn(at_once));
        this->start(third);
        EXPECT_EQ(UK_MUST(table.requeue(word, word + 8, 0, 1, nullptr)), 1u);
        Sim::interrupt(*third.thread);
        this->join(third);
        EXPECT_EQ(third.how, Errno::intr);
        EXPECT_EQ(UK_MUST(table.wake(word + 8, 9)), 0u);
    });
}

TYPED_TEST(FutexTest, RequeueWakesSomeAndMovesSome) {
    this->seeds(30, [&](auto& table) {
        using One = typename TestFixture::Waiter;
        for (uint32_t& word : this->words_)
            word = 0;
        this->words_[0] = 3;
        const Vaddr from = Vaddr::of(this->words_);
        const Vaddr to = Vaddr::of(this->words_ + 1 + TestFixture::Face::random() % 15);
        One waiters[] = {{table, from, 3}, {table, from, 3}, {table, from, 3}, {table, from, 3}};
        for (One& waiter : waiters)
            this->start(waiter);
        const uint32_t wrong = 4, right = 3;
        EXPECT_EQ(table.requeue(from, to, 1, 2, &wrong).code(), Errno::again);
        EXPECT_EQ(table.requeue(Vaddr{kNothing}, to, 1, 2, &wrong).code(), Errno::fault);
        EXPECT_EQ(UK_MUST(table.requeue(from, from, 0, 9, nullptr)), 4u);
        EXPECT_EQ(UK_MUST(table.requeue(from, to, 1, 2, &right)), 3u);
        this->join(waiters[0]);
        EXPECT_EQ(UK_MUST(table.wake(from, 9)), 1u);
        this->join(waiters[3]);
        EXPECT_TRUE(this->waits(waiters[1]));
        EXPECT_EQ(UK_MUST(table.wake(to, 1)), 1u);
        this->join(waiters[1]);
        EXPECT_EQ(UK_MUST(table.requeue(to, from, 0, 9, nullptr)), 1u);
        EXPECT_EQ(UK_MUST(table.wake(from, 9)), 1u);
        this->join(waiters[2]);
    });
}

TYPED_TEST(FutexTest, WhoWasMovedTimesOutWhereItIs) {
    this->seeds(40, [&](auto& table) {
        using One = typename TestFixture::Waiter;
        for (uint32_t& word : this->words_)
            word = 0;
        const uint64_t deadline = this->now() + 40'000'000;
        One waiters[4] = {{table, Vaddr::of(this->words_), 0, kAnyBit, deadline},
                          {table, Vaddr::of(this->words_), 0, kAnyBit, deadline},
                          {table, Vaddr::of(this->words_ + 5), 0, kAnyBit, deadline},
                          {table, Vaddr::of(this->words_ + 9), 0, kAnyBit, deadline}};
        for (One& waiter : waiters)
            this->start(waiter);
        for (unsigned step = 0; this->now() < deadline + 1'000'000; step++) {
            const Vaddr from = Vaddr::of(this->words_ + step % 16);
            const Vaddr to = Vaddr::of(this->words_ + TestFixture::Face::random() % 16);
            (void)UK_MUST(table.requeue(from, to, 0, 2, nullptr));
            this->pass_time();
        }
        for (One& waiter : waiters) {
            this->join(waiter);
            EXPECT_EQ(waiter.how, Errno::timedout);
        }
        for (uint32_t& word : this->words_)
            EXPECT_EQ(UK_MUST(table.wake(Vaddr::of(&word), 9)), 0u);
    });
}

TYPED_TEST(FutexTest, WakeOpChangesAWordAndWakesAtTwo) {
    this->seeds(20, [&](auto& table) {
        using One = typename TestFixture::Waiter;
        for (uint32_t& word : this->words_)
            word = 0;
        const Vaddr a = Vaddr::of(this->words_), b = Vaddr::of(this->words_ + 7);
        One at_a{table, a}, at_b{table, b}, also_b{table, b};
        for (One* waiter : {&at_a, &at_b, &also_b})
            this->start(*waiter);
        const WordChange if_one{WordChange::How::add, WordChange::Test::eq, 1, 1};
        EXPECT_EQ(UK_MUST(table.wake_op(a, 9, b, 9, if_one)), 1u);
        EXPECT_EQ(this->words_[7], 1u);
        this->join(at_a);
        EXPECT_EQ(UK_MUST(table.wake_op(a, 9, b, 1, if_one)), 1u);
        EXPECT_EQ(this->words_[7], 2u);
        this->join(at_b);
        EXPECT_EQ(table.wake_op(a, 9, Vaddr{kNothing}, 9, if_one).code(), Errno::fault);
        EXPECT_EQ(UK_MUST(table.wake_op(b, 9, a, 9, {})), 1u);
        this->join(also_b);
    });
}

// Counts by three workers that wait for their turn: a wake-up that is lost ends in a deadlock,
// which the scheduler reports.
TYPED_TEST(FutexTest, LocksMadeOfItLoseNothing) {
    this->seeds(300, [&](auto& table) {
        using Futexes = typename TestFixture::Table;
        FutexMutex<Futexes> mutex;
        FutexCond<Futexes> changed;
        unsigned turn = 0, in_section = 0;
        auto work = [&, next = 0u]() mutable {
            const unsigned me = next++;
            for (unsigned round = 0; round < 4; round++) {
                mutex.lock(table);
                EXPECT_EQ(in_section++, 0u);
                while (turn % 3 != me) {
                    in_section--;
                    const bool patient = TestFixture::Face::random() % 2 == 0;
                    (void)changed.wait(table, mutex, patient ? kNever : this->now() + 5000);
                    EXPECT_EQ(in_section++, 0u);
                }
                turn++;
                changed.broadcast(table, mutex);
                sim::point();
                in_section--;
                mutex.unlock(table);
            }
        };
        Ref<Thread> threads[] = {this->spawn(work), this->spawn(work), this->spawn(work)};
        for (const Ref<Thread>& thread : threads)
            TestFixture::System::join(thread);
        EXPECT_EQ(turn, 12u);
    });
}

TEST(WordChange, AllOperationsAndTests) {
    const auto decode = [](uint32_t how, uint32_t test, uint32_t operand, uint32_t compared) {
        return word_change(how << 28 | test << 24 | (operand & 0xfff) << 12 | (compared & 0xfff));
    };
    const uint32_t results[] = {6, 18, 14, 8, 10}; // of 12 with 6
    for (uint32_t how = 0; how < 16; how++) {
        Result<WordChange> change = decode(how, 0, 6, 0);
        ASSERT_EQ(change.ok(), how % 8 < 5) << how;
        if (!change.ok())
            EXPECT_EQ(change.code(), Errno::nosys);
        else if (how < 8)
            EXPECT_EQ(change.value().apply(12), results[how]);
        else
            EXPECT_EQ(change.value().apply(0), how == 11 ? 0u : 64u);
    }
    EXPECT_EQ(decode(1, 0, ~0u, 0).value().apply(5), 4u) << "signed";
    const bool less[] = {false, true, true, true, false, false};
    const bool equal[] = {true, false, false, true, false, true};
    const bool more[] = {false, true, false, false, true, true};
    for (uint32_t test = 0; test < 16; test++) {
        Result<WordChange> change = decode(0, test, 0, ~2u); // -3
        ASSERT_EQ(change.ok(), test < 6);
        if (test < 6) {
            EXPECT_EQ(change.value().holds_for(~3u), less[test]);
            EXPECT_EQ(change.value().holds_for(~2u), equal[test]);
            EXPECT_EQ(change.value().holds_for(0), more[test]);
        }
    }
}

} // namespace
