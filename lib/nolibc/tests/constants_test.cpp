// SPDX-License-Identifier: BSD-3-Clause
// Numbers, sizes and layouts of the headers against the host's: the Linux ABI.
#include <gtest/gtest.h>

#include "constants.inc"

namespace {

TEST(Constants, AreTheHosts) {
    ASSERT_EQ(nolibc_number_count, sizeof(kNumbers) / sizeof(kNumbers[0]));
    for (size_t i = 0; i < nolibc_number_count; i++) {
        EXPECT_STREQ(nolibc_numbers[i].name, kNumbers[i].name);
        EXPECT_EQ(nolibc_numbers[i].value, kNumbers[i].value) << kNumbers[i].name;
    }
}

TEST(Constants, FormatsAreTheHosts) {
    for (size_t i = 0; i < sizeof(kTexts) / sizeof(kTexts[0]); i++) {
        EXPECT_STREQ(nolibc_texts[i].value, kTexts[i].value) << kTexts[i].name;
    }
}

} // namespace
