// SPDX-License-Identifier: BSD-3-Clause
// Cancellation: a thread is asked to end, and does so when it comes to a cancellation point, or
// waits in one.
#include <uk/cancel_point.h>

#include <uk/syscall/edge.hpp>

#include "thread.hpp"

namespace uk::pthread {

namespace {

// Between a store and a load, as other threads see them: where there is one CPU they run on it,
// and see its stores in order.
inline void fence_threads() {
    if constexpr (cfg::libuksmp)
        fence_full();
    else
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

#ifdef CONFIG_LIBUKSCHED_EDGE
// The bit is set only while the thread is in a cancellation point: anywhere else it would end waits
// that must go on.
constinit Spinlock<LockRank::subsystem> g_edge_lock;

void wake(Control& control, Thread& thread) {
    {
        LockGuard guard(g_edge_lock);
        if (!control.at_point.load_relaxed())
            return;
        thread.edge_work.fetch_or_release(edge::kCancel);
    }
    sched::unpark(thread);
}
void stop_waking() {
    LockGuard guard(g_edge_lock);
    sched::current().edge_work.fetch_and_acq_rel(~edge::kCancel);
}
#else
void wake(Control& /*control*/, Thread& /*thread*/) {}
void stop_waking() {}
#endif

// Whoever wants the thread to end says so first and then looks whether it is here, and the thread
// the other way round: one of them sees the other.
inline void enter(Control& me) {
    me.at_point.store_relaxed(true);
    fence_threads();
    if (me.cancel_wanted.load_relaxed()) [[unlikely]]
        act_on_cancel(me);
}
inline void leave(Control& me) {
    me.at_point.store_relaxed(false);
    fence_threads();
    if (me.cancel_wanted.load_relaxed()) [[unlikely]]
        stop_waking();
}

// What is rare is apart, so that system calls of everybody else save no registers for it.
[[gnu::cold, gnu::noinline]] void adopt_and_enter() {
    enter(adopt());
}
[[gnu::cold, gnu::noinline]] void leave_interrupted(Control& me) {
    act_on_cancel(me);
    leave(me);
}

// Of a thread in a cancellation point, which therefore has one.
Control& known() {
    return *static_cast<Control*>(sched::current().user);
}

} // namespace

void enter_point(Control& me) {
    enter(me);
}
void leave_point(Control& me) {
    leave(me);
}

void act_on_cancel(Control& me) {
    if (is_cancelled(me)) [[unlikely]] {
        leave_point(me);
        end(me, PTHREAD_CANCELED);
    }
}

} // namespace uk::pthread

using namespace uk;
using namespace uk::pthread;

extern "C" {

int pthread_cancel(pthread_t thread) {
    Control& control = control_of(thread);
    if (control.ended.is_complete())
        return static_cast<int>(Errno::srch);
    control.cancel_wanted.store_relaxed(true);
    fence_threads();
    if (control.at_point.load_relaxed())
        wake(control, thread_of(thread));
    return 0;
}

int pthread_setcancelstate(int state, int* before) {
    if (state != PTHREAD_CANCEL_ENABLE && state != PTHREAD_CANCEL_DISABLE)
        return static_cast<int>(Errno::inval);
    Control& me = self();
    if (before != nullptr)
        *before = me.cancel_disabled ? PTHREAD_CANCEL_DISABLE : PTHREAD_CANCEL_ENABLE;
    me.cancel_disabled = state == PTHREAD_CANCEL_DISABLE || me.ending;
    return 0;
}

int pthread_setcanceltype(int type, int* before) {
    if (type == PTHREAD_CANCEL_ASYNCHRONOUS)
        return static_cast<int>(Errno::opnotsupp);
    if (type != PTHREAD_CANCEL_DEFERRED)
        return static_cast<int>(Errno::inval);
    if (before != nullptr)
        *before = PTHREAD_CANCEL_DEFERRED;
    return 0;
}

void pthread_testcancel() {
    const CancellationPoint here(self());
}

void uk_cancel_point_begin() {
    void* const user = sched::current().user;
    if (user == nullptr) [[unlikely]]
        return adopt_and_enter();
    enter(*static_cast<Control*>(user));
}

void uk_cancel_point_end(long result) {
    if (result == Error(Errno::intr).neg()) [[unlikely]]
        return leave_interrupted(known());
    leave(known());
}

void __pthread_cleanup_push(struct __pthread_cleanup* cleanup) {
    Control& me = self();
    cleanup->__before = me.cleanup;
    me.cleanup = cleanup;
}

void __pthread_cleanup_pop(struct __pthread_cleanup* cleanup, int execute) {
    self().cleanup = cleanup->__before;
    if (execute != 0)
        cleanup->__routine(cleanup->__argument);
}

} // extern "C"
