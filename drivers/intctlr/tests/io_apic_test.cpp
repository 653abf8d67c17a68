// SPDX-License-Identifier: BSD-3-Clause
// IO-APICs as models with registers, and who gets which line of the CPU.
#include <uk/intctlr/pc_lines.hpp>

#include <map>

#include <gtest/gtest.h>

namespace {

using uk::Errno;
using uk::hal::IrqTrigger;
using uk::intctlr::IoApic;

struct Chip {
    uint32_t version = 0x00170020; // 24 pins
    uint32_t selected = 0;
    std::map<uint32_t, uint32_t> registers;
};

struct Io {
    Chip* chip;
    template <class T>
    T read(uint32_t offset) {
        EXPECT_EQ(offset, 0x10u);
        return chip->selected == 1 ? chip->version : chip->registers[chip->selected];
    }
    template <class T>
    void write(uint32_t offset, T value) {
        if (offset == 0) {
            chip->selected = value;
        } else {
            EXPECT_EQ(offset, 0x10u);
            EXPECT_GE(chip->selected, 0x10u);
            chip->registers[chip->selected] = value;
        }
    }
};
using Lines = uk::intctlr::PcLines<Io, 16, 20, 32>;

TEST(IoApic, Pins) {
    Chip chip;
    IoApic<Io> apic(Io{&chip});
    EXPECT_EQ(apic.pins(), 24u);
    for (uint32_t nothing : {0u, ~0u, 0x00ff0020u}) {
        chip.version = nothing;
        EXPECT_EQ(apic.pins(), 0u) << nothing;
    }
    apic.open(3, 5, 0x31, IoApic<Io>::kLevel);
    EXPECT_EQ(chip.registers[0x16], 0x8031u) << "fixed, physical, high";
    EXPECT_EQ(chip.registers[0x17], 5u << 24);
    apic.close(3);
    EXPECT_EQ(chip.registers[0x16], 0x18031u);
}

TEST(PcLines, AllPinsAreClosedAtFirst) {
    Chip chip;
    Lines lines;
    lines.add_chip(Io{&chip}, 0);
    for (uint32_t pin = 0; pin < 24; pin++) {
        EXPECT_EQ(chip.registers[0x10 + 2 * pin] & 0x10000, 0x10000u);
    }
}

TEST(PcLines, OfSeveralChips) {
    Chip first, second;
    Lines lines;
    lines.set_cpu(7);
    lines.add_chip(Io{&first}, 0);
    lines.add_chip(Io{&second}, 24);
    EXPECT_EQ(lines.line_of(30, IrqTrigger::level_low).value(), 16u);
    EXPECT_EQ(lines.line_of(4, IrqTrigger::edge_rising).value(), 17u);
    EXPECT_EQ(lines.line_of(30, IrqTrigger::level_low).value(), 16u) << "the same";
    EXPECT_EQ(lines.line_of(30, IrqTrigger::level_high).code(), Errno::busy);
    EXPECT_EQ(lines.line_of(48, IrqTrigger::level_low).code(), Errno::inval);
    ASSERT_TRUE(lines.open(16).ok());
    EXPECT_EQ(second.registers[0x10 + 2 * 6], 0xa000u | (32 + 16));
    EXPECT_EQ(second.registers[0x11 + 2 * 6], 7u << 24);
    EXPECT_TRUE(lines.keeps(16));
    EXPECT_FALSE(lines.keeps(17)) << "an edge";
    lines.close(16);
    EXPECT_NE(second.registers[0x10 + 2 * 6] & 0x10000, 0u);
}

TEST(PcLines, MessagesComeAndGo) {
    Lines lines;
    for (unsigned i = 16; i < 20; i++) {
        EXPECT_EQ(lines.message().value(), i);
        EXPECT_TRUE(lines.open(i).ok());
    }
    EXPECT_EQ(lines.message().code(), Errno::nospc);
    lines.free_message(18);
    EXPECT_EQ(lines.open(18).code(), Errno::inval);
    EXPECT_EQ(lines.message().value(), 18u);
    EXPECT_EQ(lines.vector_of(18), 50u);
    EXPECT_EQ(lines.open(3).code(), Errno::inval);
    EXPECT_EQ(lines.open(20).code(), Errno::inval);
    EXPECT_EQ(lines.line_of(0, IrqTrigger::edge_rising).code(), Errno::inval) << "no chip";
}

TEST(PcLines, ChipsThatAreNotThere) {
    Chip none{.version = ~0u, .selected = 0, .registers = {}};
    Chip chips[9];
    Lines lines;
    lines.add_chip(Io{&none}, 0);
    for (uint32_t i = 0; i < 9; i++) {
        lines.add_chip(Io{&chips[i]}, 100 * i);
    }
    EXPECT_EQ(lines.line_of(50, IrqTrigger::edge_rising).code(), Errno::inval);
    EXPECT_TRUE(lines.line_of(723, IrqTrigger::edge_rising).ok());
    EXPECT_EQ(lines.line_of(800, IrqTrigger::edge_rising).code(), Errno::inval) << "the ninth";
}

} // namespace
