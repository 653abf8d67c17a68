// SPDX-License-Identifier: BSD-3-Clause
// Calendar and strftime against the host's in UTC; clocks and sleeping on the fake clock.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <random>
#include <string>

#include <uk/fakes/hal.hpp>
#include <uk/hal/clock.hpp>

#include "nolibc.hpp"

namespace {

std::mt19937_64 g_random(99);

time_t random_time(int i) {
    static const int kBits[] = {31, 33, 36, 40, 45, 50, 55, 56, 57, 63};
    time_t value = static_cast<time_t>(g_random() >> (64 - kBits[i % 10]));
    return i % 3 == 0 ? -value : value;
}

void expect_same(const tm& ours, const tm& theirs, long long when) {
    EXPECT_EQ(ours.tm_sec, theirs.tm_sec) << when;
    EXPECT_EQ(ours.tm_min, theirs.tm_min) << when;
    EXPECT_EQ(ours.tm_hour, theirs.tm_hour) << when;
    EXPECT_EQ(ours.tm_mday, theirs.tm_mday) << when;
    EXPECT_EQ(ours.tm_mon, theirs.tm_mon) << when;
    EXPECT_EQ(ours.tm_year, theirs.tm_year) << when;
    EXPECT_EQ(ours.tm_wday, theirs.tm_wday) << when;
    EXPECT_EQ(ours.tm_yday, theirs.tm_yday) << when;
    EXPECT_EQ(ours.tm_isdst, theirs.tm_isdst) << when;
}

TEST(Calendar, GmtimeIsTheHosts) {
    for (int i = 0; i < 200'000; i++) {
        time_t when = i < 1000 ? (i - 500) * 86'400L + i : random_time(i);
        tm ours{};
        tm theirs{};
        nolibc_errno = errno = 0;
        bool fits = nolibc_gmtime_r(&when, &ours) != nullptr;
        ASSERT_EQ(fits, gmtime_r(&when, &theirs) != nullptr) << when;
        ASSERT_EQ(nolibc_errno, errno);
        if (fits) {
            expect_same(ours, theirs, when);
            ASSERT_EQ(nolibc_timegm(&ours), when);
        }
    }
    for (time_t when : {INT64_MIN, INT64_MIN + 86'399, INT64_MAX, INT64_MAX - 86'399}) {
        tm ours{};
        EXPECT_EQ(nolibc_gmtime_r(&when, &ours), nullptr);
        EXPECT_EQ(nolibc_errno, EOVERFLOW);
    }
}

TEST(Calendar, TimegmBringsFieldsIntoRange) {
    for (int i = 0; i < 100'000; i++) {
        auto field = [&] {
            int value = static_cast<int>(g_random());
            return i % 4 == 0 ? value : value >> (i % 4 == 1 ? 8 : 20);
        };
        tm ours{};
        ours.tm_sec = field();
        ours.tm_min = field();
        ours.tm_hour = field();
        ours.tm_mday = field();
        ours.tm_mon = field();
        ours.tm_year = field();
        tm theirs = ours;
        time_t our_time = nolibc_timegm(&ours);
        ASSERT_EQ(our_time, timegm(&theirs)) << i;
        if (our_time != -1) {
            expect_same(ours, theirs, our_time);
        }
    }
}

std::string ours_formatted(const std::string& format, const tm& t) {
    char text[256];
    return {text, nolibc_strftime(text, sizeof(text), format.c_str(), &t)};
}

std::string theirs_formatted(const std::string& format, const tm& t) {
    char text[256];
    return {text, strftime(text, sizeof(text), format.c_str(), &t)};
}

TEST(Strftime, EveryConversionIsTheHosts) {
    setenv("TZ", "UTC", 1);
    tzset();
    const std::string conversions = "aAbBcCdDeFgGhHIjklmMnprPRsStTuUVwWxXyYz%";
    for (int i = 0; i < 3'000; i++) {
        // Years 1000 to 9999: outside, libraries pad differently.
        time_t when = -30'610'224'000 + static_cast<time_t>(g_random() % 284'012'568'000);
        if (i < 2000) { // around new year, for the weeks
            tm edge{};
            edge.tm_year = 60 + i / 10;
            edge.tm_mday = i % 10 - 4;
            when = timegm(&edge);
        }
        tm t{};
        gmtime_r(&when, &t);
        for (char conversion : conversions) {
            std::string format = std::string("<%") + conversion + ">";
            ASSERT_EQ(ours_formatted(format, t), theirs_formatted(format, t)) << when;
        }
        ASSERT_EQ(ours_formatted("%Ey %Od %A, %%%j", t), theirs_formatted("%Ey %Od %A, %%%j", t));
    }
}

