// SPDX-License-Identifier: BSD-3-Clause
// The locks over a machine whose CPUs are host threads.
#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <uk/spinlock/basic.hpp>
#include <uk/spinlock/report_lock.hpp>

namespace {

using uk::LockRank;

// One CPU is one host thread.
struct FakeCpu {
    bool irqs_on = true;
    int preempt_count = 0;
    int preempt_points = 0;
    uk::HeldRanks held;
};
thread_local FakeCpu t_cpu;

template <bool kMany, bool kPreempt, bool kCheck>
struct FakeMachine {
    using IrqState = bool;
    static constexpr bool kManyCpus = kMany;
    static constexpr bool kPreempts = kPreempt;
    static constexpr bool kChecks = kCheck;
    static bool irq_save() {
        const bool was = t_cpu.irqs_on;
        t_cpu.irqs_on = false;
        return was;
    }
    static void irq_restore(bool state) { t_cpu.irqs_on = state; }
    static void relax() { std::this_thread::yield(); }
    static void preempt_disable() { t_cpu.preempt_count++; }
    static void preempt_enable() {
        if (--t_cpu.preempt_count == 0)
            t_cpu.preempt_points++;
    }
    static const void* this_cpu() { return &t_cpu; }
    static void rank_push(LockRank rank) { t_cpu.held.push(rank); }
    static void rank_pop(LockRank rank) { t_cpu.held.pop(rank); }
};
using Smp = FakeMachine<true, true, true>;
using Cooperative = FakeMachine<false, false, false>;
using Preemptive = FakeMachine<false, true, false>;

template <LockRank kRank>
using SmpSpin = uk::BasicSpinlock<Smp, kRank>;
template <LockRank kRank>
using SmpIrq = uk::BasicIrqSpinlock<Smp, kRank>;

class SpinlockTest : public testing::Test {
  protected:
    void SetUp() override { t_cpu = FakeCpu{}; }
};

constexpr int kCpus = 4;

template <class Work>
void on_cpus(Work work) {
    std::vector<std::thread> cpus;
    for (int i = 0; i < kCpus; i++)
        cpus.emplace_back([&work, i] { work(i); });
    for (std::thread& cpu : cpus)
        cpu.join();
}

TEST_F(SpinlockTest, CostsNothingWhereNothingCanHappen) {
    using Lock = uk::BasicSpinlock<Cooperative, LockRank::heap>;
    static_assert(std::is_empty_v<Lock>);
    static_assert(sizeof(uk::Guarded<int, Lock>) == sizeof(int));
    Lock lock;
    lock.lock();
    EXPECT_EQ(t_cpu.preempt_count, 0);
    lock.unlock();
    EXPECT_EQ(t_cpu.preempt_points, 0);
}

TEST_F(SpinlockTest, DisablesPreemptionWhileHeld) {
    uk::BasicSpinlock<Preemptive, LockRank::heap> outer;
    uk::BasicSpinlock<Preemptive, LockRank::frames> inner;
    outer.lock();
    inner.lock();
    EXPECT_EQ(t_cpu.preempt_count, 2);
    inner.unlock();
    EXPECT_EQ(t_cpu.preempt_points, 0);
    outer.unlock();
    EXPECT_EQ(t_cpu.preempt_points, 1);
    EXPECT_TRUE(t_cpu.irqs_on);
}

TEST_F(SpinlockTest, IrqLockDisablesInterruptsAndRestoresWhatWas) {
    uk::BasicIrqSpinlock<Cooperative, LockRank::heap> outer;
    uk::BasicIrqSpinlock<Cooperative, LockRank::frames> inner;
    const bool first = outer.lock();
    EXPECT_FALSE(t_cpu.irqs_on);
    const bool second = inner.lock();
    inner.unlock(second);
    EXPECT_FALSE(t_cpu.irqs_on);
    outer.unlock(first);
    EXPECT_TRUE(t_cpu.irqs_on);
}

TEST_F(SpinlockTest, PreemptionPointComesWithInterruptsOn) {
    static bool irqs_at_point;
    struct Machine : Smp {
        static void preempt_enable() {
            Smp::preempt_enable();
            irqs_at_point = t_cpu.irqs_on;
        }
    };
    uk::BasicIrqSpinlock<Machine, LockRank::heap> lock;
    irqs_at_point = false;
    lock.unlock(lock.lock());
    EXPECT_TRUE(irqs_at_point);
}

TEST_F(SpinlockTest, AWordIsTakenOnce) {
    uk::SpinWord lock;
    EXPECT_FALSE(lock.is_locked());
    EXPECT_TRUE(lock.try_lock());
    EXPECT_FALSE(lock.try_lock());
    EXPECT_TRUE(lock.is_locked());
    int waits = 0;
    lock.lock([&] { // the holder gives it back while somebody waits
        if (++waits == 3)
            lock.unlock();
    });
    EXPECT_EQ(waits, 3);
    EXPECT_TRUE(lock.is_locked());
    lock.unlock();
    lock.lock([] { FAIL() << "nobody holds it"; });
    lock.unlock();
    EXPECT_FALSE(lock.is_locked());
}

// ThreadSanitizer sees whether the lock orders the accesses to the plain counters.
TEST_F(SpinlockTest, ManyCpusCountTogether) {
    constexpr int kRounds = 3000;
    uk::Guarded<long, SmpSpin<LockRank::heap>> plain(0);
    uk::Guarded<long, SmpIrq<LockRank::frames>> irq(0);
    on_cpus([&](int /*cpu*/) {
        for (int i = 0; i < kRounds; i++) {
            auto outer = plain.lock();
            ++*outer;
            irq.with([](long& value) { value++; });
        }
        EXPECT_TRUE(t_cpu.irqs_on);
        EXPECT_EQ(t_cpu.held.count(), 0u);
        EXPECT_EQ(t_cpu.preempt_count, 0);
    });
    EXPECT_EQ(*plain.lock(), long{kRounds} * kCpus);
    EXPECT_EQ(*irq.lock(), long{kRounds} * kCpus);
}

TEST_F(SpinlockTest, TryingExcludesToo) {
    uk::SpinWord lock;
    long count = 0;
    std::atomic<long> taken{0};
    on_cpus([&](int cpu) {
        for (int i = 0; i < 2000; i++) {
            if (cpu % 2 == 0) {
                lock.lock([] { std::this_thread::yield(); });
            } else if (!lock.try_lock()) {
                continue;
            }
            count++;
            taken.fetch_add(1, std::memory_order_relaxed);
            lock.unlock();
        }
    });
    EXPECT_EQ(count, taken.load());
    EXPECT_GE(count, 4000);
}

TEST_F(SpinlockTest, WrongOrderNamesBoth) {
    SmpSpin<LockRank::frames> frames;
    SmpSpin<LockRank::heap> heap;
    heap.lock();
    frames.lock();
    frames.unlock();
    heap.unlock();
    frames.lock();
    EXPECT_DEATH(heap.lock(), "heap is taken while frames is held");
    frames.unlock();
}

TEST_F(SpinlockTest, TwoOfOneRankAreRefused) {
    SmpIrq<LockRank::run_queue> one;
    SmpIrq<LockRank::run_queue> two;
    const bool state = one.lock();
    EXPECT_DEATH((void)two.lock(), "run_queue is taken while run_queue is held");
    one.unlock(state);
}

template <class Machine>
void tells_its_own_cpu() {
    uk::BasicReportLock<Machine, LockRank::log> lock;
    const auto outer = lock.lock();
    EXPECT_TRUE(outer.mine);
    EXPECT_FALSE(t_cpu.irqs_on);
    const auto inner = lock.lock(); // an exception handler
    EXPECT_FALSE(inner.mine);
    lock.unlock(inner);
    EXPECT_FALSE(lock.lock().mine) << "it is still held";
    lock.unlock(outer);
    EXPECT_TRUE(t_cpu.irqs_on);
    const auto again = lock.lock();
    EXPECT_TRUE(again.mine);
    lock.unlock(again);
}

TEST_F(SpinlockTest, ReportLockTellsItsOwnCpu) {
    tells_its_own_cpu<Cooperative>();
    tells_its_own_cpu<Smp>();
    EXPECT_EQ(t_cpu.held.count(), 0u);
}

TEST_F(SpinlockTest, ReportLockExcludesOtherCpus) {
    uk::BasicReportLock<Smp, LockRank::console> lock;
    long count = 0;
    on_cpus([&](int /*cpu*/) {
        for (int i = 0; i < 3000; i++) {
            const auto state = lock.lock();
            EXPECT_TRUE(state.mine);
            count++;
            lock.unlock(state);
        }
    });
    EXPECT_EQ(count, 3000 * kCpus);
}

// The holder finishes its line; who comes later waits for ever (here: until the test lets go).
TEST_F(SpinlockTest, WhoEndsTheMachineSeizesTheReportLock) {
    uk::BasicReportLock<Smp, LockRank::console> lock;
    std::atomic<int> step{0};
    std::atomic<bool> got{false};
    std::thread holder([&] {
        const auto state = lock.lock();
        step = 1;
        while (step != 2)
            std::this_thread::yield();
        lock.unlock(state);
        step = 3;
    });
    while (step != 1)
        std::this_thread::yield();
    lock.seize();
    step = 2;
    while (step != 3)
        std::this_thread::yield();
    std::thread late([&] {
        const auto state = lock.lock();
        got = true;
        lock.unlock(state);
    });
    const auto mine = lock.lock();
    EXPECT_FALSE(mine.mine) << "it was ours before";
    for (int i = 0; i < 100; i++)
        std::this_thread::yield();
    EXPECT_FALSE(got);
    t_cpu.held.push(LockRank::console); // let the late one go
    lock.unlock({true, true});
    late.join();
    holder.join();
}

TEST_F(SpinlockTest, AnyOrderOfGivingBack) {
    uk::HeldRanks held;
    held.push(LockRank::heap);
    held.push(LockRank::frames);
    held.push(LockRank::log);
    held.pop(LockRank::frames);
    held.push(LockRank::console);
    held.pop(LockRank::heap);
    held.pop(LockRank::console);
    held.pop(LockRank::log);
    EXPECT_EQ(held.count(), 0u);
    EXPECT_DEATH(held.pop(LockRank::log), "log is given back but not held");
}

} // namespace
