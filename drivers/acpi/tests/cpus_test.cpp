// SPDX-License-Identifier: BSD-3-Clause
// The list of processors: what counts, what does not, and tables that do not add up.
#include <uk/acpi/cpus.hpp>

#include <cstring>
#include <string>

#include <gtest/gtest.h>

#include "firmware.hpp"

namespace {

using uk::Errno;
using uk::Paddr;

std::string apic(uint8_t id, uint32_t flags) {
    std::string entry(8, '\0');
    entry[1] = 8;
    entry[3] = static_cast<char>(id);
    std::memcpy(entry.data() + 4, &flags, 4);
    return entry;
}

std::string x2apic(uint32_t id, uint32_t flags) {
    std::string entry(16, '\0');
    entry[0] = 9;
    entry[1] = 16;
    std::memcpy(entry.data() + 4, &id, 4);
    std::memcpy(entry.data() + 8, &flags, 4);
    return entry;
}

std::string io_apic() {
    return std::string("\1\14", 2) + std::string(10, '\0');
}

// Of a machine whose only table has these entries.
uk::Result<unsigned> read(const std::string& entries, std::span<uint32_t> ids) {
    Firmware f;
    const Paddr root{build(f, true, {f.table("APIC", std::string(8, '\0') + entries)})};
    return uk::acpi::read_cpus(f.memory(), root, ids);
}

TEST(AcpiCpus, ThoseThatCanBeUsed) {
    uint32_t ids[8] = {};
    const auto count = read(apic(0, 1) + io_apic() + apic(2, 1) + apic(4, 0) + apic(6, 2) +
                                x2apic(0x1234, 1) + x2apic(7, 0) + apic(2, 1),
                            ids);
    ASSERT_TRUE(count.ok());
    EXPECT_EQ(count.value(), 3U) << "disabled ones and one named twice do not count";
    EXPECT_EQ(ids[0], 0U);
    EXPECT_EQ(ids[1], 2U);
    EXPECT_EQ(ids[2], 0x1234U);
}

TEST(AcpiCpus, MoreThanThereIsRoomFor) {
    uint32_t ids[2] = {};
    EXPECT_EQ(read(apic(1, 1) + apic(2, 1) + apic(3, 1), ids).value(), 3U);
    EXPECT_EQ(ids[1], 2U);
}

TEST(AcpiCpus, NoneAtAll) {
    uint32_t ids[2] = {};
    EXPECT_EQ(read("", ids).value(), 0U);
    Firmware f;
    const Paddr root{build(f, true, {})};
    EXPECT_EQ(uk::acpi::read_cpus(f.memory(), root, ids).code(), Errno::noent);
}

TEST(AcpiCpus, EntriesThatDoNotFillTheTable) {
    uint32_t ids[2] = {};
    EXPECT_EQ(read(std::string("\0\0", 2), ids).code(), Errno::inval) << "no length";
    EXPECT_EQ(read(std::string("\0\1", 2), ids).code(), Errno::inval) << "too short";
    EXPECT_EQ(read(apic(1, 1).substr(0, 7), ids).code(), Errno::inval) << "cut off";
    EXPECT_EQ(read(apic(1, 1) + "\1", ids).code(), Errno::inval) << "half a head";
    EXPECT_EQ(read(std::string("\0\4\0\0", 4), ids).value(), 0U) << "no room for an id";
}

} // namespace
