// SPDX-License-Identifier: BSD-3-Clause
// The local APIC in memory, in MSRs, switched off, missing, and out of reach.
#include <map>

#include <gtest/gtest.h>

#include <uk/intctlr/local_apic.hpp>

namespace {

constexpr uint64_t kWhere = 0xfee00000;
constexpr uint64_t kEnabled = 1 << 11;
constexpr uint64_t kX2 = 1 << 10;

struct Machine {
    bool has_apic = true;
    bool can_map = true;
    std::map<uint32_t, uint64_t> msrs{{0x1b, kWhere | kEnabled}};
    uint32_t registers[0x100] = {};
};

struct Cpu {
    Machine* machine;
    bool has_apic() const { return machine->has_apic; }
    uint64_t msr_read(uint32_t number) const { return machine->msrs.at(number); }
    void msr_write(uint32_t number, uint64_t value) const { machine->msrs[number] = value; }
    volatile uint32_t* map(uint64_t address, size_t size) const {
        EXPECT_EQ(address, kWhere);
        EXPECT_LE(size, sizeof(machine->registers));
        return machine->can_map ? machine->registers : nullptr;
    }
};
using Apic = uk::intctlr::LocalApic<Cpu>;

TEST(LocalApic, TimerInMemory) {
    Machine machine;
    Apic apic(Cpu{&machine});
    ASSERT_TRUE(apic.open_timer(33, 47));
    EXPECT_EQ(machine.registers[0x320 / 4], 33u) << "one-shot, not masked";
    EXPECT_EQ(machine.registers[0x0f0 / 4], 0x12fu) << "enabled";
    EXPECT_EQ(machine.registers[0x350 / 4], 0x10000u) << "the 8259 is not heard";
    EXPECT_EQ(machine.registers[0x3e0 / 4], 3u) << "divided by 16";
    apic.arm_timer(1234);
    EXPECT_EQ(machine.registers[0x380 / 4], 1234u);
    machine.registers[0x390 / 4] = 77;
    EXPECT_EQ(apic.timer_left(), 77u);
    machine.registers[0x0b0 / 4] = 1;
    apic.end_interrupt();
    EXPECT_EQ(machine.registers[0x0b0 / 4], 0u);
}

TEST(LocalApic, TimerInMsrs) {
    Machine machine;
    machine.msrs[0x1b] |= kX2;
    Apic apic(Cpu{&machine});
    ASSERT_TRUE(apic.open_timer(33, 47));
    apic.arm_timer(1234);
    machine.msrs[0x839] = 77;
    EXPECT_EQ(machine.msrs[0x832], 33u);
    EXPECT_EQ(machine.msrs[0x80f], 0x12fu);
    EXPECT_EQ(machine.msrs[0x835], 0x10000u);
    EXPECT_EQ(machine.msrs[0x838], 1234u);
    EXPECT_EQ(apic.timer_left(), 77u);
}

TEST(LocalApic, The8259IsHeard) {
    Machine machine;
    Apic apic(Cpu{&machine});
    ASSERT_TRUE(apic.open_timer(33, 47));
    ASSERT_TRUE(apic.open_lint0(47));
    EXPECT_EQ(machine.registers[0x350 / 4], 0x700u);
    EXPECT_EQ(machine.registers[0x320 / 4], 0x10000u) << "the timer is masked";
}

TEST(LocalApic, MissingOffOrOutOfReach) {
    Machine missing;
    missing.has_apic = false;
    missing.msrs.clear(); // which would fault
    EXPECT_FALSE(Apic(Cpu{&missing}).open_timer(33, 47));
    EXPECT_TRUE(Apic(Cpu{&missing}).open_lint0(47)) << "wired to the CPU";
    Machine off;
    off.msrs[0x1b] = kWhere;
    EXPECT_FALSE(Apic(Cpu{&off}).open_timer(33, 47));
    EXPECT_TRUE(Apic(Cpu{&off}).open_lint0(47));
    Machine far;
    far.can_map = false;
    EXPECT_FALSE(Apic(Cpu{&far}).open_timer(33, 47));
    EXPECT_FALSE(Apic(Cpu{&far}).open_lint0(47));
}

TEST(LocalApic, CommandsInMemory) {
    Machine machine;
    machine.registers[0x020 / 4] = 5U << 24;
    Apic apic(Cpu{&machine});
    ASSERT_TRUE(apic.open_timer(33, 47));
    EXPECT_EQ(apic.id(), 5u);
    apic.send(3, 34);
    EXPECT_EQ(machine.registers[0x310 / 4], 3u << 24);
    EXPECT_EQ(machine.registers[0x300 / 4], 34u) << "fixed, edge";
    apic.send_init(2);
    EXPECT_EQ(machine.registers[0x310 / 4], 2u << 24);
    EXPECT_EQ(machine.registers[0x300 / 4], 0x4500u);
    apic.send_start(2, 0x9e);
    EXPECT_EQ(machine.registers[0x300 / 4], 0x469eu);
    apic.join();
    EXPECT_EQ(machine.msrs[0x1b], kWhere | kEnabled) << "nothing to change";
}

TEST(LocalApic, CommandsInMsrs) {
    Machine machine;
    machine.msrs[0x1b] |= kX2;
    machine.msrs[0x802] = 0x12345;
    Apic apic(Cpu{&machine});
    ASSERT_TRUE(apic.open_timer(33, 47));
    EXPECT_EQ(apic.id(), 0x12345u);
    apic.send(0x54321, 34);
    EXPECT_EQ(machine.msrs[0x830], uint64_t{0x54321} << 32 | 34);
    machine.msrs[0x1b] = kWhere | kEnabled; // as a CPU begins
    apic.join();
    EXPECT_EQ(machine.msrs[0x1b], kWhere | kEnabled | kX2);
}

} // namespace
