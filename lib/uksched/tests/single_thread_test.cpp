// SPDX-License-Identifier: BSD-3-Clause
// SingleThread over a machine whose interrupts come when a test says so.
#include <functional>

#include <gtest/gtest.h>

#include <uk/sched/single_thread.hpp>
#include <uk/sched/wait_queue.hpp>

namespace {

using uk::kNever;
using uk::Wake;

struct State {
    uint64_t now = 100;
    bool irqs_on = true;
    unsigned halts = 0;
    bool woken_from_outside = false;
    std::function<void()> interrupt; // comes while the machine halts
};
State g;

struct Machine {
    struct IrqState {
        bool on;
    };
    static IrqState irq_save() {
        const bool was = g.irqs_on;
        g.irqs_on = false;
        return {was};
    }
    static void irq_restore(IrqState state) { g.irqs_on = state.on; }
    static uint64_t now() { return g.now; }
    static void idle(uint64_t deadline) {
        EXPECT_FALSE(g.irqs_on) << "a wake-up could be lost";
        g.halts++;
        if (g.interrupt)
            g.interrupt();
        else
            g.now = std::min(deadline, g.now + 10);
    }
    static bool may_be_woken() { return g.woken_from_outside; }
};
using Only = uk::SingleThread<Machine>;

class SingleThread : public testing::Test {
  protected:
    SingleThread() { g = {}; }
    ~SingleThread() override {
        EXPECT_TRUE(g.irqs_on);
        EXPECT_EQ(only_.thread().state(), uk::ThreadState::ready);
    }
    Only only_;
};

TEST_F(SingleThread, SleepsUntilTheDeadlineWhateverComes) {
    g.interrupt = [this] {
        EXPECT_EQ(only_.thread().state(), uk::ThreadState::sleeping);
        only_.unpark();
        g.now += 7;
    };
    only_.sleep_until(150);
    EXPECT_GE(g.now, 150u);
    EXPECT_EQ(g.halts, 8u);
    EXPECT_EQ(only_.park(kNever, {}), Wake::unparked) << "the permit was kept";
}

TEST_F(SingleThread, WhatIsOverDoesNotHalt) {
    only_.sleep_until(100);
    EXPECT_EQ(only_.park(0, {}), Wake::timed_out);
    only_.unpark();
    only_.unpark();
    EXPECT_EQ(only_.park(kNever, {}), Wake::unparked);
    EXPECT_EQ(only_.park(100, {}), Wake::timed_out) << "two count as one";
    EXPECT_EQ(g.halts, 0u);
}

TEST_F(SingleThread, AnInterruptEndsParking) {
    g.woken_from_outside = true;
    g.interrupt = [this] {
        EXPECT_EQ(only_.thread().state(), uk::ThreadState::parked);
        if (g.halts == 3)
            only_.unpark();
    };
    EXPECT_EQ(only_.park(kNever, {}), Wake::unparked);
    EXPECT_EQ(g.halts, 3u);
}

TEST_F(SingleThread, TheDeadlineEndsParking) {
    EXPECT_EQ(only_.park(200, {}), Wake::timed_out);
    EXPECT_EQ(g.now, 200u);
}

TEST_F(SingleThread, InterruptsStayOffForWhomTheyWere) {
    g.irqs_on = false;
    only_.sleep_until(150);
    EXPECT_FALSE(g.irqs_on);
    g.irqs_on = true;
}

TEST_F(SingleThread, SettingsAreChecked) {
    EXPECT_TRUE(only_.set_priority(3).ok());
    EXPECT_EQ(only_.set_priority(uk::kThreadPriorities).code(), uk::Errno::inval);
    EXPECT_EQ(only_.thread().priority, 3);
    EXPECT_TRUE(only_.set_affinity(5).ok());
    EXPECT_EQ(only_.set_affinity(2).code(), uk::Errno::inval);
    EXPECT_EQ(only_.thread().affinity(), 5u);
}

TEST_F(SingleThread, IsNeverFreed) {
    only_.thread().ref_retain();
    only_.thread().ref_release();
    EXPECT_STREQ(only_.thread().name(), "main");
}

TEST(SingleThreadDeath, NobodyCouldWakeIt) {
    g = {};
    Only only;
    EXPECT_DEATH((void)only.park(kNever, {"mutex"}), "the only thread waits");
    EXPECT_DEATH(only.sleep_until(kNever), "the only thread waits");
}

} // namespace
