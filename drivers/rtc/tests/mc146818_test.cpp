// SPDX-License-Identifier: BSD-3-Clause
// The PC's wall clock in all its formats, while it changes, and where there is none.
#include <uk/rtc/mc146818.hpp>

#include <ctime>
#include <random>

#include <gtest/gtest.h>

namespace {

using uk::Errno;
using uk::rtc::Date;
using uk::rtc::Mc146818;
using uk::rtc::seconds_since_1970;

struct Chip {
    time_t time = 0;
    bool binary = false;
    bool hours_24 = true;
    bool present = true;
    bool stuck = false;
    bool keeps_century = true;
    int reads = 0;
    int tick_at = -1; // the second changes at this read, after 3 in which it says so
    uint8_t index = 0;

    uint8_t number(int value) const {
        return static_cast<uint8_t>(binary ? value : value / 10 << 4 | value % 10);
    }
    uint8_t value() {
        reads++;
        if (!present) {
            return 0xff;
        }
        if (reads == tick_at) {
            time++;
        }
        tm t{};
        gmtime_r(&time, &t);
        switch (index) {
        case 0:
            return number(t.tm_sec);
        case 2:
            return number(t.tm_min);
        case 4:
            return hours_24 ? number(t.tm_hour)
                            : static_cast<uint8_t>(number((t.tm_hour + 11) % 12 + 1) |
                                                   (t.tm_hour >= 12 ? 0x80 : 0));
        case 7:
            return number(t.tm_mday);
        case 8:
            return number(t.tm_mon + 1);
        case 9:
            return number(t.tm_year % 100);
        case 0x0a:
            return stuck || (reads < tick_at && reads >= tick_at - 3) ? 0xa6 : 0x26;
        case 0x0b:
            return static_cast<uint8_t>((binary ? 4 : 0) | (hours_24 ? 2 : 0));
        case 0x32:
            return keeps_century ? number((t.tm_year + 1900) / 100) : 0;
        default:
            return 0;
        }
    }
};

struct Io {
    Chip* chip;
    template <class T>
    T read(uint32_t offset) {
        return offset == 1 ? static_cast<T>(chip->value()) : static_cast<T>(0xff);
    }
    template <class T>
    void write(uint32_t offset, T value) {
        if (offset == 0) {
            chip->index = value;
        }
    }
};

uint64_t read(Chip& chip, uint8_t century = 0x32) {
    return Mc146818<Io>(Io{&chip}, century).read_seconds().value_or(uint64_t{0});
}

TEST(Calendar, AgreesWithTheHost) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 200'000; i++) {
        auto time = static_cast<time_t>(random() % 16'000'000'000); // to the year 2477
        tm t{};
        gmtime_r(&time, &t);
        Date date{static_cast<unsigned>(t.tm_year) + 1900, static_cast<unsigned>(t.tm_mon) + 1,
                  static_cast<unsigned>(t.tm_mday),        static_cast<unsigned>(t.tm_hour),
                  static_cast<unsigned>(t.tm_min),         static_cast<unsigned>(t.tm_sec)};
        ASSERT_EQ(seconds_since_1970(date).value_or(0U), static_cast<uint64_t>(time));
    }
}

TEST(Calendar, RefusesWhatIsNoDate) {
    for (Date bad :
         {Date{1969, 1, 1, 0, 0, 0}, Date{2000, 0, 1, 0, 0, 0}, Date{2000, 13, 1, 0, 0, 0},
          Date{2000, 1, 0, 0, 0, 0}, Date{2023, 2, 29, 0, 0, 0}, Date{2100, 2, 29, 0, 0, 0},
          Date{2000, 1, 1, 24, 0, 0}, Date{2000, 1, 1, 0, 60, 0}, Date{2000, 1, 1, 0, 0, 61}}) {
        EXPECT_EQ(seconds_since_1970(bad).code(), Errno::nodev);
    }
    EXPECT_EQ(seconds_since_1970(Date{2000, 2, 29, 0, 0, 0}).value_or(0U), 951782400U);
}

TEST(Mc146818, ReadsEveryFormat) {
    for (bool binary : {false, true}) {
        for (bool hours_24 : {false, true}) {
            for (time_t time :
                 {0L, 946684799L, 951827696L, 1700000000L, 4102444800L, 4107542400L}) {
                for (int hour = 0; hour < 24; hour++) {
                    Chip chip{.time = time + hour * 3600, .binary = binary, .hours_24 = hours_24};
                    ASSERT_EQ(read(chip), static_cast<uint64_t>(chip.time));
                }
            }
        }
    }
}

TEST(Mc146818, GuessesACenturyThatIsNotKept) {
    Chip chip{.time = 1700000000, .keeps_century = false};
    EXPECT_EQ(read(chip), 1700000000U);
    EXPECT_EQ(read(chip, 0), 1700000000U);
    chip.time = 800000000; // 1995
    EXPECT_EQ(read(chip), 800000000U);
}

// The second changes during any of the reads: the answer is the time before or after, never a
// mixture.
TEST(Mc146818, IsNeverCaughtByAnUpdate) {
    for (int at = 1; at < 60; at++) {
        Chip chip{.time = 946684799, .tick_at = at}; // 1999-12-31T23:59:59
        uint64_t seconds = read(chip);
        EXPECT_TRUE(seconds == 946684799 || seconds == 946684800) << at << " " << seconds;
    }
}

TEST(Mc146818, GivesUpWhereThereIsNone) {
    Chip chip{.present = false};
    EXPECT_EQ(Mc146818<Io>(Io{&chip}).read_seconds().code(), Errno::nodev);
    Chip stuck{.stuck = true};
    EXPECT_EQ(Mc146818<Io>(Io{&stuck}).read_seconds().code(), Errno::nodev);
}

} // namespace
