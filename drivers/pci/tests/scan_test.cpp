// SPDX-License-Identifier: BSD-3-Clause
// Host tests of finding functions, giving them addresses, and of functions that make no sense.
#include <uk/pci/msix.hpp>
#include <uk/pci/scan.hpp>

#include "drivers/pci/tests/fake_pci.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using pci_test::FakeBus;
using pci_test::FakeFunction;
using uk::Errno;
using uk::Paddr;
using uk::pci::Bar;
using uk::pci::CapabilityList;
using uk::pci::Found;
using uk::pci::Function;
using uk::pci::Host;

std::string names(const Found& found) {
    std::string all;
    for (const Function& function : found.span()) {
        const auto at = function.address();
        all += std::to_string(at.bus) + ":" + std::to_string(at.device) + "." +
               std::to_string(at.function) + " ";
    }
    return all;
}

Host firmware_ran(FakeBus& bus) {
    Host host;
    host.space = &bus;
    return host;
}
// As QEMU's virt machine has it.
Host bare(FakeBus& bus) {
    Host host;
    host.space = &bus;
    host.assigns = true;
    host.low = {0x10000000, Paddr{0x10000000}, 0x2eff0000};
    host.high = {0x8000000000, Paddr{0x8000000000}, uint64_t{1} << 39};
    return host;
}

TEST(Scan, FindsFunctionsAndWhatIsBehindBridges) {
    FakeBus bus;
    bus.add(0, 0).ids(0x8086, 0x1237);
    bus.add(0, 1).ids(0x8086, 0x7000).put(0x0e, 0x80, 1);
    bus.add(0, 1, 3).ids(0x8086, 0x7113);
    bus.add(0, 2).ids(0x1b36, 0xc).bridge(5, 5);
    bus.add(5, 0).ids(0x1af4, 0x1044);
    bus.add(0, 3, 1).ids(0x1af4, 0x1041); // without function 0
    Found found;
    uk::pci::scan(firmware_ran(bus), found);
    EXPECT_EQ(names(found), "0:0.0 0:1.0 0:1.3 0:2.0 5:0.0 ");
    EXPECT_EQ(found.dropped, 0u);
    EXPECT_EQ(found.functions[4].vendor(), 0x1af4);
    EXPECT_EQ(found.functions[4].device(), 0x1044);
}

TEST(Scan, SurvivesBridgesInACircle) {
    FakeBus bus;
    bus.add(0, 1).ids(1, 1).bridge(1);
    bus.add(1, 0).ids(1, 1).bridge(0);
    bus.add(1, 1).ids(1, 1).bridge(1);
    bus.add(1, 2).ids(1, 1).bridge(2);
    bus.add(2, 0).ids(1, 1).bridge(1);
    Found found;
    uk::pci::scan(firmware_ran(bus), found);
    EXPECT_EQ(names(found), "0:1.0 1:0.0 1:1.0 1:2.0 2:0.0 ");
}

TEST(Scan, IsBoundedInDepthAndNumber) {
    FakeBus bus;
    for (unsigned i = 0; i < 255; i++) {
        bus.add(static_cast<uint8_t>(i), 0).ids(1, 1).bridge(static_cast<uint8_t>(i + 1));
    }
    Found found;
    uk::pci::scan(firmware_ran(bus), found);
    EXPECT_EQ(found.count, uk::pci::kMostBridges + 1);

    FakeBus full;
    for (uint8_t device = 0; device < 32; device++) {
        for (uint8_t function = 0; function < 8; function++) {
            full.add(0, device, function).ids(1, 1).put(0x0e, 0x80, 1);
        }
    }
    uk::pci::scan(firmware_ran(full), found);
    EXPECT_EQ(found.count, Found::kMost);
    EXPECT_EQ(found.dropped, 256u - Found::kMost);
}

