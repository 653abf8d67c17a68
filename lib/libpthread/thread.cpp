// SPDX-License-Identifier: BSD-3-Clause
// Threads: their beginning and end, and who waits for that.
#include "thread.hpp"

#include <new>
#include <utility>

#include <uk/config.hpp>
#include <uk/print.h>
#ifdef CONFIG_LIBUKTLS
#include <uk/tls.hpp>
#endif

#include "pause.hpp"

namespace uk::pthread {

namespace {

// The first thread's. It lives in the image: an application that has one thread takes no memory.
alignas(Control) constinit char g_main[sizeof(Control)] = {};
constinit Atomic<bool> g_main_taken{false};

void* allocate_control() {
    return heap::allocate(sizeof(Control), alignof(Control));
}

// The first of the thread and its creator who comes here.
void make_known(Control& control, Ref<Thread> thread) {
    if (control.thread.replace_release(nullptr, thread.get()))
        (void)thread.release();
}

void begin(Control& me) {
    make_known(me, Ref<Thread>::share(sched::current()));
    sched::current().user = &me;
}

void* run(void* control) {
    Control& me = *static_cast<Control*>(control);
    // Here and not in a function that it calls, whose frame may lie below that of start().
    me.stack_end = static_cast<const char*>(__builtin_frame_address(0));
    begin(me);
    end(me, me.start(me.argument));
}

// What an application's thread does last. Its thread-local objects go first: they may use keys.
void clean_up(Control& me) {
    me.ending = true;
    me.cancel_disabled = true;
    while (__pthread_cleanup* cleanup = me.cleanup) {
        me.cleanup = cleanup->__before;
        cleanup->__routine(cleanup->__argument);
    }
#ifdef CONFIG_LIBUKTLS
    tls::run_exit_functions();
#endif
    me.values.destroy(g_keys, PTHREAD_DESTRUCTOR_ITERATIONS);
}

void leave(Control& me, void* result) {
    me.result = result;
    sched::current().user = nullptr;
    me.ended.complete();
    me.release();
}

#ifdef CONFIG_LIBUKTLS
// A thread that somebody else has created ends.
void on_exit(void* control) {
    Control& me = *static_cast<Control*>(control);
    if (me.ending)
        return;
    clean_up(me);
    leave(me, nullptr);
}
#endif

} // namespace

void Control::release() {
    if (references.fetch_sub_acq_rel(1) != 1)
        return;
    if (Thread* counted = thread.load_relaxed())
        counted->ref_release();
    if (static_cast<void*>(this) != g_main)
        heap::deallocate(this);
}

Control& adopt() {
    const bool first = !g_main_taken.exchange_acquire(true);
    void* memory = first ? g_main : allocate_control();
    if (memory == nullptr)
        UK_PANIC("no memory for thread '%s' to be a POSIX thread", sched::current().name());
    Control& me = *::new (memory) Control;
    me.references.store_relaxed(2);
    sched::current().ref_retain();
    me.thread.store_release(&sched::current());
    sched::current().user = &me;
#ifdef CONFIG_LIBUKTLS
    if (!tls::at_thread_exit(on_exit, &me))
        uk_pr_warn("no memory: what thread '%s' keeps under keys will stay\n",
                   sched::current().name());
#endif
    return me;
}

Thread& thread_of(pthread_t thread) {
    Control& control = control_of(thread);
    for (Pause pause;; sched::sleep_for(pause.next_ns())) { // it may be being created
        if (Thread* known = control.thread.load_acquire())
            return *known;
    }
}

void end(Control& me, void* result) {
    clean_up(me);
    leave(me, result);
    sched::exit(result);
}

namespace {

int priority_of(const pthread_attr_t* attr) {
    const bool own = attr != nullptr && attr->__inherit == PTHREAD_EXPLICIT_SCHED;
    return own ? attr->__priority : self().priority;
}

} // namespace

// lib/libpthread/scheduling.cpp
unsigned urgency(int policy, int priority);

Result<> create(Control& control, const pthread_attr_t* attr) {
    Thread& me = sched::current();
    const bool own = attr != nullptr && attr->__inherit == PTHREAD_EXPLICIT_SCHED;
    control.policy = own ? attr->__policy : self().policy;
    control.priority = priority_of(attr);
    control.stack_size = attr != nullptr && attr->__stack_size != 0
                             ? attr->__stack_size
                             : size_t{cfg::libpthread_stack_kib} * 1024;
    if (attr != nullptr && attr->__detached != 0) {
        control.handle.store_relaxed(Control::detached);
        (void)control.references.fetch_sub_acq_rel(1);
    }
    const uint64_t cpus = attr != nullptr && attr->__cpus != 0 ? attr->__cpus : me.affinity();
    Ref<Thread> thread = UK_TRY(
        sched::create({.name = me.name(),
                       .stack_bytes = control.stack_size,
                       .priority = own ? urgency(control.policy, control.priority) : me.priority,
                       .affinity = cpus},
                      run, &control));
    make_known(control, std::move(thread));
    return ok();
}

Result<void*> join(pthread_t thread, uint64_t deadline_ns) {
    Control& other = control_of(thread);
    Control& me = self();
    if (&other == &me)
        return Errno::deadlk;
    const CancellationPoint point(me);
    if (!other.handle.replace_acquire(Control::joinable, Control::being_joined))
        return Errno::inval;
    for (;;) {
        const long how = uk::syscall([&] { return other.ended.wait(deadline_ns); });
        if (how == 0)
            break;
        if (how != Error(Errno::intr).neg() || is_cancelled(me)) {
            other.handle.store_release(Control::joinable);
            act_on_cancel(me);
            return Errno(-how);
        }
    }
    void* result = other.result;
    other.release();
    return result;
}

} // namespace uk::pthread

