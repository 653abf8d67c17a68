// SPDX-License-Identifier: BSD-3-Clause
// Host tests of PCI host bridges in a device tree.
#include "drivers/devicetree/tests/builder.hpp"

#include <uk/devicetree/pci.hpp>

#include <gtest/gtest.h>

namespace {

using devicetree_test::Builder;
using devicetree_test::Placed;
using devicetree_test::text;
using devicetree_test::wide;
using devicetree_test::word;
using devicetree_test::words;
using uk::Errno;
using uk::Paddr;
using uk::devicetree::Device;
using uk::devicetree::PciHost;
using uk::devicetree::PciInterrupt;

struct Machine {
    Placed placed;
    uk::devicetree::Tree tree;
    explicit Machine(const Builder& builder)
        : placed(builder.bytes()), tree(placed.open().take()) {}
};

// As QEMU's virt machine has them, in little.
std::string ranges() {
    return words({0x1000000, 0, 0, 0, 0x3eff0000, 0, 0x10000}) +
           words({0x2000000, 0, 0x10000000, 0, 0x10000000, 0, 0x2eff0000}) +
           words({0x3000000, 0x80, 0, 0x80, 0, 0x80, 0});
}
std::string map() {
    return words({0x0000, 0, 0, 1, 0x8002, 0, 0, 0, 3, 4, 0x0000, 0, 0, 2, 0x8002, 0, 0, 0, 4, 4}) +
           words({0x0800, 0, 0, 1, 0x8002, 0, 0, 0, 4, 4, 0x0800, 0, 0, 2, 0x8002, 0, 0, 0, 5, 4});
}
Builder virt(const std::string& windows, const std::string& interrupts,
             uint64_t size = 0x10000000) {
    Builder builder;
    builder.root()
        .begin("intc@8000000")
        .property("phandle", word(0x8002))
        .property("#interrupt-cells", word(3))
        .property("#address-cells", word(2))
        .end()
        .begin("pcie@10000000")
        .property("compatible", text("pci-host-ecam-generic"))
        .property("#address-cells", word(3))
        .property("#size-cells", word(2))
        .property("#interrupt-cells", word(1))
        .property("bus-range", words({0, 255}))
        .property("reg", wide(0x4010000000) + wide(size))
        .property("ranges", windows)
        .property("interrupt-map", interrupts)
        .property("interrupt-map-mask", words({0x1800, 0, 0, 7}))
        .end();
    return builder;
}

TEST(PciHost, AsQemuHasIt) {
    const Machine machine(virt(ranges(), map()).end());
    const PciHost host = uk::devicetree::pci_host(machine.tree).take();
    EXPECT_EQ(host.registers.start, Paddr{0x4010000000});
    EXPECT_EQ(host.first_bus, 0);
    EXPECT_EQ(host.last_bus, 255);
    EXPECT_EQ(host.low.bus_address, 0x10000000u);
    EXPECT_EQ(host.low.cpu.size, 0x2eff0000u);
    EXPECT_EQ(host.high.cpu.start, Paddr{0x8000000000});
    EXPECT_EQ(host.high.cpu.size, 0x8000000000u);
    EXPECT_FALSE(host.is_set_up);
}

TEST(PciHost, SaysWhereFirmwareSetItUp) {
    Builder builder = virt(ranges(), map());
    builder.begin("chosen").property("linux,pci-probe-only", word(1)).end();
    const Machine machine(builder.end());
    EXPECT_TRUE(uk::devicetree::pci_host(machine.tree).take().is_set_up);
}

TEST(PciHost, HasRoomForItsBuses) {
    const Machine small(virt(ranges(), map(), 0x300000).end());
    EXPECT_EQ(uk::devicetree::pci_host(small.tree).take().last_bus, 2);
    const Machine none(virt(ranges(), map(), 0x1000).end());
    EXPECT_EQ(uk::devicetree::pci_host(none.tree).code(), Errno::nodev);
    Builder empty;
    const Machine bare(empty.root().end());
    EXPECT_EQ(uk::devicetree::pci_host(bare.tree).code(), Errno::nodev);
    EXPECT_EQ(uk::devicetree::pci_interrupt(bare.tree, 0, 1).code(), Errno::nodev);
}

TEST(PciHost, LeavesOutWindowsWithoutSense) {
    // One that wraps, one that crosses 4 GiB, an empty one, ports.
    const Machine machine(virt(words({0x3000000, ~0U, ~0U, 0x80, 0, 1, 0}) +
                                   words({0x2000000, 0, 0xf0000000, 0, 0, 0, 0x20000000}) +
                                   words({0x2000000, 0, 0x1000, 0, 0, 0, 0}),
                               map())
                              .end());
    const PciHost host = uk::devicetree::pci_host(machine.tree).take();
    EXPECT_TRUE(host.low.cpu.empty());
    EXPECT_TRUE(host.high.cpu.empty());
    const Machine cut(virt(ranges().substr(4), map()).end());
    EXPECT_TRUE(uk::devicetree::pci_host(cut.tree).take().low.cpu.empty());
}

TEST(PciInterrupt, FollowsTheMap) {
    const Machine machine(virt(ranges(), map()).end());
    const PciInterrupt one = uk::devicetree::pci_interrupt(machine.tree, 1, 2).take();
    ASSERT_EQ(one.count, 3u);
    EXPECT_EQ(one.words[0], 0u);
    EXPECT_EQ(one.words[1], 5u);
    EXPECT_EQ(one.words[2], 4u);
    EXPECT_EQ(uk::devicetree::pci_interrupt(machine.tree, 4, 1).take().words[1], 3u)
        << "of the device the mask leaves two bits";
    EXPECT_EQ(uk::devicetree::pci_interrupt(machine.tree, 2, 1).code(), Errno::nodev);
    EXPECT_EQ(uk::devicetree::pci_interrupt(machine.tree, 1, 3).code(), Errno::nodev);
}

TEST(PciInterrupt, RefusesADamagedMap) {
    const Machine cut(virt(ranges(), map().substr(0, 40 + 36)).end());
    EXPECT_TRUE(uk::devicetree::pci_interrupt(cut.tree, 0, 1).ok());
    EXPECT_EQ(uk::devicetree::pci_interrupt(cut.tree, 0, 2).code(), Errno::nodev);
    std::string wrong = map();
    wrong[18] = 1; // another controller
    const Machine lost(virt(ranges(), wrong).end());
    EXPECT_EQ(uk::devicetree::pci_interrupt(lost.tree, 0, 1).code(), Errno::nodev);
}

TEST(Each, VisitsThemAll) {
    Builder builder;
    builder.root();
    for (uint32_t i = 0; i < 3; i++) {
        builder.begin("virtio_mmio@" + std::to_string(i))
            .property("compatible", text("virtio,mmio"))
            .property("reg", wide(0xa000000 + i * 0x200) + wide(0x200))
            .property("status", text(i == 1 ? "disabled" : "okay"))
            .end();
    }
    const Machine machine(builder.end());
    uint64_t sum = 0;
    EXPECT_TRUE(uk::devicetree::each(
                    machine.tree, "virtio,mmio",
                    [](const Device& device, void* context) {
                        *static_cast<uint64_t*>(context) += device.regs[0].start.value();
                    },
                    &sum)
                    .ok());
    EXPECT_EQ(sum, 0xa000000u + 0xa000400u);
}

} // namespace
