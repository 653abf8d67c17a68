// SPDX-License-Identifier: BSD-3-Clause
// The signals of this image, for the files of this library.
#pragma once

#include <uk/hal/signal_frame.hpp>
#include <uk/sched.hpp>
#include <uk/signal/model.hpp>
#include <uk/spinlock.hpp>
#include <uk/syscall/edge.hpp>

namespace uk::signal {

// What a thread with signals has; Thread::signals points to it.
struct ThreadSignals : ThreadPart {
    constexpr explicit ThreadSignals(Thread* of) : thread(of) {}

    Thread* thread;
    hal::Detour detour;
    Info fault;
    bool has_fault = false; // `fault` is to be handled before anything else
};

// Wakes threads while it is held, which keeps them alive until they are woken.
using Lock = IrqSpinlock<LockRank::wait_queue>;
extern constinit Lock g_lock;
extern constinit Model g_model; // guarded by g_lock

inline ThreadSignals* signals_of(const Thread& thread) {
    return static_cast<ThreadSignals*>(thread.signals);
}
// Of the calling thread. Null: a thread of the kernel.
inline ThreadSignals* own_signals() {
    return signals_of(sched::current());
}

// With the lock held: what the sender of a signal has to do about it.
void tell(const Told& told);
// Says whether something waits for the calling thread, whose signals these are. With the lock held.
void update_work(ThreadSignals& self);

} // namespace uk::signal
