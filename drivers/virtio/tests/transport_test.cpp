// SPDX-License-Identifier: BSD-3-Clause
// Host tests of both transports and of the agreement on features.
#include "drivers/virtio/tests/fake_registers.hpp"

#include "drivers/pci/tests/fake_pci.hpp"
#include "drivers/virtio/tests/fake_device.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace {

using uk::DmaAddr;
using uk::Errno;
using uk::Result;
using uk::virtio::Doorbell;
using uk::virtio::MmioTransport;
using uk::virtio::PciParts;
using uk::virtio::PciTransport;
using uk::virtio::SplitQueue;
using uk::virtio::Transport;
using virtio_test::FakeRegisters;
using virtio_test::Memory;
using virtio_test::MmioIo;
using virtio_test::Part;
using virtio_test::PciIo;

PciParts parts() {
    PciParts all;
    all.notify.length = 16;
    all.notify_step = 4;
    all.device.length = 8;
    return all;
}

// The same device, reached by either transport.
struct Both {
    FakeRegisters fake;
    std::array<volatile char, 256> memory{};
    PciTransport<PciIo> pci{parts(), PciIo{&fake, Part::common}, PciIo{&fake, Part::isr},
                            PciIo{&fake, Part::device}, memory.data()};
    MmioTransport<MmioIo> mmio{MmioIo{&fake}, memory.data(), 0x108};
    Transport& get(bool is_pci) {
        return is_pci ? static_cast<Transport&>(pci) : static_cast<Transport&>(mmio);
    }
};

class EachBus : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(IsPci, EachBus, testing::Bool());

TEST_P(EachBus, AgreesOnFeatures) {
    Both both;
    const Result<uint64_t> chosen =
        uk::virtio::negotiate(both.get(GetParam()), "test", uk::virtio::kEventIndex | 0x101, 0x20);
    EXPECT_EQ(Result(chosen).take(), uk::virtio::kVersion1 | uk::virtio::kEventIndex | 0x21);
    EXPECT_EQ(both.fake.accepted, uk::virtio::kVersion1 | uk::virtio::kEventIndex | 0x21);
    EXPECT_EQ(both.fake.history, (std::vector<uint8_t>{0, 1, 3, 11})) << "3.1.1";
}

TEST_P(EachBus, SaysWhenThereIsNoAgreement) {
    Both old;
    old.fake.offers = 0xff;
    EXPECT_EQ(uk::virtio::negotiate(old.get(GetParam()), "test", 0, 0).code(), Errno::notsup);
    EXPECT_EQ(old.fake.status & uk::virtio::kFailed, uk::virtio::kFailed);
    Both poor;
    EXPECT_EQ(uk::virtio::negotiate(poor.get(GetParam()), "test", 0, 0x40).code(), Errno::notsup);
    Both stubborn;
    stubborn.fake.takes = ~uint64_t{1};
    EXPECT_EQ(uk::virtio::negotiate(stubborn.get(GetParam()), "test", 1, 0).code(), Errno::io);
    EXPECT_EQ(stubborn.fake.status & uk::virtio::kFailed, uk::virtio::kFailed);
    Both stuck;
    stuck.fake.resets = false;
    stuck.fake.status = 7;
    EXPECT_EQ(uk::virtio::negotiate(stuck.get(GetParam()), "test", 0, 0).code(), Errno::io);
}

TEST_P(EachBus, ReadsConfigurationAsOfOneMoment) {
    Both both;
    std::array<std::byte, 4> out{};
    both.fake.changes = 6;
    EXPECT_TRUE(both.get(GetParam()).read_config(2, out).ok());
    EXPECT_EQ(out[0], std::byte{'C'});
    EXPECT_EQ(out[3], std::byte{'F'});
    EXPECT_TRUE(both.get(GetParam()).read_config(6, out).ok());
    EXPECT_EQ(out[1], std::byte{'H'});
    EXPECT_EQ(out[2], std::byte{0}) << "beyond its end";
    both.fake.changes = 1'000'000;
    EXPECT_EQ(both.get(GetParam()).read_config(0, out).code(), Errno::again);
}