TEST(Scan, GivesAddressesWhereNobodyDid) {
    FakeBus bus;
    FakeFunction& one = bus.add(0, 1).ids(0x1af4, 0x1005);
    one.bar(0, 0x20, 1).bar(1, 0x1000, 0).bar(4, 0x4000, 0xc);
    FakeFunction& two = bus.add(0, 2).ids(0x1af4, 0x1005);
    two.bar(0, 0x100000, 0).put(4, 7, 2); // switched on
    FakeFunction& big = bus.add(0, 3).ids(1, 1).bar(2, uint64_t{1} << 33, 0xc);
    FakeFunction& too_big = bus.add(0, 4).ids(1, 1).bar(2, uint64_t{1} << 30, 0);
    Found found;
    const Host host = bare(bus);
    uk::pci::scan(host, found);
    EXPECT_EQ(one.bar_value(0), 0u) << "ports";
    EXPECT_EQ(one.bar_value(1), 0x10000000u);
    EXPECT_EQ(one.bar_value(4), 0x10004000u) << "a multiple of its size";
    EXPECT_EQ(two.bar_value(0), 0x10100000u);
    EXPECT_EQ(two.get(4, 2), 0u) << "off until a driver wants it";
    EXPECT_EQ(big.bar_value(2), 0x8000000000u);
    EXPECT_EQ(too_big.bar_value(2), 0u);
    EXPECT_EQ(one.sizings_while_on + two.sizings_while_on, 0u);

    const Bar bar = found.functions[0].bar(4).take();
    EXPECT_TRUE(bar.is_64);
    EXPECT_EQ(bar.size, 0x4000u);
    EXPECT_EQ(host.to_cpu(bar).take(), Paddr{0x10004000});
    EXPECT_EQ(host.to_cpu(found.functions[2].bar(2).take()).take(), Paddr{0x8000000000});
    EXPECT_EQ(host.to_cpu(found.functions[3].bar(2).take()).code(), Errno::nodev);
    EXPECT_EQ(host.to_cpu(found.functions[0].bar(0).take()).code(), Errno::nodev);
    EXPECT_EQ(host.to_cpu(Bar{0x3eff0000, 0x1000, false, false}).code(), Errno::fault);
    EXPECT_EQ(host.to_cpu(Bar{0x3efef000, 0x2000, false, false}).code(), Errno::fault);
}

TEST(Scan, NumbersBridgesAndOpensTheirWindows) {
    FakeBus bus;
    bus.reserve(8);
    FakeFunction& root = bus.add(0, 1).ids(0x1b36, 0xc).bridge();
    root.bar(0, 0x1000, 4);
    FakeFunction& inner = bus.add_behind(root, 0).ids(0x1b36, 0xe).bridge();
    FakeFunction& disk = bus.add_behind(inner, 3).ids(0x1af4, 0x1042).bar(4, 0x4000, 0xc);
    FakeFunction& empty = bus.add(0, 2).ids(0x1b36, 0xc).bridge();
    FakeFunction& last = bus.add(0, 3).ids(0x1af4, 0x1041).bar(1, 0x1000, 0);
    Found found;
    uk::pci::scan(bare(bus), found);
    EXPECT_EQ(names(found), "0:1.0 1:0.0 2:3.0 0:2.0 0:3.0 ");
    EXPECT_EQ(root.bar_value(0), 0x10000000u);
    EXPECT_EQ(root.get(0x18, 4), 0x00020100u);
    EXPECT_EQ(inner.get(0x18, 4), 0x00020201u);
    EXPECT_EQ(empty.get(0x18, 4), 0x00030300u);
    EXPECT_EQ(disk.bar_value(4), 0x10100000u);
    EXPECT_EQ(root.get(0x20, 4), 0x10101010u) << "1 MiB from 0x10100000 on";
    EXPECT_EQ(inner.get(0x20, 4), 0x10101010u);
    EXPECT_EQ(empty.get(0x20, 4), 0x0000fff0u) << "nothing passes";
    EXPECT_EQ(root.get(0x24, 4), 0x0000fff0u);
    EXPECT_EQ(root.get(4, 2) & 6, 6u);
    EXPECT_EQ(last.bar_value(1), 0x10200000u);
}

