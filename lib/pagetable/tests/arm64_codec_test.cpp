// SPDX-License-Identifier: BSD-3-Clause
// Entries of arm64 page tables against the Arm ARM, bit by bit (DDI 0487, D8.3.1 and D8.3.2).
#include <uk/pagetable/arm64_codec.hpp>

#include <gtest/gtest.h>

namespace {

using uk::Paddr;
using uk::pagetable::kDevice;
using uk::pagetable::kRam;
using uk::pagetable::Protection;
using C = uk::pagetable::Arm64Codec;

TEST(Arm64Codec, EntriesAreWhatTheManualSays) {
    // UXN and PXN, address, accessed, inner shareable, AttrIndx 0; type: page 3, block 1, table 3.
    EXPECT_EQ(C::page(Paddr{0x5000}, 1, C::attributes(kRam)), 0x0060'0000'0000'5703u);
    EXPECT_EQ(C::page(Paddr{0x400000}, 2, C::attributes(kRam)), 0x0060'0000'0040'0701u);
    EXPECT_EQ(C::page(Paddr{0x40000000}, 3, C::attributes(kDevice)), 0x0060'0000'4000'0705u);
    EXPECT_EQ(C::page(Paddr{0x5000}, 1, C::attributes(Protection{})), 0x0060'0000'0000'5783u);
    EXPECT_EQ(C::page(Paddr{0x5000}, 1, C::attributes(Protection{.execute = true})),
              0x0040'0000'0000'5783u);
    EXPECT_EQ(C::table(Paddr{0x7000}), 0x7003u);
}

TEST(Arm64Codec, MairHasWriteBackAndDeviceWhereTheEntriesLook) {
    EXPECT_EQ(C::kMair >> 8 * 0 & 0xff, 0xffu);
    EXPECT_EQ(C::kMair >> 8 * 1 & 0xff, 0x00u);
}

TEST(Arm64Codec, BlocksAndPagesDifferInBit1) {
    EXPECT_FALSE(C::is_page(0x5701, 1)); // reserved at the lowest level
    EXPECT_FALSE(C::is_table(0x5703, 1));
    EXPECT_TRUE(C::is_page(0x701, 2));
    EXPECT_TRUE(C::is_table(0x703, 2));
    EXPECT_FALSE(C::is_page(0x701, 4));                          // no blocks of 512 GiB
    EXPECT_FALSE(C::is_page(0x702, 2) || C::is_table(0x702, 2)); // not valid
}

} // namespace
