// SPDX-License-Identifier: BSD-3-Clause
// The table of interrupt lines: who is called, masks, lines that nobody answers for, and one thread
// that attaches and detaches while another one interrupts.
#include <uk/fakes/effort.hpp>
#include <uk/intctlr/irq_table.hpp>

#include <mutex>
#include <set>
#include <thread>

#include <gtest/gtest.h>

namespace {

using uk::Errno;
using uk::hal::IrqAction;
using uk::hal::kMostUnansweredIrqs;

struct TestLock {
    std::mutex mutex;
    int lock() {
        mutex.lock();
        return 0;
    }
    void unlock(int /*state*/) { mutex.unlock(); }
};

struct Controller {
    std::set<uint32_t> open;
    unsigned repeats = 0;
    bool keeps = true;
    Errno refuses = Errno::ok;
};
struct Chip {
    Controller* controller;
    uk::Result<> open(uint32_t number) const {
        if (controller->refuses != Errno::ok) {
            return controller->refuses;
        }
        controller->open.insert(number);
        return {};
    }
    void close(uint32_t number) const { controller->open.erase(number); }
    bool keeps(uint32_t /*number*/) const { return controller->keeps; }
    void repeat(uint32_t /*number*/) const { controller->repeats++; }
};
using Table = uk::intctlr::IrqTable<Chip, TestLock>;

struct Device {
    unsigned calls = 0;
    bool answers = true;
    IrqAction action{called, this};
    static bool called(void* self) {
        auto* device = static_cast<Device*>(self);
        device->calls++;
        return device->answers;
    }
};

class IrqTable : public testing::Test {
  protected:
    Controller controller;
    Table table{Chip{&controller}};
    bool is_open(uint32_t number) { return controller.open.count(number) != 0; }
};

TEST_F(IrqTable, TheFirstOpensTheLastCloses) {
    Device a, b;
    ASSERT_TRUE(table.attach(7, a.action).ok());
    EXPECT_TRUE(is_open(7));
    ASSERT_TRUE(table.attach(7, b.action).ok());
    EXPECT_TRUE(table.take(7));
    EXPECT_FALSE(table.take(8));
    EXPECT_EQ(a.calls, 1u);
    EXPECT_EQ(b.calls, 1u);
    table.detach(7, a.action);
    EXPECT_TRUE(is_open(7));
    table.take(7);
    EXPECT_EQ(a.calls, 1u);
    EXPECT_EQ(b.calls, 2u);
    table.detach(7, b.action);
    EXPECT_FALSE(is_open(7));
    table.take(7);
    EXPECT_EQ(b.calls, 2u);
}

TEST_F(IrqTable, ALineThatCannotBeOpened) {
    Device device;
    controller.refuses = Errno::inval;
    EXPECT_EQ(table.attach(7, device.action).code(), Errno::inval);
    table.take(7);
    EXPECT_EQ(device.calls, 0u);
    controller.refuses = Errno::ok;
    EXPECT_TRUE(table.attach(7, device.action).ok());
    EXPECT_TRUE(is_open(7));
}

TEST_F(IrqTable, MasksNestAndRemember) {
    Device device;
    ASSERT_TRUE(table.attach(7, device.action).ok());
    table.mask(7);
    table.mask(7);
    EXPECT_FALSE(is_open(7));
    table.take(7); // was on its way
    EXPECT_EQ(device.calls, 0u);
    table.unmask(7);
    EXPECT_FALSE(is_open(7));
    EXPECT_EQ(controller.repeats, 0u);
    table.unmask(7);
    EXPECT_TRUE(is_open(7));
    EXPECT_EQ(controller.repeats, 1u);
    table.mask(7);
    table.unmask(7);
    EXPECT_EQ(controller.repeats, 1u) << "nothing came";
}

TEST_F(IrqTable, WhatAControllerForgetsIsNotClosedByAMask) {
    Device device;
    controller.keeps = false;
    ASSERT_TRUE(table.attach(7, device.action).ok());
    table.mask(7);
    EXPECT_TRUE(is_open(7));
    table.take(7);
    EXPECT_EQ(device.calls, 0u);
    table.unmask(7);
    EXPECT_EQ(controller.repeats, 1u);
    table.mask(7);
    table.detach(7, device.action);
    EXPECT_FALSE(is_open(7));
}

TEST_F(IrqTable, AMaskEndsWithItsOwner) {
    Device device;
    ASSERT_TRUE(table.attach(7, device.action).ok());
    table.mask(7);
    table.detach(7, device.action);
    ASSERT_TRUE(table.attach(7, device.action).ok());
    table.take(7);
    EXPECT_EQ(device.calls, 1u);
}

TEST_F(IrqTable, ALineThatNobodyAnswersForIsClosed) {
    Device device;
    device.answers = false;
    ASSERT_TRUE(table.attach(7, device.action).ok());
    for (unsigned i = 1; i < kMostUnansweredIrqs; i++) {
        table.take(7);
    }
    device.answers = true;
    table.take(7);
    device.answers = false;
    for (unsigned i = 1; i < kMostUnansweredIrqs; i++) {
        table.take(7);
    }
    EXPECT_TRUE(is_open(7)) << "one answer was among them";
    table.take(7);
    EXPECT_FALSE(is_open(7));
    table.take(7);
    EXPECT_EQ(device.calls, 2 * kMostUnansweredIrqs);
    table.mask(7);
    table.unmask(7);
    EXPECT_FALSE(is_open(7)) << "masks do not mend it";
    Device other;
    ASSERT_TRUE(table.attach(7, other.action).ok());
    EXPECT_TRUE(is_open(7));
    table.take(7);
    EXPECT_EQ(other.calls, 1u);
}

TEST_F(IrqTable, ManyLinesOneAfterTheOther) {
    Device devices[Table::kMostLines + 1];
    for (unsigned i = 0; i < Table::kMostLines; i++) {
        ASSERT_TRUE(table.attach(1000 + i, devices[i].action).ok());
    }
    IrqAction& more = devices[Table::kMostLines].action;
    EXPECT_EQ(table.attach(1, more).code(), Errno::nospc);
    table.detach(1005, devices[5].action);
    EXPECT_TRUE(table.attach(1, more).ok());
    table.take(1);
    table.take(1005);
    EXPECT_EQ(devices[Table::kMostLines].calls, 1u);
    EXPECT_EQ(devices[5].calls, 0u);
}

TEST_F(IrqTable, AfterDetachNoHandlerRuns) {
    struct Alive {
        std::atomic<bool> alive{false};
        std::atomic<unsigned> calls{0}, late{0};
        IrqAction action{called, this};
        static bool called(void* self) {
            auto* me = static_cast<Alive*>(self);
            me->late += me->alive ? 0 : 1;
            std::this_thread::yield();
            me->late += me->alive ? 0 : 1;
            me->calls++;
            return true;
        }
    };
    Alive stays, goes;
    stays.alive = true;
    ASSERT_TRUE(table.attach(7, stays.action).ok());
    std::atomic<bool> stop{false};
    std::thread interrupts([&] {
        while (!stop) {
            table.take(7);
        }
    });
    while (stays.calls == 0) {
        std::this_thread::yield();
    }
    const int rounds = uk::fakes::kOnlyThreads ? 40 : 200;
    for (int i = 0; i < rounds; i++) {
        goes.alive = true;
        EXPECT_TRUE(table.attach(7, goes.action).ok());
        if (i % 8 == 0) {
            std::this_thread::yield();
        }
        table.detach(7, goes.action);
        goes.alive = false;
    }
    stop = true;
    interrupts.join();
    EXPECT_EQ(goes.late, 0u);
    EXPECT_GT(stays.calls, 0u);
}

TEST(IrqTableDeath, OfWhatWasNeverAttached) {
    Controller controller;
    Table table{Chip{&controller}};
    Device device, other;
    EXPECT_DEATH(table.detach(7, device.action), "");
    ASSERT_TRUE(table.attach(7, device.action).ok());
    EXPECT_DEATH(table.detach(7, other.action), "");
}

} // namespace
