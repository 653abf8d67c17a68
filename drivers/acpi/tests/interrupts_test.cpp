// SPDX-License-Identifier: BSD-3-Clause
// How interrupts are led: IO-APICs, the ISA bus, and tables that do not add up.
#include <uk/acpi/interrupts.hpp>

#include <cstring>
#include <string>

#include <gtest/gtest.h>

#include "firmware.hpp"

namespace {

using uk::Errno;
using uk::acpi::InterruptRouting;

std::string io_apic(uint32_t address, uint32_t first_gsi) {
    std::string entry("\1\14\0\0", 4);
    entry.append(reinterpret_cast<const char*>(&address), 4);
    return entry.append(reinterpret_cast<const char*>(&first_gsi), 4);
}

std::string route(uint8_t bus, uint8_t irq, uint32_t gsi, uint16_t flags) {
    std::string entry("\2\12", 2);
    entry += static_cast<char>(bus);
    entry += static_cast<char>(irq);
    entry.append(reinterpret_cast<const char*>(&gsi), 4);
    return entry.append(reinterpret_cast<const char*>(&flags), 2);
}

uk::Result<> read(const std::string& entries, InterruptRouting& routing) {
    Firmware f;
    const Paddr root{build(f, true, {f.table("APIC", std::string(8, '\0') + entries)})};
    return uk::acpi::read_interrupts(f.memory(), root, routing);
}

TEST(AcpiInterrupts, AsAPcHasThem) {
    InterruptRouting routing;
    ASSERT_TRUE(read(std::string("\0\10\0\0\1\0\0\0", 8) + io_apic(0xfec00000, 0) +
                         io_apic(0xfec10000, 24) + route(0, 0, 2, 0) + route(0, 9, 9, 0x0d) +
                         route(0, 5, 5, 0x0f),
                     routing)
                    .ok());
    ASSERT_EQ(routing.io_apic_count, 2u);
    EXPECT_EQ(routing.io_apics[0].address, Paddr{0xfec00000});
    EXPECT_EQ(routing.io_apics[1].first_gsi, 24u);
    EXPECT_EQ(routing.isa[0].gsi, 2u);
    EXPECT_FALSE(routing.isa[0].level) << "as the bus does";
    EXPECT_TRUE(routing.isa[9].level);
    EXPECT_FALSE(routing.isa[9].low);
    EXPECT_TRUE(routing.isa[5].low);
    EXPECT_EQ(routing.isa[4].gsi, 4u) << "not in the table";
    EXPECT_FALSE(routing.isa[4].low || routing.isa[4].level);
}

TEST(AcpiInterrupts, WhatDoesNotFitIsLeftOut) {
    InterruptRouting routing;
    std::string entries = route(1, 3, 77, 0) + route(0, 16, 78, 0) + route(0, 255, 79, 0);
    for (uint32_t i = 0; i < 20; i++) {
        entries += io_apic(i * 4096, i);
    }
    ASSERT_TRUE(
        read(entries + std::string("\1\4\0\0", 4) + std::string("\2\3\0", 3), routing).ok());
    EXPECT_EQ(routing.io_apic_count, InterruptRouting::kMostIoApics);
    EXPECT_EQ(routing.io_apics[7].first_gsi, 7u);
    EXPECT_EQ(routing.isa[3].gsi, 3u) << "of another bus";
}

TEST(AcpiInterrupts, TablesThatAreBroken) {
    InterruptRouting routing;
    EXPECT_EQ(read(io_apic(1, 2).substr(0, 11), routing).code(), Errno::inval);
    EXPECT_EQ(read(std::string("\1\0", 2), routing).code(), Errno::inval);
    Firmware f;
    const Paddr root{build(f, false, {})};
    EXPECT_EQ(uk::acpi::read_interrupts(f.memory(), root, routing).code(), Errno::noent);
}

} // namespace