TEST(Strftime, OddInput) {
    tm t{};
    t.tm_mday = 1;
    char text[8];
    EXPECT_EQ(nolibc_strftime(text, 8, "%H:%M:%S", &t), 0U); // eight characters and the NUL
    EXPECT_EQ(nolibc_strftime(text, 8, "%H:%M:", &t), 6U);
    EXPECT_STREQ(text, "00:00:");
    EXPECT_EQ(nolibc_strftime(text, 0, "", &t), 0U);
    EXPECT_EQ(ours_formatted("%Q %", t), "%Q %");
    EXPECT_EQ(ours_formatted("%Z", t), "UTC");
    t.tm_wday = 7;
    t.tm_mon = -1;
    EXPECT_EQ(ours_formatted("%a %B", t), "? ?");
    for (int i = 0; i < 1000; i++) { // any garbage: no crash, no overflow
        for (size_t b = 0; b < offsetof(tm, tm_gmtoff); b++) {
            reinterpret_cast<unsigned char*>(&t)[b] = static_cast<unsigned char>(g_random());
        }
        ours_formatted("%aAb%C%d%D%e%F%g%G%I%j%k%l%m%p%r%s%u%U%V%w%W%y%Y%z%c", t);
    }
}

TEST(Asctime, IsTheHosts) {
    time_t when = 1'000'000'000;
    char ours[26];
    char theirs[26];
    EXPECT_STREQ(nolibc_ctime_r(&when, ours), ctime_r(&when, theirs));
    tm t{};
    t.tm_year = 10'000 - 1900;
    EXPECT_EQ(nolibc_asctime_r(&t, ours), nullptr);
    EXPECT_EQ(nolibc_errno, EOVERFLOW);
    EXPECT_EQ(nolibc_difftime(INT64_MAX, INT64_MIN), 18446744073709551615.0);
    EXPECT_EQ(nolibc_difftime(1, 3), -2.0);
}

TEST(Clock, ReadsThePlatforms) {
    timespec now{};
    uk::fakes::clock_set(5'000'000'007);
    EXPECT_EQ(nolibc_clock_gettime(CLOCK_MONOTONIC, &now), 0);
    EXPECT_EQ(now.tv_sec, 5);
    EXPECT_EQ(now.tv_nsec, 7);
    EXPECT_EQ(nolibc_clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now), -1);
    EXPECT_EQ(nolibc_errno, EINVAL);
    uk::fakes::clock_set_wall(0); // there is none
    EXPECT_EQ(nolibc_clock_gettime(CLOCK_REALTIME, &now), -1);
    EXPECT_EQ(nolibc_errno, ENODEV);
    EXPECT_EQ(nolibc_time(nullptr), -1);
    EXPECT_EQ(nolibc_timespec_get(&now, TIME_UTC), 0);
    timeval tv{};
    EXPECT_EQ(nolibc_gettimeofday(&tv, nullptr), -1);
    uk::fakes::clock_set_wall(1'600'000'000'123'456'789);
    EXPECT_EQ(nolibc_time(nullptr), 1'600'000'000);
    EXPECT_EQ(nolibc_gettimeofday(&tv, nullptr), 0);
    EXPECT_EQ(tv.tv_usec, 123'456);
    EXPECT_EQ(nolibc_clock_getres(CLOCK_REALTIME, &now), 0);
    EXPECT_EQ(now.tv_nsec, 1);
}

TEST(Sleep, LastsAtLeastAsLong) {
    uk::fakes::clock_set(100);
    timespec wanted{.tv_sec = 1, .tv_nsec = 500};
    timespec left{.tv_sec = 9, .tv_nsec = 9};
    EXPECT_EQ(nolibc_nanosleep(&wanted, &left), 0);
    EXPECT_EQ(uk::hal::clock_monotonic_ns(), 1'000'000'600U);
    EXPECT_EQ(left.tv_sec + left.tv_nsec, 0);
    EXPECT_EQ(nolibc_usleep(2'000'001), 0);
    EXPECT_EQ(uk::hal::clock_monotonic_ns(), 3'000'001'600U);
    EXPECT_EQ(nolibc_sleep(4), 0U);
    EXPECT_EQ(uk::hal::clock_monotonic_ns(), 7'000'001'600U);
    wanted = {.tv_sec = 0, .tv_nsec = 1'000'000'000};
    EXPECT_EQ(nolibc_nanosleep(&wanted, nullptr), -1);
    EXPECT_EQ(nolibc_errno, EINVAL);
    wanted = {.tv_sec = -1, .tv_nsec = 0};
    EXPECT_EQ(nolibc_nanosleep(&wanted, nullptr), -1);
    wanted = {.tv_sec = INT64_MAX, .tv_nsec = 0};
    EXPECT_EQ(nolibc_nanosleep(&wanted, nullptr), 0);
    EXPECT_EQ(uk::hal::clock_monotonic_ns(), UINT64_MAX);
}

} // namespace
