// SPDX-License-Identifier: BSD-3-Clause
// PCI of a machine with a device tree: configuration space is memory, nobody gave numbers or
// addresses.
#include <uk/base/late.hpp>
#include <uk/devicetree/machine.hpp>
#include <uk/devicetree/pci.hpp>
#include <uk/hal/memory.hpp>
#include <uk/intctlr/gic.hpp>

#include "../host.hpp"

namespace uk::pci {
namespace {

constinit Late<EcamSpace<io::Mmio>> g_memory;

Window window_of(const devicetree::PciWindow& window) {
    return {window.bus_address, window.cpu.start, window.cpu.size};
}

} // namespace

Result<> find_host(Host& host) {
    const devicetree::Tree* tree = devicetree::machine();
    if (tree == nullptr) {
        return Errno::nodev;
    }
    const devicetree::PciHost found = UK_TRY(devicetree::pci_host(*tree));
    const size_t buses = size_t{found.last_bus} - found.first_bus + 1;
    volatile void* at = UK_TRY(hal::map_device(found.registers.start, buses << 20));
    host.space = &g_memory.emplace(io::Mmio{at}, found.first_bus, found.last_bus);
    host.first_bus = found.first_bus;
    host.last_bus = found.last_bus;
    host.assigns = !found.is_set_up;
    host.low = window_of(found.low);
    host.high = window_of(found.high);
    return {};
}

Result<hal::IrqLine> line_of(const Host& host, const Found& found, const Function& function) {
    const Pin pin = UK_TRY(pin_on_first_bus(host, found, function));
    const devicetree::PciInterrupt leads =
        UK_TRY(devicetree::pci_interrupt(*devicetree::machine(), pin.device, pin.pin));
    if (leads.count != 3) {
        return Errno::nodev;
    }
    const uint32_t number = UK_TRY(intctlr::gic_line(leads.words[0], leads.words[1]));
    const bool level = intctlr::gic_trigger(leads.words[2]) == intctlr::Trigger::level;
    return hal::irq_line(number,
                         level ? hal::IrqTrigger::level_high : hal::IrqTrigger::edge_rising);
}

} // namespace uk::pci
