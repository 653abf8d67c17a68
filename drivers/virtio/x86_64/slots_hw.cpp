// SPDX-License-Identifier: BSD-3-Clause
// Slots of a PC-like machine: from the command line, and from ACPI.
#include "../slots.hpp"

#include <uk/acpi/devices.hpp>
#include <uk/acpi/machine.hpp>
#include <uk/libparam.hpp>
#include <uk/print.h>
#include <uk/virtio/mmio_transport.hpp>

namespace uk::virtio {
namespace {

constinit params::List<const char*, 16> device;
UK_LIBPARAM_NAMED("virtio_mmio.device", device, string,
                  "virtio devices in memory, <size>@<address>:<line>");

using Use = void (*)(const SlotPlace& place);

void use_acpi(const acpi::MemoryDevice& found, void* use) {
    using enum hal::IrqTrigger;
    const hal::IrqTrigger trigger = found.level ? (found.low ? level_low : level_high)
                                                : (found.low ? edge_falling : edge_rising);
    (*static_cast<Use*>(use))({found.registers, found.gsi, trigger});
}

} // namespace

void each_slot(Use use) {
    for (const char* text : device.span()) {
        Result<Slot> slot = parse_slot(text);
        if (slot.ok()) {
            use({slot.value().registers, slot.value().line, hal::IrqTrigger::edge_rising});
        } else {
            uk_pr_warn("virtio_mmio.device=%s is not <size>@<address>:<line>\n", text);
        }
    }
    const acpi::Machine machine = acpi::machine();
    Result<> read = acpi::each_virtio(machine.memory, machine.root, use_acpi, &use);
    if (!read.ok() && read.code() != Errno::noent) {
        uk_pr_info("ACPI names no virtio devices: %s\n", read.error().name());
    }
}

} // namespace uk::virtio
