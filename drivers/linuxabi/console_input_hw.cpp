// SPDX-License-Identifier: BSD-3-Clause
// Standard input as an interrupt line: a level, so it is masked from the interrupt until somebody
// has read it empty and asks again.
#include <uk/hal/console.hpp>

#include <uk/base/atomic.hpp>
#include <uk/hal/irq_line.hpp>
#include <uk/linuxabi/types.hpp>

namespace uk {
namespace {

using Wake = void (*)();
constinit Atomic<Wake> g_wake{nullptr}; // set once attached
constinit Atomic<bool> g_masked{false};
constinit hal::IrqLine g_line{};

bool on_input(void* /*context*/) {
    hal::irq_mask(g_line);
    g_masked.store_release(true); // only now: who asks unmasks
    if (const Wake wake = g_wake.load_acquire()) {
        wake();
    }
    return true;
}
constinit hal::IrqAction g_action{on_input, nullptr};

} // namespace

// The host knows what interrupts, so there is nothing to prove.
Result<> hal::console_await(void (*wake)()) {
    if (g_wake.load_relaxed() == nullptr) {
        g_line = UK_TRY(irq_line(linuxabi::kStdin, IrqTrigger::level_high));
        UK_TRY(irq_attach(g_line, g_action));
        g_wake.store_release(wake);
        wake(); // also for an interrupt that was faster
    } else if (g_masked.exchange_acquire(false)) {
        irq_unmask(g_line);
    }
    return {};
}

} // namespace uk