TEST_P(EachBus, StartsQueues) {
    Both both;
    Memory memory(uk::virtio::Layout{8, 0});
    const SplitQueue queue(memory.layout, memory.data(), DmaAddr{0x123400000000}, memory.slots,
                           false);
    Transport& transport = both.get(GetParam());
    EXPECT_EQ(transport.queue_limit(0), 256);
    EXPECT_EQ(transport.queue_limit(1), 0);
    EXPECT_EQ(transport.start_queue(1, queue, 2).code(), Errno::inval) << "no such queue";
    both.fake.limit = 4;
    EXPECT_EQ(transport.start_queue(0, queue, 2).code(), Errno::inval) << "too long";
    both.fake.limit = 256;
    const Doorbell bell = transport.start_queue(0, queue, 2).take();
    EXPECT_EQ(both.fake.size, 8u);
    const uint32_t first = GetParam() ? 32 : 0x80;
    const uint32_t step = GetParam() ? 8 : 16;
    EXPECT_EQ(both.fake.addresses[first], 0u);
    EXPECT_EQ(both.fake.addresses[first + 4], 0x1234u);
    EXPECT_EQ(both.fake.addresses[first + step], memory.layout.available());
    EXPECT_EQ(both.fake.addresses[first + 2 * step], memory.layout.used());
    EXPECT_EQ(bell.at, both.memory.data() + (GetParam() ? 12 : 0x50));
    EXPECT_EQ(bell.is_wide, !GetParam());
    EXPECT_EQ(transport.start_queue(0, queue, 2).code(), Errno::busy);
    Both mean;
    mean.fake.has_vectors = false;
    EXPECT_EQ(mean.get(GetParam()).start_queue(0, queue, 2).code(), Errno::io);
}

TEST_P(EachBus, AcknowledgesInterrupts) {
    Both both;
    both.fake.interrupts = 3;
    EXPECT_EQ(both.get(GetParam()).acknowledge(), 3);
    EXPECT_EQ(both.get(GetParam()).acknowledge(), 0);
}

TEST(PciTransport, ChangesInterruptIfTheDeviceHasAVectorForThem) {
    Both both;
    EXPECT_TRUE(both.pci.set_config_vector(3));
    EXPECT_EQ(both.fake.config_vector, 3);
    both.fake.has_vectors = false;
    EXPECT_FALSE(both.pci.set_config_vector(3));
    EXPECT_FALSE(both.mmio.set_config_vector(0)) << "it has one line for all";
}

TEST(PciTransport, KeepsItsDoorbellInside) {
    Both both;
    Memory memory(uk::virtio::Layout{8, 0});
    const SplitQueue queue(memory.layout, memory.data(), DmaAddr{0x1000}, memory.slots, false);
    both.fake.notify_offset = 4;
    EXPECT_EQ(both.pci.start_queue(0, queue, 0).code(), Errno::io);
    both.fake.notify_offset = 0xffff;
    EXPECT_EQ(both.pci.start_queue(0, queue, 0).code(), Errno::io);
}

TEST(Doorbell, WritesTheQueuesNumberOnce) {
    volatile uint32_t word = 0xffffffff;
    Doorbell{&word, 5, false}.ring();
    EXPECT_EQ(word, 0xffff0005u);
    Doorbell{&word, 6, true}.ring();
    EXPECT_EQ(word, 6u);
}

TEST(MmioKind, TellsSlotsApart) {
    FakeRegisters fake;
    EXPECT_EQ(uk::virtio::mmio_kind(MmioIo{&fake}).take(), 4);
    EXPECT_EQ(uk::virtio::mmio_kind(MmioIo{&fake, 0}).code(), Errno::nodev);
    EXPECT_EQ(uk::virtio::mmio_kind(MmioIo{&fake, 0x74726976, 1}).code(), Errno::notsup);
    EXPECT_EQ(uk::virtio::mmio_kind(MmioIo{&fake, 0x74726976, 2, 0}).code(), Errno::nodev);
    EXPECT_EQ(uk::virtio::mmio_kind(MmioIo{&fake, 0x74726976, 1, 0}).code(), Errno::nodev);
}

// --- what PCI functions say ----------------------------------------------------------------------

using pci_test::FakeBus;
using pci_test::FakeFunction;

