// SPDX-License-Identifier: BSD-3-Clause
// The ACPI reader against well-formed, truncated and corrupted tables.
#include <uk/acpi/tables.hpp>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <uk/base/endian.hpp>
#include <uk/fakes/effort.hpp>

#include "firmware.hpp"

namespace {

using uk::Errno;
using uk::Paddr;

std::string fadt(size_t length, uint32_t flags) {
    std::string body(244 - 36, '\0');
    Firmware::put<uk::le32>(body, 76 - 36, 0x608);
    body[91 - 36] = 4;
    body[108 - 36] = 0x32;
    Firmware::put<uk::le32>(body, 112 - 36, flags);
    if (length >= 244) {
        body[116 - 36] = 1;
        Firmware::put<uk::le64>(body, 120 - 36, 0xcf9);
        body[128 - 36] = 0x0f;
    }
    body.resize(length - 36);
    return body;
}

std::string hpet(uint8_t space, uint64_t address) {
    std::string body(56 - 36, '\0');
    body[4] = static_cast<char>(space);
    Firmware::put<uk::le64>(body, 8, address);
    return body;
}

TEST(Acpi, ReadsTheFieldsThroughEitherList) {
    for (bool wide : {false, true}) {
        Firmware f;
        Paddr root{build(f, wide,
                         {f.table("FACP", fadt(244, 1U << 8 | 1U << 10)), f.table("APIC", "xyz"),
                          f.table("HPET", hpet(0, 0xfed00000))})};
        auto result = uk::acpi::read_fadt(f.memory(), root);
        ASSERT_TRUE(result.ok());
        auto found = result.take();
        EXPECT_EQ(found.pm_timer.address, 0x608U);
        EXPECT_EQ(found.pm_timer.space, uk::acpi::Register::Space::port);
        EXPECT_TRUE(found.pm_timer_32_bits);
        EXPECT_EQ(found.reset.address, 0xcf9U);
        EXPECT_EQ(found.reset_value, 0x0f);
        EXPECT_EQ(found.rtc_century, 0x32);
        EXPECT_EQ(uk::acpi::read_hpet(f.memory(), root).value_or(Paddr{}), Paddr{0xfed00000});
    }
}

TEST(Acpi, AnOldFadtHasNoResetRegister) {
    Firmware f;
    Paddr root{build(f, false, {f.table("FACP", fadt(116, 1U << 10))})};
    auto found = uk::acpi::read_fadt(f.memory(), root);
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(found.value().reset.address, 0U);
    EXPECT_EQ(found.value().pm_timer.address, 0x608U);
    EXPECT_FALSE(found.value().pm_timer_32_bits);
}

TEST(Acpi, LeavesOutPortsThatThereAreNot) {
    for (uint64_t beyond : {uint64_t{0x10000}, uint64_t{0x10cf9}, ~uint64_t{0}}) {
        Firmware f;
        std::string body = fadt(244, 1U << 10);
        Firmware::put<uk::le64>(body, 120 - 36, beyond);
        Firmware::put<uk::le32>(body, 76 - 36, 0xfffd); // its four bytes do not fit
        Paddr root{build(f, true, {f.table("FACP", body)})};
        auto found = uk::acpi::read_fadt(f.memory(), root).take();
        EXPECT_EQ(found.reset.address, 0U) << beyond;
        EXPECT_EQ(found.pm_timer.address, 0U);
    }
    Firmware f;
    std::string body = fadt(244, 1U << 10);
    Firmware::put<uk::le64>(body, 120 - 36, 0xffff);
    Firmware::put<uk::le32>(body, 76 - 36, 0xfffc);
    auto found = uk::acpi::read_fadt(f.memory(), Paddr{build(f, true, {f.table("FACP", body)})});
    EXPECT_EQ(found.value().reset.address, 0xffffU);
    EXPECT_EQ(found.value().pm_timer.address, 0xfffcU);
}

TEST(Acpi, AHardwareReducedMachineHasNoTimer) {
    Firmware f;
    Paddr root{build(f, true, {f.table("FACP", fadt(244, 1U << 20))})};
    EXPECT_EQ(uk::acpi::read_fadt(f.memory(), root).take().pm_timer.address, 0U);
}

TEST(Acpi, SaysWhatIsMissing) {
    Firmware f;
    Paddr root{build(f, true, {f.table("FACP", fadt(100, 0)), f.table("HPET", hpet(1, 0x1000))})};
    EXPECT_EQ(uk::acpi::find_table(f.memory(), Paddr{}, "FACP").code(), Errno::noent);
    EXPECT_EQ(uk::acpi::find_table(f.memory(), root, "NONE").code(), Errno::noent);
    EXPECT_EQ(uk::acpi::find_table(f.memory(), root + 4, "FACP").code(), Errno::inval);
    EXPECT_EQ(uk::acpi::find_table(f.memory(), Paddr{16}, "FACP").code(), Errno::fault);
    EXPECT_EQ(uk::acpi::read_fadt(f.memory(), root).code(), Errno::inval);
    EXPECT_EQ(uk::acpi::read_hpet(f.memory(), root).code(), Errno::nodev);
}

TEST(Acpi, SkipsATableWithAWrongChecksum) {
    Firmware f;
    uint64_t bad = f.table("HPET", hpet(0, 0x1000));
    f.bytes()[bad - Firmware::kBase + 10] ^= 1;
    Paddr root{build(f, true, {bad, 0xfffffffffffffff0, f.table("HPET", hpet(0, 0x2000))})};
    EXPECT_EQ(uk::acpi::read_hpet(f.memory(), root).value_or(Paddr{}), Paddr{0x2000});
}

TEST(Acpi, SurvivesCorruption) {
    std::mt19937_64 random(3);
    for (unsigned round = 0; round < uk::fakes::effort(20'000); round++) {
        Firmware f;
        Paddr root{build(f, round % 2 == 0,
                         {f.table("FACP", fadt(244, 0)), f.table("HPET", hpet(0, 64))})};
        for (int i = 0; i < 4; i++) {
            f.bytes()[random() % f.bytes().size()] = static_cast<char>(random());
        }
        f.bytes().resize(random() % 3 == 0 ? random() % f.bytes().size() : f.bytes().size());
        (void)uk::acpi::read_fadt(f.memory(), root).ok();
        (void)uk::acpi::read_hpet(f.memory(), root).ok();
    }
}

} // namespace
