// SPDX-License-Identifier: BSD-3-Clause
// The signals of this image: which threads have them, and sending.
#include <uk/signal.hpp>

#include <new>

#include <uk/alloc/heap.hpp>
#include <uk/config.hpp>
#include <uk/init.hpp>

#include "image.hpp"

namespace uk::signal {
namespace {

constinit Entry g_entries[cfg::libposix_signal_queue]{};
constinit Action g_actions[UK_NSIG]{};
constinit ThreadSignals g_main{nullptr};
constinit ArrivalHook g_arrival = nullptr; // guarded by g_lock

void note_arrival() {
    if (g_arrival != nullptr)
        g_arrival();
}

// Interrupts another CPU, so that it looks. The thread may go on elsewhere meanwhile, and looks
// then.
void kick([[maybe_unused]] const Thread& thread) {
    if constexpr (hal::kMostCpus > 1) {
        const unsigned cpu = thread.cpu();
        if (cpu != hal::cpu_index())
            hal::cpu_kick(cpu);
    }
}

void start() {
    Thread& self = sched::current();
    g_main.thread = &self;
    self.signals = &g_main;
    LockGuard guard(g_lock);
    g_model.add_thread(g_main, 0);
}

UK_INIT(late, "signals", start);

} // namespace

constinit Lock g_lock;
constinit Model g_model{g_entries, g_actions};

void update_work(ThreadSignals& self) {
    if (g_model.has_work(self))
        self.thread->edge_work.fetch_or_release(edge::kSignal);
    else
        self.thread->edge_work.fetch_and_acq_rel(~edge::kSignal);
}

void tell(const Told& told) {
    if (told.thread == nullptr)
        return;
    Thread& thread = *static_cast<ThreadSignals*>(told.thread)->thread;
    if (told.runs_handler) {
        thread.edge_work.fetch_or_release(edge::kSignal);
        kick(thread);
    }
    sched::unpark(thread);
}

Result<> send(const Info& info) {
    LockGuard guard(g_lock);
    tell(UK_TRY(g_model.send(info, nullptr, sched::started() ? own_signals() : nullptr)));
    note_arrival();
    return ok();
}

Result<> send(Thread& thread, const Info& info) {
    LockGuard guard(g_lock);
    ThreadSignals* const to = signals_of(thread);
    if (to == nullptr)
        return Errno::srch;
    tell(UK_TRY(g_model.send(info, to, nullptr)));
    note_arrival();
    return ok();
}

uint64_t mask() {
    return own_signals()->mask();
}

void set_mask(uint64_t mask) {
    ThreadSignals& self = *own_signals();
    LockGuard guard(g_lock);
    tell(g_model.set_mask(self, mask));
    update_work(self);
}

void lend_mask(uint64_t mask) {
    ThreadSignals& self = *own_signals();
    LockGuard guard(g_lock);
    g_model.lend_mask(self, mask);
    update_work(self);
}

void return_mask() {
    ThreadSignals& self = *own_signals();
    LockGuard guard(g_lock);
    g_model.return_mask(self);
    update_work(self);
}

uint64_t waiting() {
    ThreadSignals* const self = own_signals();
    LockGuard guard(g_lock);
    return self != nullptr ? g_model.waiting_for(*self) : 0;
}

bool take(uint64_t set, Info& info) {
    ThreadSignals* const self = own_signals();
    if (self == nullptr)
        return false;
    LockGuard guard(g_lock);
    const bool taken = g_model.take_waited(*self, set, info);
    g_model.end_wait(*self);
    update_work(*self);
    return taken;
}

void set_arrival_hook(ArrivalHook hook) {
    LockGuard guard(g_lock);
    g_arrival = hook;
}

} // namespace uk::signal

bool uk::edge_thread_made(Thread& thread) {
    using namespace uk::signal;
    const ThreadSignals* const creator = own_signals();
    if (creator == nullptr || thread.is_service())
        return true;
    void* memory = heap::allocate(sizeof(ThreadSignals));
    if (memory == nullptr)
        return false;
    auto* made = ::new (memory) ThreadSignals(&thread);
    thread.signals = made;
    LockGuard guard(g_lock);
    g_model.add_thread(*made, creator->mask());
    return true;
}

void uk::edge_thread_ends() {
    using namespace uk::signal;
    Thread& thread = sched::current();
    thread.in_kernel = true; // for ever
    ThreadSignals* const self = own_signals();
    if (self == nullptr)
        return;
    {
        LockGuard guard(g_lock);
        tell(g_model.remove_thread(*self));
        thread.signals = nullptr;
    }
    if (self != &g_main)
        heap::deallocate(self);
}
