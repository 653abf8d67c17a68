// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the direct map's lock, over threads that stand for CPUs.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include <uk/hal_binding/map_lock.hpp>

namespace {

thread_local unsigned t_cpu = 0;
thread_local bool t_irqs = true;

template <unsigned kCount>
struct TestMachine {
    static constexpr unsigned kCpus = kCount;
    static unsigned cpu() { return t_cpu; }
    static bool irq_save() { return std::exchange(t_irqs, false); }
    static void irq_restore(bool state) { t_irqs = state; }
    static void relax() { std::this_thread::yield(); }
};

using Lock = uk::hal::BasicMapLock<TestMachine<4>>;

TEST(MapLock, LetsOneCpuInAtATime) {
    Lock lock;
    unsigned count = 0; // the sanitizer sees who is not alone with it
    auto body = [&](unsigned cpu) {
        t_cpu = cpu;
        for (int i = 0; i < 2000; i++) {
            Lock::Guard held(lock);
            EXPECT_FALSE(t_irqs);
            count++;
        }
        EXPECT_TRUE(t_irqs);
    };
    std::vector<std::thread> cpus;
    for (unsigned cpu = 0; cpu < 4; cpu++)
        cpus.emplace_back(body, cpu);
    for (std::thread& cpu : cpus)
        cpu.join();
    EXPECT_EQ(count, 8000u);
}

// A fault in the middle, whose report needs a device: waiting for itself would hang the machine.
TEST(MapLock, LetsItsHolderIn) {
    Lock lock;
    bool done = false;
    std::thread other;
    {
        Lock::Guard outer(lock);
        { Lock::Guard inner(lock); }
        EXPECT_FALSE(t_irqs);
        other = std::thread([&] {
            t_cpu = 1;
            Lock::Guard held(lock);
            EXPECT_TRUE(done) << "the inner one released it";
        });
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        done = true;
    }
    EXPECT_TRUE(t_irqs);
    other.join();
}

TEST(MapLock, IsNothingForOneCpu) {
    uk::hal::BasicMapLock<TestMachine<1>> lock;
    uk::hal::BasicMapLock<TestMachine<1>>::Guard held(lock);
    EXPECT_TRUE(t_irqs);
}

} // namespace