void add_part(FakeFunction& fake, uint8_t at, uint8_t next, uint8_t kind, uint8_t bar,
              uint32_t offset, uint32_t length, uint8_t bytes = 16) {
    fake.capability(at, 9, next);
    fake.put(at + 2, bytes, 1);
    fake.put(at + 3, kind, 1);
    fake.put(at + 4, bar, 1);
    fake.put(at + 8, offset, 4);
    fake.put(at + 12, length, 4);
}
FakeFunction& qemu(FakeBus& bus) {
    FakeFunction& fake = bus.add(0, 0).ids(0x1af4, 0x1005);
    fake.put(0x2e, 4, 2);
    fake.put(0x34, 0x84, 1);
    add_part(fake, 0x84, 0x70, 5, 0, 0, 0, 20);
    add_part(fake, 0x70, 0x60, 2, 4, 0x3000, 0x1000, 20);
    fake.put(0x80, 4, 4);
    add_part(fake, 0x60, 0x50, 4, 4, 0x2000, 0x1000);
    add_part(fake, 0x50, 0x40, 3, 4, 0x1000, 0x1000);
    add_part(fake, 0x40, 0, 1, 4, 0, 0x1000);
    return fake;
}

TEST(PciParts, AsQemuHasThem) {
    FakeBus bus;
    (void)qemu(bus);
    const uk::pci::Function function(bus, {0, 0, 0});
    EXPECT_EQ(uk::virtio::pci_kind(function), 4);
    const PciParts found = uk::virtio::find_parts(function).take();
    EXPECT_EQ(found.common.bar, 4);
    EXPECT_EQ(found.isr.offset, 0x1000u);
    EXPECT_EQ(found.device.length, 0x1000u);
    EXPECT_EQ(found.notify.offset, 0x3000u);
    EXPECT_EQ(found.notify_step, 4u);
    bus.add(0, 0).ids(0x1af4, 0x1041);
    EXPECT_EQ(uk::virtio::pci_kind(function), 1);
}

TEST(PciParts, RefusesWhatIsNotWhole) {
    FakeBus bus;
    const uk::pci::Function function(bus, {0, 0, 0});
    add_part(qemu(bus), 0x40, 0, 1, 4, 0, 55);
    EXPECT_EQ(uk::virtio::find_parts(function).code(), Errno::nodev) << "too small";
    add_part(qemu(bus), 0x40, 0, 1, 6, 0, 0x1000);
    EXPECT_EQ(uk::virtio::find_parts(function).code(), Errno::nodev) << "no such register";
    add_part(qemu(bus), 0x70, 0x60, 2, 4, 0x3000, 0x1000, 16);
    EXPECT_EQ(uk::virtio::find_parts(function).code(), Errno::nodev) << "without a step";
    qemu(bus).capability(0x40, 5, 0);
    EXPECT_EQ(uk::virtio::find_parts(function).code(), Errno::nodev);
    qemu(bus).put(0x34, 0, 1);
    EXPECT_EQ(uk::virtio::find_parts(function).code(), Errno::nodev) << "an old device";
}

// --- the command line ----------------------------------------------------------------------------

std::string slot(const char* text) {
    const Result<uk::virtio::Slot> found = uk::virtio::parse_slot(text);
    if (!found.ok()) {
        return found.error().name();
    }
    const uk::virtio::Slot value = Result(found).take();
    char all[80];
    snprintf(all, sizeof all, "%llx+%llx %u",
             static_cast<unsigned long long>(value.registers.start.value()),
             static_cast<unsigned long long>(value.registers.size), value.line);
    return all;
}

TEST(SlotText, AsMonitorsWriteIt) {
    EXPECT_EQ(slot("512@0xfeb00e00:12"), "feb00e00+200 12");
    EXPECT_EQ(slot("4K@0xd0000000:5"), "d0000000+1000 5");
    EXPECT_EQ(slot("4k@0xD0000000:0x21:3"), "d0000000+1000 33");
    EXPECT_EQ(slot("1M@4096:0"), "1000+100000 0");
}

TEST(SlotText, RefusesTheRest) {
    for (const char* text :
         {"", "@", "512", "512@", "512@0x", "512@0x1000", "512@0x1000:", "512@0x1000:5:", "a@1:1",
          "512@0x1000:5x", "16@0x1000:5", "512@0xfffffffffffffff0:5", "512@0x10000000000000000:5",
          "512@0x1000:4294967296", "99999999999999999G@0:1", "512@0x1000:5:6:7", "-512@1:1"}) {
        EXPECT_EQ(slot(text), "EINVAL") << text;
    }
}

} // namespace
