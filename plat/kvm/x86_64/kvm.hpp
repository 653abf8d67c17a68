// SPDX-License-Identifier: BSD-3-Clause
// What the files of this platform share.
#pragma once

#include <uk/acpi/tables.hpp>
#include <uk/hal/boot_info.hpp>

namespace uk::kvm {

// As handed to uk::boot().
extern hal::BootInfo g_boot_info;

// Physical memory for the ACPI parser: makes pages visible as it needs them. Thread context, or the
// end of the machine.
acpi::Memory acpi_memory();

// Takes a few pages below 1 MiB out of the memory map, in which further CPUs begin. Entry code.
void reserve_start_page(hal::BootInfo& info);

} // namespace uk::kvm