using namespace uk;
using namespace uk::pthread;

extern "C" {

int pthread_create(pthread_t* thread, const pthread_attr_t* attr, void* (*start)(void*),
                   void* argument) {
    void* memory = allocate_control();
    if (memory == nullptr)
        return static_cast<int>(Errno::again);
    Control& control = *::new (memory) Control;
    control.references.store_relaxed(3);
    control.start = start;
    control.argument = argument;
    *thread = handle_of(control);
    const Errno how = create(control, attr).code();
    if (how != Errno::ok) {
        heap::deallocate(memory);
        return static_cast<int>(how == Errno::nomem ? Errno::again : how);
    }
    control.release();
    return 0;
}

void pthread_exit(void* result) {
    end(self(), result);
}

int pthread_detach(pthread_t thread) {
    Control& control = control_of(thread);
    if (!control.handle.replace_acquire(Control::joinable, Control::detached))
        return static_cast<int>(Errno::inval);
    control.release();
    return 0;
}

static int join_until(pthread_t thread, void** out, uint64_t deadline_ns) {
    Result<void*> result = join(thread, deadline_ns);
    if (result.ok() && out != nullptr)
        *out = result.value();
    return static_cast<int>(result.code());
}

int pthread_join(pthread_t thread, void** result) {
    return join_until(thread, result, kNever);
}

int pthread_tryjoin_np(pthread_t thread, void** result) {
    if (!control_of(thread).ended.is_complete())
        return static_cast<int>(Errno::busy);
    return join_until(thread, result, kNever);
}

int pthread_timedjoin_np(pthread_t thread, void** result, const struct timespec* when) {
    Result<uint64_t> deadline = deadline_of(CLOCK_REALTIME, when);
    if (!deadline.ok())
        return static_cast<int>(deadline.code());
    return join_until(thread, result, deadline.value());
}

pthread_t pthread_self() {
    return handle_of(self());
}

int pthread_equal(pthread_t one, pthread_t other) {
    return one == other ? 1 : 0;
}

} // extern "C"
