// SPDX-License-Identifier: BSD-3-Clause
// ACPI 6.4, sections 5.2.12.3 and 5.2.12.5.
#include <uk/acpi/interrupts.hpp>

#include <uk/base/endian.hpp>

#include "madt.hpp"

namespace uk::acpi {
namespace {

constexpr uint8_t kIoApic = 1;
constexpr uint8_t kOverride = 2;

struct IoApicEntry {
    uint8_t type;
    uint8_t length;
    uint8_t id;
    uint8_t reserved;
    le32 address;
    le32 first_gsi;
};
static_assert(sizeof(IoApicEntry) == 12);

constexpr size_t kOverrideLength = 10;
struct Override {
    uint8_t type;
    uint8_t length;
    uint8_t bus;
    uint8_t irq;
    le32 gsi;
    le16 flags;
    uint8_t none[2]; // not of the entry
};
static_assert(sizeof(Override) == 12);

// Table 5.24: 0 as the bus does, 1 high or edge, 3 low or level.
constexpr unsigned kLowOrLevel = 3;

void use(const MadtEntry& entry, void* context) {
    InterruptRouting& routing = *static_cast<InterruptRouting*>(context);
    IoApicEntry chip;
    Override route;
    if (as(entry, kIoApic, chip)) {
        if (routing.io_apic_count < InterruptRouting::kMostIoApics) {
            routing.io_apics[routing.io_apic_count++] = {Paddr{chip.address}, chip.first_gsi};
        }
    } else if (as(entry, kOverride, route, kOverrideLength) && route.bus == 0 &&
               route.irq < InterruptRouting::kIsaLines) {
        const unsigned flags = route.flags;
        routing.isa[route.irq] = {route.gsi, (flags & 3) == kLowOrLevel,
                                  (flags >> 2 & 3) == kLowOrLevel};
    }
}

} // namespace

Result<> read_interrupts(const Memory& memory, Paddr root, InterruptRouting& routing) {
    routing.io_apic_count = 0;
    for (unsigned i = 0; i < InterruptRouting::kIsaLines; i++) {
        routing.isa[i] = {i, false, false};
    }
    return each_madt_entry(memory, root, use, &routing);
}

} // namespace uk::acpi
