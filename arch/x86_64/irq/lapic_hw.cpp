// SPDX-License-Identifier: BSD-3-Clause
// The local APIC, as far as the old interrupt controllers need it: they reach the CPU through its
// pin LINT0, which firmware opens on most machines, but not on all. Intel SDM 3A, chapter 11.
#include <uk/x86/irq.hpp>

#include <uk/hal/memory.hpp>
#include <uk/hal_arch/cpuid.hpp>
#include <uk/hal_arch/msr.hpp>
#include <uk/io/reg.hpp>

namespace uk {
namespace {

constexpr uint32_t kCpuHasApic = 1U << 9;
constexpr uint32_t kBaseMsr = 0x1b;
constexpr uint64_t kBaseEnabled = 1U << 11;
constexpr uint64_t kBaseX2 = 1U << 10;
constexpr uint64_t kBaseAddress = 0x000ffffffffff000;

// Registers by their memory offset; in x2APIC mode they are MSRs.
constexpr uint32_t kSpurious = 0x0f0;
constexpr uint32_t kLint0 = 0x350;
constexpr uint32_t kFirstMsr = 0x800;
constexpr uint32_t kSize = 0x400;

constexpr uint32_t kEnable = 1U << 8;
constexpr uint32_t kExternal = 7U << 8; // the vector comes from the 8259
constexpr uint32_t kSpuriousVector = x86::kFirstIrqVector + x86::kIrqLines - 1;

} // namespace

bool x86::irq_open_lint0() {
    if ((hal::cpuid_unchecked(1).edx & kCpuHasApic) == 0) {
        return true; // the controllers are wired to the CPU itself
    }
    uint64_t base = hal::msr_read(kBaseMsr);
    if ((base & kBaseEnabled) == 0) {
        return true;
    }
    if ((base & kBaseX2) != 0) {
        hal::msr_write(kFirstMsr + (kSpurious >> 4), kEnable | kSpuriousVector);
        hal::msr_write(kFirstMsr + (kLint0 >> 4), kExternal);
        return true;
    }
    Result<volatile void*> registers = hal::map_device(Paddr{base & kBaseAddress}, kSize);
    if (!registers.ok()) {
        return false;
    }
    io::Mmio apic(registers.take());
    apic.write<uint32_t>(kSpurious, kEnable | kSpuriousVector);
    apic.write<uint32_t>(kLint0, kExternal);
    return true;
}

} // namespace uk
