// SPDX-License-Identifier: BSD-3-Clause
// How a machine is switched off, read from tables like QEMU's, from odd ones and from broken ones.
#include <uk/acpi/sleep.hpp>

#include <cstring>
#include <string>

#include <gtest/gtest.h>

namespace {

using uk::Errno;
using uk::Paddr;
using uk::acpi::Memory;
using uk::acpi::Register;
using uk::acpi::SoftOff;

// RSDP, RSDT, FADT and DSDT at fixed places of a 64 KiB memory.
struct Firmware {
    static constexpr uint64_t kBase = 0xe0000;
    static constexpr size_t kRsdp = 0, kRsdt = 0x40, kFadt = 0x100, kDsdt = 0x400;
    std::string bytes = std::string(0x10000, '\0');

    template <class T>
    void put(size_t at, T value) {
        memcpy(&bytes.at(at), &value, sizeof value);
    }
    void text(size_t at, const std::string& what) { bytes.replace(at, what.size(), what); }
    void seal(size_t at, size_t size, size_t checksum) {
        bytes[at + checksum] = 0;
        char sum = 0;
        for (size_t i = 0; i < size; i++) {
            sum = static_cast<char>(sum + bytes[at + i]);
        }
        bytes[at + checksum] = static_cast<char>(-sum);
    }
    void table(size_t at, const char* signature, uint32_t length) {
        text(at, signature);
        put(at + 4, length);
    }
    void gas(size_t offset, uint8_t space, uint64_t address) {
        bytes[kFadt + offset] = static_cast<char>(space);
        put(kFadt + offset + 4, address);
    }

