// SPDX-License-Identifier: BSD-3-Clause
// The guard of a local static object: its states one by one, and threads that meet at it.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

#include <lib/ukcxx/guard.hpp>

namespace {

using uk::cxx::Guard;
using Turn = Guard::Turn;

constexpr uintptr_t kOne = 0xffff'ffff'8012'3400; // addresses, as of Thread objects
constexpr uintptr_t kOther = 0xffff'ffff'8012'3440;

// What compiled code looks at before it calls anything.
unsigned char first_byte(const Guard& guard) {
    unsigned char byte = 0;
    memcpy(&byte, &guard, 1);
    return byte;
}

TEST(GuardTest, OneMakesAndOthersFindIt) {
    Guard guard;
    EXPECT_EQ(first_byte(guard), 0);
    EXPECT_FALSE(guard.is_being_made());
    EXPECT_EQ(guard.enter(kOne), Turn::make);
    guard.made();
    EXPECT_NE(first_byte(guard), 0);
    EXPECT_FALSE(guard.is_being_made());
    EXPECT_EQ(guard.enter(kOne), Turn::made);
    EXPECT_EQ(guard.enter(kOther), Turn::made);
}

TEST(GuardTest, OthersWaitWhileItIsMade) {
    for (const uintptr_t self : {kOne, uintptr_t{0}, uintptr_t{0x400000}}) {
        Guard guard;
        ASSERT_EQ(guard.enter(self), Turn::make);
        EXPECT_EQ(first_byte(guard), 0) << "compiled code would take it for made";
        EXPECT_TRUE(guard.is_being_made());
        EXPECT_EQ(guard.enter(kOther), Turn::wait);
        EXPECT_EQ(guard.enter(self), Turn::circular);
        EXPECT_EQ(guard.enter(kOther), Turn::wait);
    }
}

TEST(GuardTest, AfterOneGaveUpTheNextTries) {
    Guard guard;
    ASSERT_EQ(guard.enter(kOne), Turn::make);
    guard.given_up();
    EXPECT_EQ(first_byte(guard), 0);
    EXPECT_FALSE(guard.is_being_made());
    EXPECT_EQ(guard.enter(kOther), Turn::make);
    EXPECT_EQ(guard.enter(kOne), Turn::wait);
    guard.made();
    EXPECT_EQ(guard.enter(kOne), Turn::made);
}

// Under ThreadSanitizer this also shows that whoever finds an object sees all of it.
TEST(GuardTest, ThreadsMakeEachObjectOnce) {
    constexpr size_t kObjects = 500;
    constexpr unsigned kThreads = 4;
    std::array<Guard, kObjects> guards;
    std::array<unsigned, kObjects> made{}; // guarded by guards
    auto meet = [&](uintptr_t self) {
        for (size_t i = 0; i < kObjects; i++) {
            for (Turn turn = Turn::wait; turn != Turn::made;) {
                turn = guards[i].enter(self);
                ASSERT_NE(turn, Turn::circular);
                if (turn == Turn::make) {
                    if ((self + i) % 3 == 0) {
                        guards[i].given_up();
                        self++;
                        continue;
                    }
                    made[i]++;
                    guards[i].made();
                } else if (turn == Turn::wait) {
                    std::this_thread::yield();
                }
            }
            ASSERT_EQ(made[i], 1u);
        }
    };
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < kThreads; i++) {
        threads.emplace_back(meet, 0x10000u * (i + 1));
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
}

} // namespace
