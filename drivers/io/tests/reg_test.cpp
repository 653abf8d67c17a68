// SPDX-License-Identifier: BSD-3-Clause
// Host tests of register access: fields leave their neighbours alone, Mmio hits the right bytes.
#include <uk/io/reg.hpp>

#include <gtest/gtest.h>

using uk::io::Mmio;
using uk::io::RegField;

TEST(RegField, TakesAndPutsOnlyItsBits) {
    using Middle = RegField<uint8_t, 5, 2>;
    EXPECT_EQ(Middle::kMask, 0x3c);
    EXPECT_EQ(Middle::get(0xff), 0xf);
    EXPECT_EQ(Middle::get(0xc3), 0);
    EXPECT_EQ(Middle::with(0xc3, 0x5), 0xd7);
    EXPECT_EQ(Middle::with(0xff, 0), 0xc3);
    EXPECT_EQ(Middle::with(0, 0xff), 0x3c); // cut to the field
    EXPECT_EQ(Middle::of(1), 0x04);
}

TEST(RegField, CoversWholeRegistersAndTheTopBit) {
    EXPECT_EQ((RegField<uint64_t, 63, 0>::with(0, ~uint64_t{0})), ~uint64_t{0});
    EXPECT_EQ((RegField<uint32_t, 31>::of(1)), 0x80000000u);
    EXPECT_EQ((RegField<uint8_t, 7, 0>::get(0xa5)), 0xa5);
}

TEST(Mmio, AccessesTheWidthItSays) {
    alignas(8) unsigned char registers[16] = {};
    Mmio io(registers);
    io.write<uint8_t>(3, 0xab);
    io.write<uint32_t>(8, 0x11223344);
    EXPECT_EQ(registers[3], 0xab);
    EXPECT_EQ(registers[2], 0);
    EXPECT_EQ(registers[4], 0);
    EXPECT_EQ(io.read<uint32_t>(8), 0x11223344u);
    EXPECT_EQ(io.read<uint8_t>(8), 0x44);
    EXPECT_EQ(io.read<uint16_t>(10), 0x1122);
}
