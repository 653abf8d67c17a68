// SPDX-License-Identifier: BSD-3-Clause
// Runs handlers, on the way out of the kernel and in the middle of what a thread does. Thread
// context.
#include <uk/abi/ucontext.h>
#include <uk/boot.h>
#include <uk/hal/cpu.hpp>
#include <uk/print.h>

#include "image.hpp"
#include "names.hpp"

extern "C" void uk_signal_call(uintptr_t handler, int number, uk_siginfo* info,
                               uk_ucontext* context, uintptr_t top);

namespace uk::signal {
namespace {

constexpr uint64_t kCrashes = kSynchronous | bit_of(UK_SIGABRT) | bit_of(UK_SIGQUIT);

// The default action of all signals that are not ignored. The process's own clean-up does not run,
// that of the system does.
[[noreturn]] void terminate(const Thread& thread, const Info& info) {
    constexpr int kBySignal = 128;
    uk_pr_crit("terminated by signal %d (%s) in thread '%s'%s\n", info.number, name_of(info.number),
               thread.name(), (bit_of(info.number) & kCrashes) != 0 ? "; no core is written" : "");
    uk_exit(kBySignal + info.number);
}

void set_mask_locked(ThreadSignals& self, uint64_t mask) {
    LockGuard guard(g_lock);
    tell(g_model.set_mask(self, mask));
    update_work(self);
}

// Where the handler runs: 0 is where we are.
uintptr_t other_stack(const ThreadSignals& self, const Action& action) {
    const AltStack& alt = self.alt_stack;
    if ((action.flags & UK_SA_ONSTACK) == 0 || alt.size == 0 || alt.has(hal::frame_pointer()))
        return 0;
    return (alt.start + alt.size) & ~uintptr_t{15};
}

void call(const ThreadSignals& self, const Delivery& delivery, uk_siginfo* info,
          uk_ucontext* context) {
    using Handler = void (*)(int number, uk_siginfo* info, uk_ucontext* context);
    const uintptr_t handler = delivery.action.handler;
    const uintptr_t top = other_stack(self, delivery.action);
    self.thread->in_kernel = false;
    if (top == 0)
        reinterpret_cast<Handler>(handler)(delivery.info.number, info, context);
    else
        uk_signal_call(handler, delivery.info.number, info, context, top);
    self.thread->in_kernel = true;
}

// A handler may change the mask that comes back.
uint64_t call_with_context(const ThreadSignals& self, const Delivery& delivery,
                           uk_ucontext& context) {
    uk_siginfo info = to_siginfo(delivery.info);
    context.uc_sigmask = {delivery.mask_before};
    context.uc_stack = {reinterpret_cast<void*>(self.alt_stack.start),
                        self.alt_stack.size == 0 ? UK_SS_DISABLE : 0, self.alt_stack.size};
    call(self, delivery, &info, &context);
    return context.uc_sigmask.bits;
}

// At a system call: of the registers a handler is told where the call was.
[[gnu::noinline]] uint64_t call_at_edge(const ThreadSignals& self, const Delivery& delivery) {
    if ((delivery.action.flags & UK_SA_SIGINFO) == 0) {
        call(self, delivery, nullptr, nullptr);
        return delivery.mask_before;
    }
    uk_ucontext context{};
    return call_with_context(self, delivery, context);
}

bool take(ThreadSignals& self, Delivery& out) {
    LockGuard guard(g_lock);
    if (self.has_fault) {
        self.has_fault = false;
        out = g_model.take_fault(self, self.fault);
        return true;
    }
    const bool there = g_model.take(self, out);
    update_work(self);
    return there;
}

// Until nothing waits any more. Whether all handlers that ran have SA_RESTART.
bool run_all(ThreadSignals& self, uk_ucontext* context) {
    bool restart = true;
    Delivery delivery;
    while (take(self, delivery)) {
        if (delivery.action.handler == UK_SIG_DFL)
            terminate(*self.thread, delivery.info);
        restart = restart && (delivery.action.flags & UK_SA_RESTART) != 0;
        const uint64_t mask = context != nullptr ? call_with_context(self, delivery, *context)
                                                 : call_at_edge(self, delivery);
        set_mask_locked(self, mask);
    }
    return restart;
}

// What comes between the last look and the end is taken at the edge, or by an interrupt.
bool leave(uk_ucontext* context) {
    Thread& thread = sched::current();
    ThreadSignals* const self = signals_of(thread);
    bool restart = true;
    do {
        thread.in_kernel = true;
        if (self != nullptr)
            restart = run_all(*self, context) && restart;
        thread.in_kernel = false;
    } while ((thread.edge_work.load_relaxed() & edge::kSignal) != 0);
    return restart;
}

} // namespace
} // namespace uk::signal

bool uk::edge_leave() {
    return signal::leave(nullptr);
}

void uk_signal_run(uk_ucontext* context) {
    uk::signal::leave(context);
}
