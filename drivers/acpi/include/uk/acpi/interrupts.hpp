// SPDX-License-Identifier: BSD-3-Clause
// How a machine's interrupts reach its CPUs: the Multiple APIC Description Table.
#pragma once

#include <cstdint>

#include <uk/acpi/tables.hpp>

namespace uk::acpi {

struct IoApic {
    Paddr address;
    uint32_t first_gsi = 0; // of its pin 0
};

// Where the line `irq` of the ISA bus leads.
struct IsaRoute {
    uint32_t gsi = 0;
    bool low = false;
    bool level = false;
};

struct InterruptRouting {
    static constexpr unsigned kMostIoApics = 8;
    static constexpr unsigned kIsaLines = 16;
    IoApic io_apics[kMostIoApics];
    unsigned io_apic_count = 0;
    IsaRoute isa[kIsaLines];
};

// Reads the IO-APICs, of which those that do not fit are left out, and the routes of the ISA bus:
// GSI = number, edge-triggered and active high where the table does not say otherwise. What a table
// says twice counts as it was said last. Context as `memory.read`. Errors: as read_cpus().
[[nodiscard]] Result<> read_interrupts(const Memory& memory, Paddr root, InterruptRouting& routing);

} // namespace uk::acpi
