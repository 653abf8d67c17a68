// SPDX-License-Identifier: BSD-3-Clause
// The local APIC, which the timer and the other CPUs interrupt through.
#pragma once

#include <uk/hal/cpus.hpp>
#include <uk/hal/memory.hpp>
#include <uk/hal_arch/cpuid.hpp>
#include <uk/hal_arch/msr.hpp>
#include <uk/intctlr/local_apic.hpp>
#include <uk/x86/irq.hpp>

namespace uk::kvm {

// Lines, as x86::irq_init() counts them. The 8259 has all of them where its timer is used; then
// there are no other CPUs.
inline constexpr unsigned kTimerLine = 1;
inline constexpr unsigned kKickLine = 2;
inline constexpr unsigned kFlushLine = 3;
inline constexpr unsigned kStopLine = 4;
// From here on to the devices; but the last is the spurious one.
inline constexpr unsigned kFirstDeviceLine = 16;
inline constexpr uint8_t kSpuriousVector = x86::kFirstIrqVector + x86::kIrqLines - 1;

struct ApicAccess {
    static bool has_apic() { return (hal::cpuid_unchecked(1).edx & 1 << 9) != 0; }
    static uint64_t msr_read(uint32_t number) { return hal::msr_read(number); }
    static void msr_write(uint32_t number, uint64_t value) { hal::msr_write(number, value); }
    static volatile uint32_t* map(uint64_t address, size_t size) {
        auto registers = hal::map_device(Paddr{address}, size);
        return registers.ok() ? static_cast<volatile uint32_t*>(registers.take()) : nullptr;
    }
};

extern constinit intctlr::LocalApic<ApicAccess> g_apic;

// Whether the APIC's timer is what interrupts this machine. Thread context.
[[nodiscard]] bool apic_timer_works();

// Of CPU 0, when the APIC's timer is known to work; in images with HAL_IRQ_LINES.
extern constinit uint32_t g_first_apic_id;

// The timer of the caller, a further CPU, is the alarm that clock_alarm_start() began.
void timer_joins();

// The interrupts that CPUs send each other: kKickLine, kFlushLine, kStopLine.
void on_message(unsigned line);

} // namespace uk::kvm