TEST(Scan, FollowsInterruptPins) {
    FakeBus bus;
    bus.add(0, 0).ids(1, 1).put(0x3d, 2, 1);
    bus.add(0, 4).ids(1, 1).bridge(1);
    bus.add(1, 1).ids(1, 1).put(0x3d, 1, 1);
    bus.add(1, 3).ids(1, 1).bridge(2);
    bus.add(2, 2).ids(1, 1).put(0x3d, 4, 1);
    bus.add(1, 2).ids(1, 1).put(0x3d, 5, 1);
    const Host host = firmware_ran(bus);
    Found found;
    uk::pci::scan(host, found);
    auto pin = [&](uint8_t on, uint8_t device) {
        auto there = uk::pci::pin_on_first_bus(host, found, Function(bus, {on, device, 0}));
        return there.ok() ? there.value().device * 10 + there.value().pin : -1;
    };
    EXPECT_EQ(pin(0, 0), 2);
    EXPECT_EQ(pin(1, 1), 42);
    EXPECT_EQ(pin(2, 2), 41) << "D turned by 2 is B, by 3 A";
    EXPECT_EQ(pin(1, 2), -1);
    EXPECT_EQ(pin(0, 4), -1) << "no pin";
    bus.add(1, 3).bridge(0);
    EXPECT_EQ(pin(2, 2), -1);
}

TEST(Scan, StopsWhereBusNumbersEnd) {
    FakeBus bus;
    bus.add(0, 1).ids(1, 1).bridge();
    bus.add(0, 2).ids(1, 1).bridge();
    Host host = bare(bus);
    host.last_bus = 1;
    Found found;
    uk::pci::scan(host, found);
    EXPECT_EQ(found.count, 2u);
    EXPECT_EQ(bus.add(0, 2).get(0x18, 4), 0u);
}

TEST(Function, TellsItsRegisters) {
    FakeBus bus;
    bus.add(0, 0).ids(1, 1).bar(0, 0x100, 1, 0xc000).bar(1, 0x1000, 0, 0xfebf1000);
    bus.add(0, 0).bar(4, 0x4000, 0xc, 0x123400000000).put(4, 7, 2);
    const Function function(bus, {0, 0, 0});
    const Bar ports = function.bar(0).take();
    EXPECT_TRUE(ports.is_port);
    EXPECT_EQ(ports.size, 0x100u);
    EXPECT_EQ(ports.bus_address, 0xc000u);
    const Bar memory = function.bar(1).take();
    EXPECT_EQ(memory.size, 0x1000u);
    EXPECT_EQ(memory.bus_address, 0xfebf1000u);
    const Bar wide = function.bar(4).take();
    EXPECT_EQ(wide.bus_address, 0x123400000000u);
    EXPECT_EQ(wide.size, 0x4000u);
    EXPECT_EQ(function.bar(2).code(), Errno::nodev);
    EXPECT_EQ(function.bar(5).code(), Errno::inval) << "the upper half of register 4";
    EXPECT_EQ(function.bar(6).code(), Errno::inval);
    EXPECT_EQ(bus.add(0, 0).get(4, 2), 7u) << "as it was";
    EXPECT_EQ(bus.add(0, 0).bar_value(4), 0x123400000000u);
    EXPECT_EQ(bus.add(0, 0).sizings_while_on, 0u);
}

TEST(Function, WideRegisterAtTheEndIsNone) {
    FakeBus bus;
    bus.add(0, 0).ids(1, 1).bars[5] = {0x1000, 4};
    bus.add(0, 0).put(0x24, 4, 4);
    EXPECT_EQ(Function(bus, {0, 0, 0}).bar(5).code(), Errno::inval);
    bus.add(0, 1).ids(1, 1).put(0x0e, 2, 1);
    EXPECT_EQ(Function(bus, {0, 1, 0}).bar_count(), 0u) << "CardBus";
    EXPECT_EQ(Function(bus, {0, 1, 0}).bar(0).code(), Errno::inval);
}

