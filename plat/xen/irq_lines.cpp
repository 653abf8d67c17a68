// SPDX-License-Identifier: BSD-3-Clause
// Interrupt lines of devices: event channels. A line's number is its port, which its driver bound.
#include <uk/intctlr/irq_lines.hpp>

#include <uk/hal/clock.hpp>
#include <uk/hal/irq_line.hpp>
#include <uk/xen/events.hpp>

#include "events.hpp"
#include "hypervisor.hpp"

namespace uk {

using namespace xen;

Result<> intctlr::open_line(uint32_t number) {
    if (number == 0 || number >= kEventPorts) {
        return Errno::inval;
    }
    return unmask(number);
}

void intctlr::close_line(uint32_t number) {
    mask_event(g_shared.info, number);
}

bool intctlr::line_keeps(uint32_t /*number*/) {
    return true;
}

// Xen looks at the mark when a channel is unmasked.
void intctlr::repeat_line(uint32_t number) {
    mask_event(g_shared.info, number);
    mark_event(g_shared.info, number);
    (void)unmask(number).ok(); // as it did before
}

Result<hal::IrqLine> hal::irq_line(uint32_t number, IrqTrigger /*trigger*/) {
    clock_idle_until(0); // lets Xen call us
    return number == 0 || number >= kEventPorts ? Errno::inval : Result<IrqLine>(IrqLine{number});
}

Result<hal::IrqLine> hal::irq_line_of_isa(unsigned /*irq*/) {
    return Errno::nosys;
}

Result<hal::MsiLine> hal::irq_msi_allocate() {
    return Errno::nosys;
}

void hal::irq_msi_free(const MsiLine& /*msi*/) {}

} // namespace uk
