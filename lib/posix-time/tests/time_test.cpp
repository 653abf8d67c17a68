// SPDX-License-Identifier: BSD-3-Clause
// Times as Linux writes them.
#include <uk/posix/time.hpp>

#include <random>

#include <gtest/gtest.h>

namespace {

using namespace uk::posix;

TEST(PosixTime, TurnsNanosecondsIntoStructuresAndBack) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 10'000; i++) {
        const uint64_t ns = random() >> (random() % 64);
        EXPECT_EQ(to_ns(to_timespec(ns)).take(), ns);
        EXPECT_EQ(to_ns(to_timeval(ns)).take(), ns / 1000 * 1000);
    }
}

TEST(PosixTime, RefusesTimesThatAreNone) {
    for (int64_t part : {int64_t{-1}, int64_t{1'000'000'000}, INT64_MAX, INT64_MIN})
        EXPECT_EQ(to_ns(uk_timespec{1, part}).code(), uk::Errno::inval);
    for (int64_t part : {int64_t{-1}, int64_t{1'000'000}, INT64_MAX, INT64_MIN})
        EXPECT_EQ(to_ns(uk_timeval{1, part}).code(), uk::Errno::inval);
    EXPECT_EQ(to_ns(uk_timespec{-1, 0}).code(), uk::Errno::inval);
}

TEST(PosixTime, TakesWhatDoesNotFitForNever) {
    EXPECT_EQ(to_ns(uk_timespec{INT64_MAX, 999'999'999}).take(), ~uint64_t{0});
    EXPECT_EQ(to_ns(uk_timespec{18'446'744'073, 709'551'615}).take(), ~uint64_t{0});
    EXPECT_EQ(to_ns(uk_timespec{18'446'744'073, 709'551'616}).take(), ~uint64_t{0});
    EXPECT_EQ(add_ns(~uint64_t{0}, 5), ~uint64_t{0});
    EXPECT_EQ(add_ns(3, 4), 7U);
}

} // namespace
