// SPDX-License-Identifier: BSD-3-Clause
// The console's event channel. The ring's is rung when something was typed, and when the other side
// has read; the hypervisor's when something was typed.
#include <uk/xen/console_input.hpp>

#include <uk/base/atomic.hpp>
#include <uk/hal/console.hpp>
#include <uk/hal/irq_line.hpp>

namespace uk {
namespace {

using Wake = void (*)();
constinit Atomic<Wake> g_wake{nullptr}; // set once attached

bool on_event(void* /*context*/) {
    const Wake wake = g_wake.load_acquire();
    if (wake != nullptr && xen::console_may_be_readable()) {
        wake();
    }
    return true;
}
constinit hal::IrqAction g_action{on_event, nullptr};

} // namespace

// The channel is rung each time, whether somebody asked or not.
Result<> hal::console_await(void (*wake)()) {
    if (g_wake.load_relaxed() == nullptr) {
        const xen::EventPort port = UK_TRY(xen::console_event());
        const IrqLine line = UK_TRY(irq_line(port, IrqTrigger::edge_rising));
        UK_TRY(irq_attach(line, g_action));
        g_wake.store_release(wake);
        wake(); // also for what has rung before
    }
    return {};
}

} // namespace uk
