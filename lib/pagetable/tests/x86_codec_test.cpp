// SPDX-License-Identifier: BSD-3-Clause
// Entries of x86_64 page tables against the Intel SDM, bit by bit (3A, tables 4-15 to 4-20).
#include <uk/pagetable/x86_codec.hpp>

#include <gtest/gtest.h>

namespace {

using uk::Paddr;
using uk::pagetable::kDevice;
using uk::pagetable::kRam;
using uk::pagetable::Protection;
using C = uk::pagetable::X86Codec;

TEST(X86Codec, EntriesAreWhatTheManualSays) {
    EXPECT_EQ(C::page(Paddr{0x5000}, 1, C::attributes(kRam)), 0x8000'0000'0000'5063);
    EXPECT_EQ(C::page(Paddr{0x400000}, 2, C::attributes(kRam)), 0x8000'0000'0040'00e3);
    EXPECT_EQ(C::page(Paddr{0x40000000}, 3, C::attributes(kDevice)), 0x8000'0000'4000'00fb);
    EXPECT_EQ(C::page(Paddr{0x5000}, 1, C::attributes(Protection{})), 0x8000'0000'0000'5061);
    EXPECT_EQ(C::page(Paddr{0x5000}, 1, C::attributes(Protection{.execute = true})), 0x5061u);
    EXPECT_EQ(C::table(Paddr{0x7000}), 0x7023u);
}

TEST(X86Codec, TheLargeBitMeansAPageAboveLevel1Only) {
    EXPECT_TRUE(C::is_page(0x50e3, 1)); // bit 7 is the PAT bit there
    EXPECT_TRUE(C::is_page(0xe3, 2));
    EXPECT_FALSE(C::is_page(0x63, 2));
    EXPECT_TRUE(C::is_table(0x63, 2));
    EXPECT_FALSE(C::is_page(0xe3, 4) || C::is_table(0xe3, 4)); // reserved
    EXPECT_FALSE(C::is_page(0xe2, 2) || C::is_table(0x62, 2)); // not present
}

} // namespace
