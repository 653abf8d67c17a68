// SPDX-License-Identifier: BSD-3-Clause
// Host tests: what every serial port driver does, against a model of its chip. A driver's test file
// is
//     struct Mine { using Chip = ...; using Uart = ...; static std::vector<Chip> variants(); };
//     INSTANTIATE_TYPED_TEST_SUITE_P(Mine, UartConformance, testing::Types<Mine>);
// where a Chip has `sent`, `incoming`, `drain_time`, `missing`, `stuck`, `overruns` and `accesses`.
#pragma once

#include <gtest/gtest.h>

#include <string>

template <class M>
class UartConformance : public testing::Test {
  protected:
    typename M::Chip chip_;

    typename M::Uart started(typename M::Chip& chip) {
        typename M::Uart uart{{&chip}};
        EXPECT_TRUE(uart.start());
        return uart;
    }
};

TYPED_TEST_SUITE_P(UartConformance);

TYPED_TEST_P(UartConformance, SendsEverythingWithoutOverrunningTheFifo) {
    std::string text;
    for (int i = 0; i < 1000; i++) {
        text.push_back(static_cast<char>(i));
    }
    for (auto chip : TypeParam::variants()) {
        for (int drain_time : {1, 2, 100}) {
            chip.sent.clear();
            chip.drain_time = drain_time;
            auto uart = this->started(chip);
            uart.write_all(text.data(), text.size());
            uart.write_all("x", 1);
            EXPECT_EQ(chip.sent, text + "x");
            EXPECT_EQ(chip.overruns, 0u);
        }
    }
}

TYPED_TEST_P(UartConformance, AsksTheStatusOncePerFifo) {
    auto& chip = this->chip_;
    chip.drain_time = 1;
    auto uart = this->started(chip);
    size_t before = chip.accesses;
    uart.write_all(std::string(160, 'a').data(), 160);
    EXPECT_LE(chip.accesses - before, 160u + 20u);
}

TYPED_TEST_P(UartConformance, ReadsWhatIsThere) {
    auto& chip = this->chip_;
    auto uart = this->started(chip);
    char bytes[4];
    EXPECT_EQ(uart.read_some(bytes, 4), 0u);
    chip.incoming = {'a', 'b', 'c', '\0', 'e'};
    EXPECT_EQ(uart.read_some(bytes, 4), 4u);
    EXPECT_EQ(std::string(bytes, 4), std::string("abc\0", 4));
    EXPECT_EQ(uart.read_some(bytes, 0), 0u);
    EXPECT_EQ(uart.read_some(bytes, 4), 1u);
    EXPECT_EQ(bytes[0], 'e');
}

TYPED_TEST_P(UartConformance, LeavesAnEmptyBusAlone) {
    auto& chip = this->chip_;
    chip.missing = true;
    typename TypeParam::Uart uart{{&chip}};
    EXPECT_FALSE(uart.start());
    size_t before = chip.accesses;
    char byte;
    uart.write_all("hello", 5);
    EXPECT_EQ(uart.read_some(&byte, 1), 0u);
    EXPECT_EQ(chip.accesses, before);
}

TYPED_TEST_P(UartConformance, GivesUpOnAPortThatStaysBusy) {
    auto& chip = this->chip_;
    auto uart = this->started(chip);
    chip.stuck = true;
    uart.write_all("hello", 5);
    EXPECT_EQ(chip.sent, "");
    size_t before = chip.accesses;
    uart.write_all("hello", 5); // no second wait
    EXPECT_EQ(chip.accesses, before);
}

REGISTER_TYPED_TEST_SUITE_P(UartConformance, SendsEverythingWithoutOverrunningTheFifo,
                            AsksTheStatusOncePerFifo, ReadsWhatIsThere, LeavesAnEmptyBusAlone,
                            GivesUpOnAPortThatStaysBusy);
