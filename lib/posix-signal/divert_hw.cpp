// SPDX-License-Identifier: BSD-3-Clause
// Whether a thread that was interrupted shall run handlers before it goes on. Called by the
// architecture, with interrupts off.
#include <uk/config.hpp>
#include <uk/hal/irq.hpp>
#include <uk/hal/signal_frame.hpp>

#include "cause.hpp"
#include "image.hpp"

namespace uk::signal {
namespace {

constexpr uintptr_t kStackAlign = 16;

// The lock, without a preemption point at the end: nothing may be switched here.
struct LockIrqsOff {
    LockIrqsOff() { g_lock.lock_irqs_off(); }
    ~LockIrqsOff() { g_lock.unlock_irqs_off(); }
    LockIrqsOff(const LockIrqsOff&) = delete;
    LockIrqsOff& operator=(const LockIrqsOff&) = delete;
};

// The thread's signals, if it runs code of the application: not in the kernel, under no lock. In
// images whose threads are not preempted nobody counts locks.
ThreadSignals* in_application() {
    if (!sched::started())
        return nullptr;
    Thread& self = sched::current();
    ThreadSignals* const signals = signals_of(self);
    if (signals == nullptr || self.in_kernel || preempt_count() != 0)
        return nullptr;
    return signals;
}

// Which signal it is. Only the address space knows of a file that has no bytes for its mapping.
Info signal_of(const hal::TrapInfo& trap) {
    const Info info = cause_of(trap);
    if constexpr (cfg::libukvmem) {
        if (info.number == UK_SIGSEGV && trap.has_fault_address &&
            uk_mapping_lacks_data(trap.fault_address))
            return {UK_SIGBUS, UK_BUS_ADRERR, 0, 0, trap.fault_address};
    }
    return info;
}

// From here on the thread counts as in the kernel.
uintptr_t go_to(ThreadSignals& self, uintptr_t sp, bool wants_alt_stack) {
    self.thread->in_kernel = true;
    const AltStack& alt = self.alt_stack;
    const bool moves = wants_alt_stack && alt.size != 0 && !alt.has(sp);
    return (moves ? alt.start + alt.size : sp) & ~(kStackAlign - 1);
}

} // namespace
} // namespace uk::signal

uintptr_t uk_signal_at_interrupt(uintptr_t sp) {
    using namespace uk::signal;
    if constexpr (!uk::KernelLocks::kPreempts)
        return 0; // signals come at the edge only
    ThreadSignals* const self = in_application();
    if (self == nullptr || (self->thread->edge_work.load_relaxed() & uk::edge::kSignal) == 0)
        return 0;
    const LockIrqsOff guard;
    update_work(*self);
    if (!g_model.has_work(*self))
        return 0;
    self->has_fault = false;
    self->detour = {};
    return go_to(*self, sp, g_model.next_wants_alt_stack(*self));
}

uintptr_t uk_signal_at_fault(const uk::hal::TrapFrame* frame, uintptr_t sp) {
    using namespace uk::signal;
    ThreadSignals* const self = in_application();
    if (self == nullptr || uk::hal::in_interrupt())
        return 0;
    const uk::hal::TrapInfo trap = uk::hal::trap_info(*frame);
    const Info info = signal_of(trap);
    if (trap.nested || info.number == 0)
        return 0;
    const LockIrqsOff guard;
    if (!g_model.catches(*self, info.number))
        return 0;
    self->has_fault = true;
    self->fault = info;
    self->detour = {0, 0, 0, trap.fault_address, trap.error_code, trap.number};
    return go_to(*self, sp, g_model.wants_alt_stack(info.number));
}

int uk_signal_of_fault(const uk::hal::TrapFrame* frame) {
    return uk::signal::signal_of(uk::hal::trap_info(*frame)).number;
}

uk::hal::Detour* uk_signal_detour() {
    return &uk::signal::own_signals()->detour;
}