TEST(Function, ListsCapabilities) {
    FakeBus bus;
    FakeFunction& fake = bus.add(0, 0).ids(1, 1);
    fake.capability(0x98, 0x11, 0x84)
        .capability(0x84, 9, 0x70)
        .capability(0x70, 9, 0)
        .put(0x34, 0x98, 1);
    const CapabilityList list = Function(bus, {0, 0, 0}).capabilities();
    ASSERT_EQ(list.count, 3u);
    EXPECT_EQ(list.entries[1].offset, 0x84);
    EXPECT_EQ(list.find(0x11), 0x98);
    EXPECT_EQ(list.find(0x12), 0);
    fake.bytes[6] = 0;
    EXPECT_EQ(Function(bus, {0, 0, 0}).capabilities().count, 0u);
}

TEST(Function, RefusesCirclesAndHeadersAsCapabilities) {
    FakeBus bus;
    FakeFunction& fake = bus.add(0, 0).ids(1, 1);
    fake.capability(0x40, 9, 0x50).capability(0x50, 9, 0x40).put(0x34, 0x43, 1);
    EXPECT_EQ(Function(bus, {0, 0, 0}).capabilities().count, 2u);
    fake.capability(0x50, 9, 0x3c);
    EXPECT_EQ(Function(bus, {0, 0, 0}).capabilities().count, 2u);
    for (unsigned at = 0x40; at < 0x100; at += 4) {
        fake.capability(static_cast<uint8_t>(at), 9, static_cast<uint8_t>(at + 4));
    }
    EXPECT_EQ(Function(bus, {0, 0, 0}).capabilities().count, CapabilityList::kMost);
}

struct TableIo {
    uint32_t* words;
    template <class T>
    T read(uint32_t offset) {
        return static_cast<T>(words[offset / 4]);
    }
    template <class T>
    void write(uint32_t offset, T value) {
        words[offset / 4] = value;
    }
};

TEST(Msix, IsFoundAndProgrammed) {
    FakeBus bus;
    FakeFunction& fake = bus.add(0, 0).ids(1, 1).capability(0x98, 0x11, 0);
    fake.put(0x34, 0x98, 1);
    fake.put(0x9a, 2 | 1 << 14, 2);
    fake.put(0x9c, 0x2001, 4);
    const Function function(bus, {0, 0, 0});
    const uk::pci::MsixPlace place = uk::pci::find_msix(function).take();
    EXPECT_EQ(place.bar, 1);
    EXPECT_EQ(place.offset, 0x2000u);
    EXPECT_EQ(place.vectors, 3u);
    uk::pci::switch_msix(function, place, true);
    EXPECT_EQ(fake.get(0x9a, 2), 0x8002u);
    uk::pci::switch_msix(function, place, false);
    EXPECT_EQ(fake.get(0x9a, 2), 0x0002u);

    uint32_t words[12] = {};
    uk::pci::MsixTable<TableIo> table(TableIo{words}, 3);
    table.mask_all();
    EXPECT_EQ(words[11], 1u);
    EXPECT_TRUE(table.set(1, uk::DmaAddr{0x1fee00000}, 0x41).ok());
    EXPECT_EQ(words[4], 0xfee00000u);
    EXPECT_EQ(words[5], 1u);
    EXPECT_EQ(words[6], 0x41u);
    EXPECT_EQ(words[7], 0u);
    EXPECT_EQ(table.set(3, uk::DmaAddr{0}, 0).code(), Errno::inval);
    fake.put(0x9c, 0x2007, 4);
    EXPECT_EQ(uk::pci::find_msix(function).code(), Errno::nodev);
    fake.put(0x34, 0xf8, 1);
    fake.capability(0xf8, 0x11, 0);
    EXPECT_EQ(uk::pci::find_msix(function).code(), Errno::nodev) << "beyond the end";
}

} // namespace
