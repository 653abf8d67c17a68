// SPDX-License-Identifier: BSD-3-Clause
// The futex table with four CPUs at once, for the thread sanitizer: the counters are plain.
#include "../../uksched/tests/smp.hpp"
#include "face.hpp"

namespace {

using namespace smp;
using namespace futex_tests;
using uk::kNever;
using uk::futex::kAnyBit;

struct Base : smp::Face {
    static unsigned random() { return static_cast<unsigned>(here().random()); }
    static void point() {}
};
using WordFace = Words<Base>;

template <size_t kBuckets>
struct Shared {
    using Table = uk::futex::FutexTable<WordFace, kBuckets>;

    Table table;
    FutexMutex<Table> mutex;
    FutexCond<Table> changed;
    unsigned value = 0, turn = 0;
    uint32_t words[8] = {};
    std::atomic<unsigned> ended{0}, interrupted{0};
};

class SmpFutexTest : public SmpTest {
  protected:
    static constexpr unsigned kThreads = 2 * kCpuCount;
    static constexpr unsigned kRounds = 100;

    // Two threads on each CPU run body(shared, number), which has no state of its own, and
    // main(shared) beside them.
    template <class State, class Body, class Main>
    void crowd(State& shared, Body body, Main main) {
        static State* all;
        static Body* work;
        static Main* rest;
        all = &shared;
        work = &body;
        rest = &main;
        run([] {
            std::vector<Ref<Thread>> threads;
            for (uintptr_t i = 0; i < kThreads; i++)
                threads.push_back(start(
                    i % kCpuCount,
                    [](void* me) -> void* {
                        (*work)(*all, static_cast<unsigned>(reinterpret_cast<uintptr_t>(me)));
                        all->ended++;
                        return nullptr;
                    },
                    reinterpret_cast<void*>(i)));
            (*rest)(*all, threads);
            for (const Ref<Thread>& thread : threads)
                join(thread);
        });
    }
    using Threads = std::vector<Ref<Thread>>;

    template <size_t kBuckets>
    void turns() {
        Shared<kBuckets> shared;
        crowd(
            shared,
            [](auto& s, unsigned me) {
                for (unsigned i = 0; i < kRounds; i++) {
                    s.mutex.lock(s.table);
                    s.value++;
                    s.mutex.unlock(s.table);
                }
                for (unsigned i = 0; i < 5; i++) { // in turns
                    s.mutex.lock(s.table);
                    while (s.turn % kThreads != me)
                        (void)s.changed.wait(s.table, s.mutex);
                    s.turn++;
                    s.changed.broadcast(s.table, s.mutex);
                    s.mutex.unlock(s.table);
                }
            },
            [](auto&, Threads&) {});
        EXPECT_EQ(shared.value, kThreads * kRounds);
        EXPECT_EQ(shared.turn, kThreads * 5);
    }
};

TEST_F(SmpFutexTest, OneBucket) {
    turns<1>();
}
TEST_F(SmpFutexTest, SeveralBuckets) {
    turns<32>();
}

// Everybody waits somewhere, with deadlines, interrupted, moved about and woken: all waits end, and
// nobody is left in a list.
TEST_F(SmpFutexTest, WaitersMoveWhileTheirWaitsEnd) {
    Shared<4> shared;
    crowd(
        shared,
        [](auto& s, unsigned me) {
            for (unsigned i = 0; i < kRounds; i++) {
                const uint64_t deadline =
                    i % 4 == me % 4 ? SmpMachine::now() + WordFace::random() % 100'000 : kNever;
                const Errno how =
                    s.table.wait(Vaddr::of(&s.words[i % 8]), 0, 1 + i % 3, deadline).code();
                if (how == Errno::intr) {
                    __atomic_store_n(&WordFace::current().user, nullptr, __ATOMIC_RELEASE);
                    s.interrupted++;
                } else {
                    EXPECT_TRUE(how == Errno::ok || (how == Errno::timedout && deadline != kNever));
                }
            }
        },
        [](auto& s, Threads& threads) {
            for (unsigned i = 0; s.ended < kThreads; i++) {
                const Vaddr from = Vaddr::of(&s.words[WordFace::random() % 8]);
                const Vaddr to = Vaddr::of(&s.words[WordFace::random() % 8]);
                if (i % 4 == 0)
                    (void)UK_MUST(s.table.wake(from, 1, 1 + i % 3));
                else if (i % 64 == 1)
                    WordFace::interrupt(*threads[WordFace::random() % kThreads]);
                else
                    (void)UK_MUST(s.table.requeue(from, to, i % 2, 3, nullptr));
                if (i % 16 == 0)
                    g_sched->yield();
            }
            for (uint32_t& word : s.words)
                EXPECT_EQ(UK_MUST(s.table.wake(Vaddr::of(&word), 9)), 0u);
        });
    EXPECT_GT(shared.interrupted, 0u);
}

} // namespace
