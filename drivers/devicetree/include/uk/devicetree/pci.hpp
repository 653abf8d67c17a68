// SPDX-License-Identifier: BSD-3-Clause
// A PCI host bridge whose registers are memory, as a device tree describes it. (Open Firmware PCI
// bus binding, IEEE 1275; Linux' binding "pci-host-ecam-generic"; DT 2.4.3 for its interrupts.)
#pragma once

#include <cstdint>

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>
#include <uk/devicetree/tree.hpp>

namespace uk::devicetree {

// Addresses that go from the CPU to the bus.
struct PciWindow {
    uint64_t bus_address = 0;
    PhysRange cpu; // empty = there is none
};

struct PciHost {
    PhysRange registers; // ECAM: 1 MiB for each bus, from `first_bus` on
    uint8_t first_bus = 0;
    uint8_t last_bus = 0;
    PciWindow low;          // memory below 4 GiB on the bus
    PciWindow high;         // memory above
    bool is_set_up = false; // /chosen has linux,pci-probe-only: firmware gave numbers and addresses
};

// The first enabled "pci-host-ecam-generic". Its registers have room for all its buses; windows do
// not wrap, and of several of a kind the first counts. Context as find(). Errors: ENODEV (none, or
// one that says nothing sensible), EINVAL (damaged tree).
[[nodiscard]] Result<PciHost> pci_host(const Tree& tree);

// Where a function's interrupt pin (1 to 4) leads to: the specifier of the interrupt controller.
struct PciInterrupt {
    static constexpr unsigned kMost = 4;
    uint32_t words[kMost]{};
    unsigned count = 0;
};

// `device` (0 to 31) on the first bus of that host bridge. Errors: as above; ENODEV also for a pin
// that leads nowhere.
[[nodiscard]] Result<PciInterrupt> pci_interrupt(const Tree& tree, unsigned device, unsigned pin);

} // namespace uk::devicetree
