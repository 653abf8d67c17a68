// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the PL031 driver against a model of the chip.
#include <uk/rtc/pl031.hpp>

#include <gtest/gtest.h>

namespace {

using uk::Errno;

struct Chip {
    uint32_t seconds = 0;
    uint32_t control = 1;
    bool missing = false;
};

struct Io {
    Chip* chip;
    template <class T>
    T read(uint32_t offset) {
        static_assert(sizeof(T) == 4, "the registers are 32 bits wide");
        if (chip->missing) {
            return ~T{0};
        }
        EXPECT_TRUE(offset == 0 || offset == 0xc) << offset;
        return offset == 0 ? chip->seconds : chip->control;
    }
};

using Rtc = uk::rtc::Pl031<Io>;

TEST(Pl031, TellsTheSecondsPast2038) {
    for (uint32_t seconds : {1U, 1'700'000'000U, 0x80000000U, 0xfffffffeU}) {
        Chip chip{.seconds = seconds};
        EXPECT_EQ(Rtc(Io{&chip}).read_seconds().value_or(0U), uint64_t{seconds});
    }
}

TEST(Pl031, SaysThatNobodySetIt) {
    Chip never_set;
    EXPECT_EQ(Rtc(Io{&never_set}).read_seconds().code(), Errno::nodev);
    Chip stopped{.seconds = 1'700'000'000, .control = 0};
    EXPECT_EQ(Rtc(Io{&stopped}).read_seconds().code(), Errno::nodev);
    Chip missing{.missing = true};
    EXPECT_EQ(Rtc(Io{&missing}).read_seconds().code(), Errno::nodev);
}

} // namespace
