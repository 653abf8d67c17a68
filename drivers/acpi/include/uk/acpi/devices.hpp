// SPDX-License-Identifier: BSD-3-Clause
// Where devices are: the memory of PCI Express configuration space, and virtio devices that a
// monitor describes in the DSDT.
#pragma once

#include <cstdint>

#include <uk/acpi/tables.hpp>

namespace uk::acpi {

// ECAM of segment 0: 1 MiB for each bus, from bus `first_bus` on.
struct Mcfg {
    Paddr start; // of first_bus
    uint8_t first_bus = 0;
    uint8_t last_bus = 0;
};

// PCI Firmware Specification 3.0, 4.1.2. Context as `memory.read`. Errors: as find_table()
// ("MCFG"), ENODEV (nothing for segment 0), EFAULT.
[[nodiscard]] Result<Mcfg> read_mcfg(const Memory& memory, Paddr root);

// A device whose registers are memory.
struct MemoryDevice {
    PhysRange registers;
    uint32_t gsi = 0;
    bool level = false;
    bool low = false; // active low
};

// Calls use(device, context) for each device LNRO0005 (virtio over memory) in the DSDT that has
// both memory and an interrupt. The DSDT is not executed: only plain names and buffers are
// understood, which is what monitors write. Context as `memory.read`. Errors: as find_table()
// ("FACP"), EINVAL also for a broken FADT or DSDT, EFAULT.
[[nodiscard]] Result<> each_virtio(const Memory& memory, Paddr root,
                                   void (*use)(const MemoryDevice& device, void* context),
                                   void* context);

} // namespace uk::acpi
