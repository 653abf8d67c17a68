// SPDX-License-Identifier: BSD-3-Clause
// The ends of a program, its environment, jumps, and the stateful string functions.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <random>
#include <string>

#include <uk/fakes/hal.hpp>
#include <uk/init.hpp>

#include "nolibc.hpp"

namespace {

// --- ends ---------------------------------------------------------------------------------------

void say_console() {
    fprintf(stderr, "console '%s'\n", uk::fakes::console_output().c_str());
}

void first_handler() {
    fprintf(stderr, "first\n");
}

void second_handler() {
    fprintf(stderr, "second\n");
    nolibc_printf("from the handler");
    nolibc_atexit([] { fprintf(stderr, "added late\n"); });
}

TEST(ExitDeathTest, RunsHandlersBackwards) {
    EXPECT_EXIT(
        {
            nolibc_atexit(first_handler);
            nolibc_atexit(second_handler);
            nolibc_exit(3);
        },
        testing::ExitedWithCode(3), "second\nadded late\nfirst\ndestructors\nuk_exit\\(3\\)");
}

TEST(ExitDeathTest, AnEndWithoutExitStillWritesBuffers) {
    EXPECT_EXIT(
        {
            uk::InitProgress progress;
            if (!uk::run_init(uk::init_table(), uk::InitLevel::early, uk::InitLevel::late, nullptr,
                              &progress)
                     .ok()) {
                _exit(99);
            }
            uk::fakes::console_clear();
            nolibc_atexit(first_handler);
            nolibc_printf("no newline");
            uk::run_term(uk::init_table(), progress);
            say_console();
            _exit(progress.done == 0 ? 4 : 5);
        },
        testing::ExitedWithCode(4), "^console 'no newline'");
}

TEST(ExitDeathTest, QuickExitDoesNeither) {
    EXPECT_EXIT(
        {
            nolibc_atexit(first_handler);
            nolibc__exit(6);
        },
        testing::ExitedWithCode(6), "^uk_exit\\(6\\)\n$");
}

TEST(ExitDeathTest, AbortAndAssertPanic) {
    EXPECT_DEATH(nolibc_abort(), "abort\\(\\) called");
    EXPECT_DEATH(nolibc___assert_fail("a == b", "f.c", 12, "fun"),
                 "f.c:12: fun: assertion failed: a == b");
}

TEST(AtexitDeathTest, WithoutMemoryRefusesTheThirtyThird) {
    EXPECT_EXIT(
        {
            fake_heap_fail_after(0);
            for (int i = 0; i < 32; i++) {
                if (nolibc_atexit(first_handler) != 0) {
                    _exit(1);
                }
            }
            _exit(nolibc_atexit(first_handler) == -1 ? 0 : 2);
        },
        testing::ExitedWithCode(0), "");
}

// --- environment --------------------------------------------------------------------------------

std::map<std::string, std::string> environment() {
    std::map<std::string, std::string> result;
    for (char** p = nolibc_environ; p != nullptr && *p != nullptr; p++) {
        const char* equals = strchr(*p, '=');
        result[std::string(*p, static_cast<size_t>(equals - *p))] = equals + 1;
    }
    return result;
}

TEST(Environment, BehavesAsAMap) {
    std::mt19937 random(5);
    char* given[] = {const_cast<char*>("A=given"), const_cast<char*>("AB=too"), nullptr};
    char own[] = "B=own";
    nolibc_environ = given;
    std::map<std::string, std::string> model = environment();
    const std::string names[] = {"A", "B", "AB", "C", "D", "LONGER_NAME",
                                 "E", "F", "G",  "H", "I", "J"};
    for (int i = 0; i < 20'000; i++) {
        const std::string& name = names[random() % 12];
        std::string value = std::string(random() % 20, 'v') + std::to_string(i);
        switch (random() % 8) {
        case 0:
        case 1:
            ASSERT_EQ(nolibc_unsetenv(name.c_str()), 0);
            model.erase(name);
            break;
        case 2:
            ASSERT_EQ(nolibc_setenv(name.c_str(), value.c_str(), 0), 0);
            model.emplace(name, value);
            break;
        case 3:
            ASSERT_EQ(nolibc_putenv(own), 0);
            model["B"] = "own";
            break;
        case 4:
            if (random() % 100 == 0) {
                ASSERT_EQ(nolibc_clearenv(), 0);
                model.clear();
            } else if (random() % 100 == 0) {
                nolibc_clearenv();
                nolibc_environ = random() % 2 == 0 ? given : nullptr;
                model = environment();
            }
            break;
        default:
            ASSERT_EQ(nolibc_setenv(name.c_str(), value.c_str(), 1), 0);
            model[name] = value;
            break;
        }
        ASSERT_EQ(environment(), model);
        const char* found = nolibc_getenv(name.c_str());
        ASSERT_EQ(found != nullptr, model.count(name) == 1);
        if (found != nullptr) {
            ASSERT_EQ(found, model[name]);
        }
    }
    nolibc_clearenv();
}

TEST(Environment, RefusesBadNames) {
    nolibc_clearenv();
    for (const char* name : {"", "=", "a=b", "=x"}) {
        nolibc_errno = 0;
        EXPECT_EQ(nolibc_setenv(name, "v", 1), -1) << name;
        EXPECT_EQ(nolibc_errno, EINVAL);
        EXPECT_EQ(nolibc_unsetenv(name), -1) << name;
        EXPECT_EQ(nolibc_getenv(name), nullptr) << name;
    }
    EXPECT_EQ(nolibc_setenv(nullptr, "v", 1), -1);
    char bad[] = "=x";
    EXPECT_EQ(nolibc_putenv(bad), -1);
}

TEST(Environment, FailuresChangeNothing) {
    nolibc_clearenv();
    for (long k = 0; k < 2; k++) {
        fake_heap_fail_after(k);
        EXPECT_EQ(nolibc_setenv("NAME", "value", 1), -1);
        EXPECT_EQ(nolibc_errno, ENOMEM);
        fake_heap_fail_after(-1);
        EXPECT_EQ(nolibc_getenv("NAME"), nullptr);
    }
    EXPECT_EQ(nolibc_setenv("NAME", "value", 1), 0);
    nolibc_clearenv();
}

// --- jumps --------------------------------------------------------------------------------------

unsigned long g_jump[8];

// Not watched: AddressSanitizer knows only the host's longjmp, which tells it of the frames left.
[[gnu::noinline, gnu::no_sanitize_address]] void jump_deep(int depth, int value) {
    volatile char room[256];
    room[0] = static_cast<char>(depth);
    if (depth == 0) {
        nolibc_longjmp(g_jump, value);
    }
    if (depth > 0) {
        jump_deep(depth - 1, value);
    }
    room[1] = room[0];
}

TEST(Setjmp, ComesBackWithTheValue) {
    volatile int calls = 0;
    int result = nolibc_setjmp(g_jump);
    calls = calls + 1;
    if (calls == 1) {
        EXPECT_EQ(result, 0);
        jump_deep(20, 77);
    }
    if (calls == 2) {
        EXPECT_EQ(result, 77);
        jump_deep(3, 0);
    }
    EXPECT_EQ(result, 1);
    EXPECT_EQ(calls, 3);
}

// --- strings ------------------------------------------------------------------------------------

TEST(Strerror, IsTheHosts) {
    for (int number = -1; number < 140; number++) {
        EXPECT_STREQ(nolibc_strerror(number), strerror(number));
    }
    char text[10];
    EXPECT_EQ(nolibc_strerror_r(ENOENT, text, sizeof(text)), ERANGE);
    EXPECT_STREQ(text, "No such f");
    char whole[80];
    EXPECT_EQ(nolibc_strerror_r(1000, whole, sizeof(whole)), EINVAL);
    EXPECT_STREQ(whole, "Unknown error 1000");
}

TEST(Strings, StateAndHeap) {
    char text[] = ",a,,bc,";
    EXPECT_STREQ(nolibc_strtok(text, ","), "a");
    EXPECT_STREQ(nolibc_strtok(nullptr, ","), "bc");
    EXPECT_EQ(nolibc_strtok(nullptr, ","), nullptr);
    char* copy = nolibc_strdup("copy");
    EXPECT_STREQ(copy, "copy");
    nolibc_free(copy);
    const char unended[] = {'a', 'b', 'c'};
    copy = nolibc_strndup(unended, 3);
    EXPECT_STREQ(copy, "abc");
    nolibc_free(copy);
    char small[3] = "xy";
    EXPECT_EQ(nolibc_strxfrm(small, "abc", 3), 3U);
    EXPECT_EQ(nolibc_strxfrm(small, "ab", 3), 2U);
    EXPECT_STREQ(small, "ab");
    EXPECT_EQ(nolibc_ffsll(1LL << 40), 41);
}

} // namespace
