// SPDX-License-Identifier: BSD-3-Clause
// Where each architecture's machines say that virtio devices may sit in memory.
#pragma once

#include <uk/base/address.hpp>
#include <uk/hal/irq_line.hpp>

namespace uk::virtio {

struct SlotPlace {
    PhysRange registers;
    uint32_t line = 0; // for hal::irq_line()
    hal::IrqTrigger trigger = hal::IrqTrigger::edge_rising;
};

// Calls use() for each.
void each_slot(void (*use)(const SlotPlace& place));

} // namespace uk::virtio
