// SPDX-License-Identifier: BSD-3-Clause
// Further CPUs of a native x86_64 image, for its platform, which knows how to start and interrupt
// them.
#pragma once

#include <cstdint>

#include <uk/base/result.hpp>
#include <uk/hal/cpus.hpp>

// Where a further CPU comes into the image: in 64-bit mode, on the image's page tables, interrupts
// off, any stack and segments, rdi = what prepare_cpu() said. layout.h says what
// CR0, CR4 and EFER have to be.
extern "C" void uk_cpu_entry();

// Defined by the platform, called on the new CPU: opens its interrupt controller and timer.
extern "C" void uk_platform_cpu_start(unsigned index);

namespace uk::x86 {

// Lays out start.memory, so that a CPU can enter with it: at the address that is returned, below
// which nothing is. Once for each CPU; thread context. Errors: ENOMEM (no page tables left).
[[nodiscard]] Result<void*> prepare_cpu(unsigned index, const hal::CpuStart& start);

// Whether CPU `index` is about to call its entry(). From anywhere.
[[nodiscard]] bool cpu_has_come(unsigned index);

// The image's page tables, and their physical address, for CR3.
[[nodiscard]] const uint64_t* root_table();
[[nodiscard]] uint64_t root_table_address();

// Lets all other CPUs forget what they remember of page tables, and waits until they have. From
// anywhere, interrupts on or off; holds no lock that a CPU spins for without cpus_serve(). Defined
// by the platform where its hypervisor does it (ARCH_X86_64_VCPUS), with cpu_rest_begin() and
// cpu_rest_end().
void flush_others();

// Defined by the other platforms: an interrupt on that CPU whose handler calls serve_flush().
void interrupt_to_flush(unsigned cpu);

} // namespace uk::x86
