// SPDX-License-Identifier: BSD-3-Clause
// Configuration space of PCI Express and virtio devices, as machines and monitors describe them.
#include <uk/acpi/devices.hpp>

#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "firmware.hpp"

namespace {

using uk::Errno;
using uk::acpi::Mcfg;
using uk::acpi::MemoryDevice;

template <class T>
std::string raw(T value) {
    return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}
std::string segment(uint64_t start, uint16_t number, uint8_t first, uint8_t last) {
    return raw(start) + raw(number) + raw(first) + raw(last) + std::string(4, '\0');
}
uk::Result<Mcfg> mcfg(const std::string& entries) {
    Firmware f;
    const Paddr root{build(f, true, {f.table("MCFG", std::string(8, '\0') + entries)})};
    return uk::acpi::read_mcfg(f.memory(), root);
}

TEST(AcpiMcfg, SegmentZero) {
    const Mcfg found = mcfg(segment(0x1000, 1, 0, 255) + segment(0xb0000000, 0, 2, 255)).take();
    EXPECT_EQ(found.start, Paddr{0xb0200000});
    EXPECT_EQ(found.first_bus, 2);
    EXPECT_EQ(found.last_bus, 255);
    EXPECT_EQ(mcfg(segment(0x1000, 1, 0, 255)).code(), Errno::nodev);
    EXPECT_EQ(mcfg(segment(0x1000, 0, 9, 8)).code(), Errno::nodev);
    EXPECT_EQ(mcfg(segment(0x1000, 0, 0, 8).substr(0, 12)).code(), Errno::nodev);
    EXPECT_EQ(mcfg("").code(), Errno::nodev);
}

std::string memory32(uint32_t start, uint32_t size) {
    return std::string("\x86\x09\x00\x01", 4) + raw(start) + raw(size);
}
std::string interrupt(uint8_t flags, uint32_t gsi) {
    return std::string("\x89\x06\x00", 3) + raw(flags) + '\1' + raw(gsi);
}
// Device (VRnn) with these resources, as QEMU's microvm has them.
std::string device(std::string resources, const char* hid = "LNRO0005") {
    resources += std::string("\x79\x00", 2);
    const std::string size = std::string("\x0a", 1) + static_cast<char>(resources.size());
    const std::string buffer = static_cast<char>(1 + size.size() + resources.size()) + size;
    return std::string("\x5b\x82\x3a", 3) + "VR00" + "\x08_HID\x0d" + hid +
           std::string("\0\x08_UID\0", 7) + "\x08_CRS\x11" + buffer + resources;
}
std::vector<MemoryDevice> devices(const std::string& aml, bool* good = nullptr) {
    Firmware f;
    const uint64_t dsdt = f.table("DSDT", aml);
    std::string fadt(208, '\0');
    Firmware::put<uk::le32>(fadt, 4, static_cast<uint32_t>(dsdt));
    const Paddr root{build(f, true, {f.table("FACP", fadt)})};
    std::vector<MemoryDevice> all;
    uk::Result<> done = uk::acpi::each_virtio(
        f.memory(), root,
        [](const MemoryDevice& one, void* context) {
            static_cast<std::vector<MemoryDevice>*>(context)->push_back(one);
        },
        &all);
    if (good != nullptr) {
        *good = done.ok();
    }
    return all;
}

TEST(AcpiVirtio, AsMonitorsDescribeThem) {
    bool good = false;
    const auto all =
        devices(std::string(300, 'x') + device(memory32(0xfeb00e00, 512) + interrupt(1, 23)) +
                    device(memory32(0xfeb00c00, 512) + interrupt(7, 24)) +
                    device(memory32(0xfed00000, 1024) + interrupt(1, 2), "PNP0A03\0"),
                &good);
    EXPECT_TRUE(good);
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].registers.start, Paddr{0xfeb00e00});
    EXPECT_EQ(all[0].registers.size, 512u);
    EXPECT_EQ(all[0].gsi, 23u);
    EXPECT_TRUE(all[0].level);
    EXPECT_FALSE(all[0].low);
    EXPECT_FALSE(all[1].level);
    EXPECT_TRUE(all[1].low);
}

TEST(AcpiVirtio, LeavesOutWhatIsNotWhole) {
    EXPECT_TRUE(devices("LNRO0005").empty());
    EXPECT_TRUE(devices("LNRO0005_CRS").empty());
    EXPECT_TRUE(devices(device(memory32(0xfeb00e00, 512))).empty()) << "no interrupt";
    EXPECT_TRUE(devices(device(interrupt(1, 23))).empty()) << "no memory";
    std::string long_one = device(memory32(0xfeb00e00, 512) + interrupt(1, 23));
    const size_t at = long_one.find("_CRS") + 5;
    long_one[at] = 0x3f; // the buffer goes beyond the table
    EXPECT_TRUE(devices(long_one).empty());
    std::string method = device(memory32(0xfeb00e00, 512) + interrupt(1, 23));
    method[method.find("_CRS") + 4] = 0x14;
    EXPECT_TRUE(devices(method).empty()) << "no plain buffer";
}

} // namespace
