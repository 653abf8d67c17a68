// SPDX-License-Identifier: BSD-3-Clause
// What CPUID tells about clocks: the rate of the TSC, and whether KVM offers its own.
#pragma once

#include <cstdint>
#include <optional>

#include <uk/clocksource/tsc_clock.hpp>

namespace uk::clocksource {

struct CpuidLeaf {
    uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
};

struct CpuClocks {
    std::optional<Rate> tsc;
    const char* tsc_name = "tsc";
    uint32_t kvm_clock_msr = 0; // where the address of a PvclockPage goes; 0 = no KVM clock
    uint32_t kvm_wall_msr = 0;  // the same for PvclockWall
};

// Error of a rate that the CPU states exactly, and of one that is a round number on a label, in
// parts of 2^20.
inline constexpr uint64_t kStated = 2;
inline constexpr uint64_t kLabelled = 10'000;

namespace detail {

// A rate from outside is believed between 10 MHz and 100 GHz.
inline std::optional<Rate> believable(uint64_t hz, uint64_t error) {
    if (hz < 10'000'000 || hz > 100'000'000'000) {
        return {};
    }
    return Rate{Scale::of_hz(hz), error};
}

// The hypervisor's leaves start at 0x40000000, or 0x100 higher if it poses as Hyper-V as well.
template <class Cpuid>
void ask_hypervisor(Cpuid cpuid, CpuClocks& clocks) {
    constexpr uint32_t kKvm[] = {0x4b4d564b, 0x564b4d56, 0x4d};          // "KVMKVMKVM\0\0\0"
    constexpr uint32_t kVmware[] = {0x61774d56, 0x4d566572, 0x65726177}; // "VMwareVMware"
    constexpr uint32_t kHyperv[] = {0x7263694d, 0x666f736f, 0x76482074}; // "Microsoft Hv"
    constexpr uint32_t kOldClock = 1U << 0;
    constexpr uint32_t kNewClock = 1U << 3;
    auto is = [](const CpuidLeaf& leaf, const uint32_t(&name)[3]) {
        return leaf.ebx == name[0] && leaf.ecx == name[1] && leaf.edx == name[2];
    };
    uint32_t base = 0x40000000;
    CpuidLeaf first = cpuid(base);
    if (is(first, kHyperv)) {
        base += 0x100;
        first = cpuid(base);
    }
    bool kvm = is(first, kKvm);
    if (kvm) {
        uint32_t features = cpuid(base + 1).eax;
        if ((features & kNewClock) != 0) {
            clocks.kvm_wall_msr = 0x4b564d00;
            clocks.kvm_clock_msr = 0x4b564d01;
        } else if ((features & kOldClock) != 0) {
            clocks.kvm_wall_msr = 0x11;
            clocks.kvm_clock_msr = 0x12;
        }
    }
    if ((kvm || is(first, kVmware)) && clocks.kvm_clock_msr == 0 && first.eax >= base + 0x10) {
        clocks.tsc = believable(uint64_t{cpuid(base + 0x10).eax} * 1000, kStated);
        clocks.tsc_name = "tsc (hypervisor)";
    }
}

// Leaf 15h: the TSC runs at crystal * ebx / eax; the crystal may be left out. Leaf 16h: megahertz
// as on the label. (Intel SDM volume 2A, CPUID.)
template <class Cpuid>
void ask_crystal(Cpuid cpuid, uint32_t highest, CpuClocks& clocks) {
    CpuidLeaf ratio = cpuid(0x15);
    if (ratio.eax != 0 && ratio.ebx != 0 && ratio.ecx != 0) {
        clocks.tsc = believable(uint64_t{ratio.ecx} * ratio.ebx / ratio.eax, kStated);
        clocks.tsc_name = "tsc (CPUID 15h)";
    }
    if (!clocks.tsc && highest >= 0x16) {
        clocks.tsc = believable(uint64_t{cpuid(0x16).eax & 0xffff} * 1'000'000, kLabelled);
        clocks.tsc_name = "tsc (CPUID 16h)";
    }
}

} // namespace detail

// Asks `cpuid(leaf)`, a function that returns a CpuidLeaf as the CPU does: for a leaf above the
// highest one that is another leaf's data. Each look is an exit under a hypervisor, so there are
// few. Pure.
template <class Cpuid>
[[nodiscard]] CpuClocks ask_cpu(Cpuid cpuid) {
    constexpr uint32_t kHypervisorBit = 1U << 31;
    CpuClocks clocks;
    uint32_t highest = cpuid(0).eax;
    if (highest >= 1 && (cpuid(1).ecx & kHypervisorBit) != 0) {
        detail::ask_hypervisor(cpuid, clocks);
    }
    if (!clocks.tsc && clocks.kvm_clock_msr == 0 && highest >= 0x15) {
        detail::ask_crystal(cpuid, highest, clocks);
    }
    return clocks;
}

} // namespace uk::clocksource
