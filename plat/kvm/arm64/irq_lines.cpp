// SPDX-License-Identifier: BSD-3-Clause
// Interrupt lines of devices: shared lines (SPI) of the GIC, which lead to CPU 0. A line's number
// is its INTID.
#include <uk/intctlr/irq_lines.hpp>

#include <uk/hal/clock.hpp>
#include <uk/hal/irq_line.hpp>
#include <uk/hal/memory.hpp>
#include <uk/intctlr/gicv2m.hpp>

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

// Lines of messages: those of the frame, and a bit for each that is given out.
constinit intctlr::GicV2mLines g_messages{};
constinit uint64_t g_taken = 0;

Result<PhysRange> find_frame() {
    constexpr const char* kFrame[] = {"arm,gic-v2m-frame"};
    if (kvm::g_tree == nullptr) {
        return Errno::nosys;
    }
    const devicetree::Device frame = UK_TRY(devicetree::find(*kvm::g_tree, kFrame));
    if (frame.reg_count == 0 || frame.regs[0].size < kPageSize) {
        return Errno::nodev;
    }
    if (g_messages.count == 0) {
        volatile void* at = UK_TRY(hal::map_device(frame.regs[0].start, kPageSize));
        g_messages = UK_TRY(intctlr::gicv2m_lines(io::Mmio{at}));
    }
    return frame.regs[0];
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

// By a GICv2m frame; the ITS of a GICv3 has no driver.
Result<hal::MsiLine> hal::irq_msi_allocate() {
    const PhysRange frame = UK_TRY(find_frame());
    for (uint32_t i = 0; i < g_messages.count && i < kMost; i++) {
        if ((g_taken >> i & 1) == 0) {
            const IrqLine line = UK_TRY(irq_line(g_messages.first + i, IrqTrigger::edge_rising));
            g_taken |= uint64_t{1} << i;
            return MsiLine{line, dma_address(frame.start + intctlr::kGicV2mSet), line.number};
        }
    }
    return Errno::nospc;
}

void hal::irq_msi_free(const MsiLine& msi) {
    g_taken &= ~(uint64_t{1} << (msi.line.number - g_messages.first));
}

} // namespace uk