    // A machine with PM1a at 0x604 and the given AML behind some other code.
    explicit Firmware(const std::string& aml, size_t padding = 10) {
        text(kRsdp, "RSD PTR ");
        put(kRsdp + 16, static_cast<uint32_t>(kBase + kRsdt));
        table(kRsdt, "RSDT", 40);
        put(kRsdt + 36, static_cast<uint32_t>(kBase + kFadt));
        table(kFadt, "FACP", 268);
        put(kFadt + 40, static_cast<uint32_t>(kBase + kDsdt));
        put(kFadt + 64, uint32_t{0x604});
        std::string body = std::string(padding, 'x') + aml + "tail";
        table(kDsdt, "DSDT", static_cast<uint32_t>(36 + body.size()));
        text(kDsdt + 36, body);
    }
    uk::Result<SoftOff> read() {
        seal(kRsdp, 20, 8);
        seal(kRsdt, 40, 9);
        uint32_t length = 0;
        memcpy(&length, &bytes[kFadt + 4], 4);
        seal(kFadt, length, 9);
        return uk::acpi::read_soft_off(Memory{copy, this}, Paddr{kBase});
    }
    static bool copy(void* context, Paddr from, void* to, size_t size) {
        const std::string& all = static_cast<Firmware*>(context)->bytes;
        uint64_t at = from.value() - kBase;
        if (at > all.size() || size > all.size() - at) {
            return false;
        }
        memcpy(to, all.data() + at, size);
        return true;
    }
};

std::string name(const std::string& package) {
    return std::string("\x08_S5_", 5) + package;
}
// Package (4) {5, 6, 0, 0}, with bytes.
std::string usual() {
    return name(std::string("\x12\x0a\x04\x0a\x05\x0a\x06\x00\x00", 9));
}

TEST(SoftOff, WritesTypeAndEnableToPm1) {
    Firmware machine(usual());
    auto off = machine.read();
    ASSERT_TRUE(off.ok());
    const SoftOff::Write& write = off.value().writes[0];
    EXPECT_EQ(write.where.space, Register::Space::port);
    EXPECT_EQ(write.where.address, 0x604u);
    EXPECT_EQ(write.value, 5 << 10 | 1 << 13);
    EXPECT_EQ(write.bytes, 2);
    EXPECT_EQ(off.value().writes[1].where.address, 0u);
}

TEST(SoftOff, UsesBothBlocksWithTheirOwnTypes) {
    Firmware machine(usual());
    machine.put(Firmware::kFadt + 68, uint32_t{0x704});
    auto off = machine.read();
    ASSERT_TRUE(off.ok());
    EXPECT_EQ(off.value().writes[1].where.address, 0x704u);
    EXPECT_EQ(off.value().writes[1].value, 6 << 10 | 1 << 13);
}

TEST(SoftOff, PrefersTheExtendedBlock) {
    Firmware machine(usual());
    machine.gas(172, 0, 0xfed40000);
    auto off = machine.read();
    ASSERT_TRUE(off.ok());
    EXPECT_EQ(off.value().writes[0].where.space, Register::Space::memory);
    EXPECT_EQ(off.value().writes[0].where.address, 0xfed40000u);
}

TEST(SoftOff, LeavesOutPortsThatThereAreNot) {
    for (uint32_t port : {0xffffu, 0x10000u, 0x10604u, 0xffff'ffffu}) { // two bytes each
        Firmware machine(usual());
        machine.put(Firmware::kFadt + 68, port);
        auto off = machine.read();
        ASSERT_TRUE(off.ok());
        EXPECT_EQ(off.value().writes[1].where.address, 0u) << port;
        machine.put(Firmware::kFadt + 64, port);
        EXPECT_EQ(machine.read().code(), Errno::nodev) << port;
        machine.gas(244, 1, uint64_t{port} + 1); // one byte
        EXPECT_EQ(machine.read().code(), Errno::nodev) << port;
    }
    Firmware last(usual());
    last.put(Firmware::kFadt + 64, uint32_t{0xfffe});
    EXPECT_EQ(last.read().take().writes[0].where.address, 0xfffeu);
    last.gas(172, 1, 0x1'0000'0000); // unusable, so the old block counts
    EXPECT_EQ(last.read().take().writes[0].where.address, 0xfffeu);
}

TEST(SoftOff, UsesTheSleepRegisterOfReducedHardware) {
    Firmware machine(usual());
    machine.put(Firmware::kFadt + 64, uint32_t{0});
    machine.gas(244, 0, 0xfea00200);
    auto off = machine.read();
    ASSERT_TRUE(off.ok());
    EXPECT_EQ(off.value().writes[0].where.address, 0xfea00200u);
    EXPECT_EQ(off.value().writes[0].value, 5 << 2 | 1 << 5);
    EXPECT_EQ(off.value().writes[0].bytes, 1);
    EXPECT_EQ(off.value().writes[1].where.address, 0u);
}

TEST(SoftOff, UnderstandsEveryWayToWriteAnInteger) {
    struct {
        std::string package;
        int a, b;
    } const kWays[] = {
        {std::string("\x12\x06\x04\x00\x00\x00\x00", 7), 0, 0},
        {std::string("\x12\x06\x04\x01\x00\x00\x00", 7), 1, 0},
        {std::string("\x12\x08\x02\x0b\x07\x00\x0b\x03\x00", 9), 7, 3},
        {std::string("\x12\x0c\x02\x0c\x05\x00\x00\x00\x0a\x04", 10), 5, 4},
        {std::string("\x12\x04\x01\x0a\x03", 5), 3, 3},                 // one element for both
        {std::string("\x12\x4a\x00\x04\x0a\x02\x01\x00\x00", 9), 2, 1}, // longer length
    };
    for (const auto& way : kWays) {
        Firmware machine(name(way.package));
        machine.put(Firmware::kFadt + 68, uint32_t{0x704});
        auto off = machine.read();
        ASSERT_TRUE(off.ok());
        EXPECT_EQ(off.value().writes[0].value >> 10 & 7, way.a);
        EXPECT_EQ(off.value().writes[1].value >> 10 & 7, way.b);
    }
}

TEST(SoftOff, FindsTheNameAnywhere) {
    for (size_t padding = 0; padding < 600; padding++) {
        Firmware machine(usual(), padding);
        EXPECT_TRUE(machine.read().ok()) << padding;
    }
}

TEST(SoftOff, PassesByANameThatIsNoPackage) {
    Firmware machine("_S5_ is a name, _S5_" + usual());
    auto off = machine.read();
    ASSERT_TRUE(off.ok());
    EXPECT_EQ(off.value().writes[0].value >> 10 & 7, 5);
}

TEST(SoftOff, SaysThatThereIsNoWay) {
    EXPECT_EQ(Firmware("nothing of the kind").read().code(), Errno::nodev);
    EXPECT_EQ(Firmware(name("\x12\x06\x04\x11garbage")).read().code(), Errno::nodev);
    Firmware no_block(usual());
    no_block.put(Firmware::kFadt + 64, uint32_t{0});
    EXPECT_EQ(no_block.read().code(), Errno::nodev);
}

TEST(SoftOff, RefusesABrokenDsdt) {
    for (uint32_t length : {0u, 35u, 1u << 21, ~0u}) {
        Firmware machine(usual());
        machine.put(Firmware::kDsdt + 4, length);
        EXPECT_EQ(machine.read().code(), Errno::inval) << length;
    }
    Firmware wrong(usual());
    wrong.text(Firmware::kDsdt, "SSDT");
    EXPECT_EQ(wrong.read().code(), Errno::inval);
    Firmware nowhere(usual());
    nowhere.put(Firmware::kFadt + 40, uint32_t{0x10});
    EXPECT_EQ(nowhere.read().code(), Errno::inval);
    Firmware cut(usual());
    cut.put(Firmware::kDsdt + 4, uint32_t{0x10000 - Firmware::kDsdt + 1});
    EXPECT_NE(cut.read().code(), Errno::inval); // what is readable is searched first
}

TEST(SoftOff, TakesAShortFadt) {
    Firmware machine(usual());
    machine.put(Firmware::kFadt + 4, uint32_t{116});
    EXPECT_TRUE(machine.read().ok());
    machine.put(Firmware::kFadt + 4, uint32_t{60});
    EXPECT_FALSE(machine.read().ok());
}

} // namespace
