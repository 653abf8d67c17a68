// SPDX-License-Identifier: BSD-3-Clause
// Interrupt lines of devices: shared lines (SPI) of the GIC, which lead to CPU 0. A line's number
// is its INTID.
#include <uk/intctlr/irq_lines.hpp>

#include <uk/hal/clock.hpp>
#include <uk/hal/irq_line.hpp>

#include "gic.hpp"
#include "kvm.hpp"

namespace uk {
namespace {

using hal::IrqLine;
using intctlr::Trigger;
using kvm::g_v2;
using kvm::g_v3;

struct Known {
    uint32_t number = 0;
    Trigger trigger = Trigger::level;
};
constexpr unsigned kMost = 64;
constinit Known g_known[kMost]{};
constinit Atomic<unsigned> g_count{0}; // these do not change any more

const Known* find(uint32_t number) {
    const unsigned count = g_count.load_acquire();
    for (unsigned i = 0; i < count; i++) {
        if (g_known[i].number == number) {
            return &g_known[i];
        }
    }
    return nullptr;
}

} // namespace

Result<> intctlr::open_line(uint32_t number) {
    const Known* line = find(number);
    if (line == nullptr) {
        return Errno::inval;
    }
    return g_v3.ready() ? g_v3->enable(number, line->trigger) : g_v2->enable(number, line->trigger);
}

void intctlr::close_line(uint32_t number) {
    (void)(g_v3.ready() ? g_v3->disable(number) : g_v2->disable(number)).ok(); // it was open
}

bool intctlr::line_keeps(uint32_t /*number*/) {
    return true;
}

void intctlr::repeat_line(uint32_t number) {
    if (g_v3.ready()) {
        g_v3->raise(number);
    } else {
        g_v2->raise(number);
    }
}

Result<IrqLine> hal::irq_line(uint32_t number, IrqTrigger trigger) {
    clock_idle_until(0); // finds the controller
    if (!g_v2.ready() && !g_v3.ready()) {
        return Errno::nodev;
    }
    const bool edge = trigger == IrqTrigger::edge_rising;
    const uint32_t count = g_v3.ready() ? g_v3->line_count() : g_v2->line_count();
    if (number < intctlr::kGicFirstSpi || number >= count ||
        (!edge && trigger != IrqTrigger::level_high)) {
        return Errno::inval; // a GIC knows no others
    }
    const Trigger wanted = edge ? Trigger::edge : Trigger::level;
    if (const Known* known = find(number)) {
        return known->trigger == wanted ? Result<IrqLine>(IrqLine{number}) : Errno::busy;
    }
    const unsigned index = g_count.load_relaxed();
    if (index == kMost) {
        return Errno::nospc;
    }
    g_known[index] = {number, wanted};
    g_count.store_release(index + 1);
    return IrqLine{number};
}

Result<IrqLine> hal::irq_line_of_isa(unsigned /*irq*/) {
    return Errno::nosys;
}

// Needs a GICv2m frame or an ITS, of which there are no drivers.
Result<hal::MsiLine> hal::irq_msi_allocate() {
    return Errno::nosys;
}

void hal::irq_msi_free(const MsiLine& /*msi*/) {}

} // namespace uk
