// SPDX-License-Identifier: BSD-3-Clause
// The PL011 interrupts when somebody types, by the line that the device tree names.
#include <uk/hal/console.hpp>

#include <uk/base/atomic.hpp>
#include <uk/hal/irq_line.hpp>
#include <uk/intctlr/gic.hpp>

#include "console.hpp"

namespace uk {
namespace {

using Wake = void (*)();
constinit Atomic<Wake> g_wake{nullptr}; // set once attached

bool on_interrupt(void* /*context*/) {
    if (!kvm::g_console->take_interrupt()) {
        return false;
    }
    g_wake.load_acquire()();
    return true;
}
constinit hal::IrqAction g_action{on_interrupt, nullptr};

Result<> attach() {
    const devicetree::Device device = UK_TRY(kvm::console_device());
    if (device.interrupt_cells != 3 || device.interrupt_words < 3) {
        return Errno::nodev;
    }
    const uint32_t number = UK_TRY(intctlr::gic_line(device.interrupts[0], device.interrupts[1]));
    const bool level = intctlr::gic_trigger(device.interrupts[2]) == intctlr::Trigger::level;
    const hal::IrqLine line = UK_TRY(
        hal::irq_line(number, level ? hal::IrqTrigger::level_high : hal::IrqTrigger::edge_rising));
    return hal::irq_attach(line, g_action); // nothing comes before the port may
}

} // namespace

// The tree knows the line, so there is nothing to prove.
Result<> hal::console_await(void (*wake)()) {
    if (g_wake.load_relaxed() == nullptr) {
        console_write("", 0); // sets it up
        if (!kvm::g_console.ready()) {
            return Errno::nodev;
        }
        UK_TRY(attach());
        g_wake.store_release(wake);
        wake();
    }
    kvm::g_console->await_input();
    return {};
}

} // namespace uk
