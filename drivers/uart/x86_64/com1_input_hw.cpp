// SPDX-License-Identifier: BSD-3-Clause
// COM1 interrupts when somebody types: line 4 of the ISA bus, wherever the machine leads that.
#include <uk/uart/com1.hpp>

#include <uk/base/atomic.hpp>
#include <uk/hal/console.hpp>
#include <uk/hal/irq_line.hpp>

namespace uk {
namespace {

constexpr unsigned kCom1Line = 4;

using Wake = void (*)();
constinit Atomic<Wake> g_wake{nullptr}; // set once attached
constinit Atomic<bool> g_proven{false}; // the line is a guess until an interrupt has come

bool on_interrupt(void* /*context*/) {
    if (!uart::com1_take_interrupt()) {
        return false;
    }
    g_proven.store_relaxed(true);
    if (const Wake wake = g_wake.load_acquire()) {
        wake();
    }
    return true;
}
constinit hal::IrqAction g_action{on_interrupt, nullptr};

} // namespace

Result<> hal::console_await(void (*wake)()) {
    if (g_wake.load_relaxed() == nullptr) {
        console_write("", 0); // sets it up
        const IrqLine line = UK_TRY(irq_line_of_isa(kCom1Line));
        UK_TRY(irq_attach(line, g_action)); // nothing comes before the port may
        g_wake.store_release(wake);
    }
    bool there = false;
    if (!uart::com1_await_input(!g_proven.load_relaxed(), there)) {
        return Errno::nodev;
    }
    if (there) {
        wake();
    }
    return {};
}

} // namespace uk
