// SPDX-License-Identifier: BSD-3-Clause
// Condition variables and barriers.
#include "cond.hpp"

#include <new>

#include "barrier.hpp"
#include "mutex.hpp"
#include "pause.hpp"
#include "thread.hpp"

namespace uk::pthread {

namespace {

using CondVar = Cond<Face>;
using PosixBarrier = Barrier<Face>;

CondVar& cond_in(pthread_cond_t& cond) {
    return inside<CondVar>(cond);
}

// Handlers of signals run while the mutex is not held, and end the wait as POSIX permits: with
// success, for the caller looks again. Who is cancelled holds the mutex again.
int wait_until(pthread_cond_t& cond, pthread_mutex_t& mutex, uint64_t deadline_ns) {
    if (!may_unlock(mutex))
        return static_cast<int>(Errno::perm);
    Control& me = self();
    const CancellationPoint point(me);
    unsigned depth = 0;
    const long how = uk::syscall(
        [&] { return cond_in(cond).wait([&] { depth = unlock_all(mutex); }, deadline_ns); });
    lock_again(mutex, depth);
    if (how != Error(Errno::intr).neg())
        return static_cast<int>(-how);
    act_on_cancel(me);
    return 0;
}

int wait_until(pthread_cond_t& cond, pthread_mutex_t& mutex, clockid_t clock,
               const timespec* when) {
    Result<uint64_t> deadline = deadline_of(clock, when);
    return deadline.ok() ? wait_until(cond, mutex, deadline.value())
                         : static_cast<int>(deadline.code());
}

// Until who was woken has left the object.
template <class Object>
int end_of(Object& object) {
    if (object.anybody_waits())
        return static_cast<int>(Errno::busy);
    for (Pause pause; object.anybody_inside();)
        sched::sleep_for(pause.next_ns());
    return 0;
}

} // namespace

} // namespace uk::pthread

using namespace uk;
using namespace uk::pthread;

extern "C" {

int pthread_cond_init(pthread_cond_t* cond, const pthread_condattr_t* attr) {
    *cond = {};
    if (attr != nullptr)
        cond->__clock = attr->__clock;
    return 0;
}
int pthread_cond_destroy(pthread_cond_t* cond) {
    return end_of(cond_in(*cond));
}
int pthread_cond_wait(pthread_cond_t* cond, pthread_mutex_t* mutex) {
    return wait_until(*cond, *mutex, kNever);
}
int pthread_cond_timedwait(pthread_cond_t* cond, pthread_mutex_t* mutex,
                           const struct timespec* when) {
    return wait_until(*cond, *mutex, cond->__clock, when);
}
int pthread_cond_clockwait(pthread_cond_t* cond, pthread_mutex_t* mutex, clockid_t clock,
                           const struct timespec* when) {
    return wait_until(*cond, *mutex, clock, when);
}
int pthread_cond_signal(pthread_cond_t* cond) {
    cond_in(*cond).wake_one();
    return 0;
}
int pthread_cond_broadcast(pthread_cond_t* cond) {
    cond_in(*cond).wake_all();
    return 0;
}

int pthread_condattr_init(pthread_condattr_t* attr) {
    *attr = {};
    return 0;
}
int pthread_condattr_destroy(pthread_condattr_t* attr) {
    *attr = {};
    return 0;
}
int pthread_condattr_setclock(pthread_condattr_t* attr, clockid_t clock) {
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
        return static_cast<int>(Errno::inval);
    attr->__clock = clock;
    return 0;
}
int pthread_condattr_getclock(const pthread_condattr_t* attr, clockid_t* clock) {
    *clock = attr->__clock;
    return 0;
}

int pthread_barrier_init(pthread_barrier_t* barrier, const pthread_barrierattr_t* /*attr*/,
                         unsigned count) {
    if (count == 0)
        return static_cast<int>(Errno::inval);
    *barrier = {};
    ::new (&inside<PosixBarrier>(*barrier)) PosixBarrier(count);
    return 0;
}
int pthread_barrier_destroy(pthread_barrier_t* barrier) {
    return end_of(inside<PosixBarrier>(*barrier));
}
int pthread_barrier_wait(pthread_barrier_t* barrier) {
    for (;;) {
        long serial = 0;
        const int how = static_cast<int>(-uk::syscall([&]() -> Result<> {
            serial = UK_TRY(inside<PosixBarrier>(*barrier).wait()) ? 1 : 0;
            return ok();
        }));
        if (how != static_cast<int>(Errno::intr))
            return serial != 0 ? PTHREAD_BARRIER_SERIAL_THREAD : how;
    }
}

} // extern "C"
