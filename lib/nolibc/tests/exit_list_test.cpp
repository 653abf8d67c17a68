// SPDX-License-Identifier: BSD-3-Clause
// The list of what exit() calls, against a vector; and static objects among functions of atexit.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include <lib/nolibc/exit_list.hpp>

#include "nolibc.hpp"

extern "C" int nolibc___cxa_atexit(void (*function)(void*), void* argument, void* dso);

namespace {

struct Memory {
    static inline int blocks = 0;
    static inline bool none = false;
    static void* allocate(size_t bytes) {
        if (none) {
            return nullptr;
        }
        blocks++;
        return malloc(bytes);
    }
    static void deallocate(void* block) {
        blocks--;
        free(block);
    }
};

using List = nolibc::ExitList<Memory>;

void nothing(void* /*argument*/) {}

void* number(size_t n) {
    return reinterpret_cast<void*>(n);
}

TEST(ExitListTest, EmptyHasNothing) {
    List list;
    EXPECT_EQ(list.pop().function, nullptr);
    EXPECT_EQ(list.pop().function, nullptr);
}

TEST(ExitListTest, LikeAVector) {
    std::mt19937 random(4);
    List list;
    std::vector<size_t> model;
    for (size_t i = 1; i <= 20000; i++) {
        // Long runs of either kind, so that blocks come and go.
        if (random() % 8 < (i / 500 % 2 == 0 ? 6u : 2u)) {
            ASSERT_TRUE(list.push({nothing, number(i)}));
            model.push_back(i);
            continue;
        }
        const nolibc::ExitCall call = list.pop();
        if (model.empty()) {
            ASSERT_EQ(call.function, nullptr);
            continue;
        }
        ASSERT_EQ(call.function, nothing);
        ASSERT_EQ(call.argument, number(model.back()));
        model.pop_back();
    }
    while (list.pop().function != nullptr) {
    }
    EXPECT_EQ(Memory::blocks, 0);
}

TEST(ExitListTest, WithoutMemoryItHasRoomForWhatCDemands) {
    Memory::none = true;
    List list;
    for (size_t i = 0; i < 32; i++) {
        EXPECT_TRUE(list.push({nothing, number(i)}));
    }
    EXPECT_FALSE(list.push({nothing, nullptr}));
    Memory::none = false;
    EXPECT_TRUE(list.push({nothing, number(32)}));
    for (size_t i = 33; i-- > 0;) {
        EXPECT_EQ(list.pop().argument, number(i));
    }
    EXPECT_EQ(list.pop().function, nullptr);
}

void say(void* argument) {
    fprintf(stderr, "object %s\n", static_cast<const char*>(argument));
}

void say_and_make_another(void* argument) {
    say(argument);
    static char late[] = "made late";
    nolibc___cxa_atexit(say, late, nullptr);
}

TEST(ExitListDeathTest, ObjectsAndFunctionsTogetherBackwards) {
    static char one[] = "one";
    static char two[] = "two";
    EXPECT_EXIT(
        {
            nolibc___cxa_atexit(say, one, nullptr);
            nolibc_atexit([] { fprintf(stderr, "function\n"); });
            nolibc___cxa_atexit(say_and_make_another, two, nullptr);
            nolibc_exit(9);
        },
        testing::ExitedWithCode(9), "object two\nobject made late\nfunction\nobject one\n");
}

} // namespace
