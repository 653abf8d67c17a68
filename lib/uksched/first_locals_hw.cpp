// SPDX-License-Identifier: BSD-3-Clause
// Thread-local variables of the first thread, main(), in images that have such variables.
#include <uk/hal/irq.hpp>
#include <uk/init.hpp>
#include <uk/sched.hpp>
#include <uk/sched/locals.hpp>

static uk::Result<> start_locals() {
    uk::Thread& self = uk::sched::current();
    if (!uk::KernelLocals::locals_make(self)) {
        return uk::Errno::nomem;
    }
    uk::KernelLocals::locals_enter(self);
    return uk::ok();
}

UK_INIT(bus, "thread-local variables", start_locals);
