// SPDX-License-Identifier: BSD-3-Clause
// Slots of a machine with a device tree.
#include "../slots.hpp"

#include <uk/devicetree/machine.hpp>
#include <uk/intctlr/gic.hpp>

namespace uk::virtio {
namespace {

using Use = void (*)(const SlotPlace& place);

void use_node(const devicetree::Device& node, void* use) {
    if (node.reg_count == 0 || node.interrupt_cells != 3 || node.interrupt_words < 3) {
        return;
    }
    const Result<uint32_t> line = intctlr::gic_line(node.interrupts[0], node.interrupts[1]);
    const bool level = intctlr::gic_trigger(node.interrupts[2]) == intctlr::Trigger::level;
    if (line.ok()) {
        (*static_cast<Use*>(use))(
            {node.regs[0], Result(line).take(),
             level ? hal::IrqTrigger::level_high : hal::IrqTrigger::edge_rising});
    }
}

} // namespace

void each_slot(Use use) {
    if (const devicetree::Tree* tree = devicetree::machine()) {
        (void)devicetree::each(*tree, "virtio,mmio", use_node, &use).ok();
    }
}

} // namespace uk::virtio
