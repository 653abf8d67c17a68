// SPDX-License-Identifier: BSD-3-Clause
// Semaphores without names: those of uklock.
#include <errno.h>
#include <semaphore.h>

#include <new>

#include "thread.hpp"

namespace uk {

template class BasicSemaphore<pthread::Face>;

} // namespace uk

namespace uk::pthread {

namespace {

Semaphore& semaphore_in(sem_t* sem) {
    return inside<Semaphore>(*sem);
}

int fail(Errno how) {
    errno = static_cast<int>(how);
    return -1;
}

int wait_until(sem_t* sem, uint64_t deadline_ns) {
    Control& me = self();
    const CancellationPoint point(me);
    const long how = uk::syscall<OnSignal::restart>(
        [=] { return semaphore_in(sem).acquire_until(deadline_ns); });
    if (how == 0)
        return 0;
    if (how == Error(Errno::intr).neg())
        act_on_cancel(me);
    return fail(Errno(-how));
}

} // namespace

} // namespace uk::pthread

using namespace uk;
using namespace uk::pthread;

extern "C" {

int sem_init(sem_t* sem, int /*shared*/, unsigned value) {
    if (value > SEM_VALUE_MAX)
        return fail(Errno::inval);
    *sem = {};
    ::new (sem->__words) pthread::Semaphore(value, "sem_t");
    return 0;
}
int sem_destroy(sem_t* sem) {
    return semaphore_in(sem).anybody_waits() ? fail(Errno::busy) : 0;
}
int sem_wait(sem_t* sem) {
    return wait_until(sem, kNever);
}
int sem_trywait(sem_t* sem) {
    return semaphore_in(sem).try_acquire() ? 0 : fail(Errno::again);
}
int sem_clockwait(sem_t* sem, clockid_t clock, const struct timespec* when) {
    if (semaphore_in(sem).try_acquire())
        return 0;
    Result<uint64_t> deadline = deadline_of(clock, when);
    return deadline.ok() ? wait_until(sem, deadline.value()) : fail(deadline.code());
}
int sem_timedwait(sem_t* sem, const struct timespec* when) {
    return sem_clockwait(sem, CLOCK_REALTIME, when);
}
int sem_post(sem_t* sem) {
    if (semaphore_in(sem).units() == SEM_VALUE_MAX)
        return fail(Errno::overflow);
    semaphore_in(sem).release();
    return 0;
}
int sem_getvalue(sem_t* sem, int* value) {
    *value = static_cast<int>(semaphore_in(sem).units());
    return 0;
}

sem_t* sem_open(const char* /*name*/, int /*flags*/, ...) {
    errno = ENOSYS;
    return SEM_FAILED;
}
int sem_close(sem_t* /*sem*/) {
    return fail(Errno::nosys);
}
int sem_unlink(const char* /*name*/) {
    return fail(Errno::nosys);
}

} // extern "C"
