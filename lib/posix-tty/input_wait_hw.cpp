// SPDX-License-Identifier: BSD-3-Clause
// Who waits for the console, and the interrupt that ends it.
#include "input_wait.hpp"

#include <uk/base/atomic.hpp>
#include <uk/base/minmax.hpp>
#include <uk/hal/clock.hpp>
#include <uk/hal/console.hpp>
#include <uk/lock.hpp>

namespace uk::tty {

namespace {

constinit IrqSpinlock<LockRank::ready> g_lock;
constinit InputWait::Waiting g_waiting; // under the lock
constinit Atomic<bool> g_tells{false};  // the console has interrupted once
constinit Mutex g_one("console input"); // asks
constinit bool g_cannot = false;        // the same: the console has no interrupt

} // namespace

InputWait::InputWait() : thread_(sched::current()) {
    sched::wake_source_add();
    LockGuard guard(g_lock);
    g_waiting.push_back(*this);
}

InputWait::~InputWait() {
    {
        LockGuard guard(g_lock);
        g_waiting.erase(*this);
    }
    sched::wake_source_remove();
}

void InputWait::on_input() {
    g_tells.store_relaxed(true);
    LockGuard guard(g_lock);
    for (InputWait& each : g_waiting)
        sched::unpark(each.thread_);
}

uint64_t InputWait::ask(uint64_t deadline_ns, uint64_t look_ns) {
    if constexpr (cfg::hal_console_interrupt) {
        LockGuard guard(g_one);
        g_cannot = g_cannot || !hal::console_await(on_input).ok();
        if (!g_cannot && g_tells.load_relaxed())
            return deadline_ns;
    }
    return min(deadline_ns, hal::clock_monotonic_ns() + look_ns);
}

} // namespace uk::tty
