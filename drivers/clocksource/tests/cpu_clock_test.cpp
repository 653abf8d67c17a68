// SPDX-License-Identifier: BSD-3-Clause
// What CPUID and the hypervisor's page say, on processors and hosts of all kinds.
#include <uk/clocksource/cpu_rate.hpp>
#include <uk/clocksource/pvclock.hpp>

#include <atomic>
#include <cstring>
#include <map>
#include <thread>

#include <gtest/gtest.h>

namespace {

using uk::clocksource::ask_cpu;
using uk::clocksource::CpuClocks;
using uk::clocksource::CpuidLeaf;
using uk::clocksource::kLabelled;
using uk::clocksource::PvclockPage;
using uk::clocksource::pvclock_read;
using uk::clocksource::pvclock_read_here;
using uk::clocksource::pvclock_scale;
using uk::clocksource::PvclockWall;

// A processor: its leaves, and like Intel's it answers for leaves above the highest with the
// highest.
struct Cpu {
    std::map<uint32_t, CpuidLeaf> leaves;
    bool hypervisor = false;
    int asked = 0;

    CpuidLeaf operator()(uint32_t leaf) {
        asked++;
        CpuidLeaf highest = leaves.count(0) != 0 ? leaves[0] : CpuidLeaf{};
        if (leaf == 1) {
            return CpuidLeaf{0, 0, hypervisor ? 0x80000000 : 0, 0};
        }
        if (leaves.count(leaf) == 0 && leaf > highest.eax) {
            return leaves[highest.eax];
        }
        return leaves[leaf];
    }
};

CpuidLeaf named(uint32_t highest, const char (&name)[13]) {
    CpuidLeaf leaf{highest};
    std::memcpy(&leaf.ebx, name, 4);
    std::memcpy(&leaf.ecx, name + 4, 4);
    std::memcpy(&leaf.edx, name + 8, 4);
    return leaf;
}

double mhz(const CpuClocks& clocks) {
    return clocks.tsc ? 1e3 / (static_cast<double>(clocks.tsc->scale.raw()) / 281474976710656.0)
                      : 0;
}

CpuClocks ask(Cpu& cpu) {
    return ask_cpu([&cpu](uint32_t leaf) { return cpu(leaf); });
}

TEST(CpuClocks, EmulatorWithoutALeafForTheRate) {
    // QEMU's TCG: the highest leaf is 0xd, whose data looks like a rate.
    Cpu cpu{{{0, {0xd}},
             {0xd, {3, 216, 24'000'000, 0}},
             {0x40000000, named(0x40000001, "TCGTCGTCGTCG")}},
            true};
    CpuClocks clocks = ask(cpu);
    EXPECT_FALSE(clocks.tsc);
    EXPECT_EQ(clocks.kvm_clock_msr, 0U);
    EXPECT_LE(cpu.asked, 4);
}

TEST(CpuClocks, CrystalAndRatio) {
    Cpu cpu{{{0, {0x16}}, {0x15, {2, 216, 24'000'000, 0}}, {0x16, {2600}}}};
    EXPECT_NEAR(mhz(ask(cpu)), 2592, 0.001);
    EXPECT_STREQ(ask(cpu).tsc_name, "tsc (CPUID 15h)");
    cpu.leaves[0x15].ecx = 0; // crystal not stated
    EXPECT_NEAR(mhz(ask(cpu)), 2600, 0.001);
    EXPECT_EQ(ask(cpu).tsc->error, kLabelled);
    cpu.leaves[0].eax = 0x15;
    EXPECT_FALSE(ask(cpu).tsc);
    cpu.leaves[0x15] = {1, 0xffffffff, 0xffffffff, 0}; // no such rate
    EXPECT_FALSE(ask(cpu).tsc);
}

TEST(CpuClocks, HypervisorLeavesCountOnlyUnderAHypervisor) {
    Cpu cpu{{{0, {0xd}}, {0x40000000, named(0x40000001, "KVMKVMKVM\0\0\0")}, {0x40000001, {9}}}};
    EXPECT_EQ(ask(cpu).kvm_clock_msr, 0U);
    cpu.hypervisor = true;
    EXPECT_EQ(ask(cpu).kvm_clock_msr, 0x4b564d01U);
    EXPECT_EQ(ask(cpu).kvm_wall_msr, 0x4b564d00U);
    cpu.leaves[0x40000001].eax = 1;
    EXPECT_EQ(ask(cpu).kvm_clock_msr, 0x12U);
}

TEST(CpuClocks, KvmBehindHyperv) {
    Cpu cpu{{{0, {0xd}},
             {0x40000000, named(0x4000000b, "Microsoft Hv")},
             {0x40000001, {0xffffffff}},
             {0x40000100, named(0x40000101, "KVMKVMKVM\0\0\0")},
             {0x40000101, {8}}},
            true};
    EXPECT_EQ(ask(cpu).kvm_clock_msr, 0x4b564d01U);
}

TEST(CpuClocks, RateFromTheHypervisor) {
    Cpu cpu{
        {{0, {0xd}}, {0x40000000, named(0x40000010, "VMwareVMware")}, {0x40000010, {2'893'202}}},
        true};
    EXPECT_NEAR(mhz(ask(cpu)), 2893.202, 0.001);
    cpu.leaves[0x40000000].eax = 0x4000000f;
    EXPECT_FALSE(ask(cpu).tsc);
}

TEST(Pvclock, Scales) {
    EXPECT_EQ(pvclock_scale(2'400'000'000, 0xd5555555, -1), 999'999'999U); // 2.4 GHz
    EXPECT_EQ(pvclock_scale(1'000'000, 0x80000000, 1), 1'000'000U);
    EXPECT_EQ(pvclock_scale(uint64_t{1} << 62, 0x80000000, -1), uint64_t{1} << 60);
    EXPECT_EQ(pvclock_scale(5, 0xffffffff, -128), 0U);
}

TEST(Pvclock, RefusesAPageThatIsNeverFinished) {
    PvclockPage page{};
    uint64_t ns = 7;
    auto cycles = [] { return uint64_t{100}; };
    EXPECT_FALSE(pvclock_read(page, cycles, ns)); // never written
    page.version = 3;
    EXPECT_FALSE(pvclock_read(page, cycles, ns));
    page.version = 4;
    page.tsc_timestamp = 200; // the host's stamp is ahead of our counter
    page.system_time = 5000;
    page.tsc_to_system_mul = 0x80000000;
    EXPECT_TRUE(pvclock_read(page, cycles, ns));
    EXPECT_EQ(ns, 5000U);
    page.tsc_timestamp = 0 - uint64_t{300}; // made before our counter was 0, as Xen's is
    page.tsc_shift = 1;
    EXPECT_TRUE(pvclock_read(page, cycles, ns));
    EXPECT_EQ(ns, 5400U);
    PvclockWall wall{2, 1700000000, 5};
    EXPECT_TRUE(pvclock_wall(wall, ns));
    EXPECT_EQ(ns, 1700000000'000000005U);
    wall.version = 1;
    EXPECT_FALSE(pvclock_wall(wall, ns));
}

// The thread is moved whenever it may be. Counters differ by far, but pages and counters agree.
struct Mover {
    static inline unsigned cpu = 0;
    static inline int staying = 0;
    static unsigned run() { return staying != 0 ? cpu : cpu ^= 1; }
    struct Stay {
        Stay() {
            run();
            staying++;
        }
        ~Stay() { staying--; }
        static unsigned cpu() { return run(); }
    };
};

TEST(Pvclock, ReadsThePageOfItsCpu) {
    PvclockPage pages[2] = {};
    for (PvclockPage& page : pages) {
        page.version = 2;
        page.system_time = 1000;
        page.tsc_to_system_mul = 0x80000000;
        page.tsc_shift = 1;
    }
    pages[1].tsc_timestamp = 1'000'000;
    auto page_of = [&](unsigned cpu) -> const volatile PvclockPage& {
        return pages[cpu];
    };
    auto cycles = [] { return Mover::run() == 0 ? uint64_t{20} : uint64_t{1'000'020}; };
    for (int i = 0; i < 5; i++) {
        uint64_t ns = 0;
        EXPECT_TRUE(pvclock_read_here<Mover::Stay>(page_of, cycles, ns));
        EXPECT_EQ(ns, 1020U);
        EXPECT_EQ(Mover::staying, 0);
    }
    pages[1].version = 0; // a CPU that has not told the host of its page
    uint64_t ns = 0;
    EXPECT_NE(pvclock_read_here<Mover::Stay>(page_of, cycles, ns),
              pvclock_read_here<Mover::Stay>(page_of, cycles, ns));
}

// The host changes the page in the middle of a read: both halves of the answer are of one version.
TEST(Pvclock, ReadsOneVersion) {
    PvclockPage page{};
    page.version = 2;
    page.system_time = 1000;
    page.tsc_to_system_mul = 0x80000000;
    page.tsc_shift = 1;
    int calls = 0;
    auto cycles = [&] {
        if (calls++ == 0) {
            page.version = 4;
            page.tsc_timestamp = 50;
            page.system_time = 9000;
        }
        return uint64_t{60};
    };
    uint64_t ns = 0;
    EXPECT_TRUE(pvclock_read(page, cycles, ns));
    EXPECT_EQ(ns, 9010U);
    EXPECT_EQ(calls, 2);
}

} // namespace
