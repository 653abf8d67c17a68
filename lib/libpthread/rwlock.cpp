// SPDX-License-Identifier: BSD-3-Clause
// Reader-writer locks: those of uklock, where writers come first.
#include <pthread.h>

#include "face.hpp"

namespace uk {

template class BasicRwLock<pthread::Face>;

} // namespace uk

namespace uk::pthread {

namespace {

RwLock& lock_in(pthread_rwlock_t* lock) {
    return inside<RwLock>(*lock);
}
int result_of(bool taken) {
    return taken ? 0 : static_cast<int>(Errno::busy);
}
// The time is looked at only if it comes to waiting.
template <class Try, class Lock>
int lock_until(clockid_t clock, const timespec* when, Try try_it, Lock lock) {
    if (try_it())
        return 0;
    Result<uint64_t> deadline = deadline_of(clock, when);
    if (!deadline.ok())
        return static_cast<int>(deadline.code());
    return wait([&] { return lock(deadline.value()); });
}

} // namespace

} // namespace uk::pthread

using namespace uk;
using namespace uk::pthread;

extern "C" {

int pthread_rwlock_init(pthread_rwlock_t* lock, const pthread_rwlockattr_t* /*attr*/) {
    *lock = {};
    return 0;
}
int pthread_rwlock_destroy(pthread_rwlock_t* lock) {
    if (!lock_in(lock).try_lock())
        return static_cast<int>(Errno::busy);
    lock_in(lock).unlock();
    return 0;
}

int pthread_rwlock_rdlock(pthread_rwlock_t* lock) {
    if (lock_in(lock).try_lock_shared())
        return 0;
    return wait([=] { return lock_in(lock).lock_shared_until(kNever); });
}
int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) {
    return result_of(lock_in(lock).try_lock_shared());
}
int pthread_rwlock_clockrdlock(pthread_rwlock_t* lock, clockid_t clock,
                               const struct timespec* when) {
    return lock_until(
        clock, when, [=] { return lock_in(lock).try_lock_shared(); },
        [=](uint64_t deadline) { return lock_in(lock).lock_shared_until(deadline); });
}
int pthread_rwlock_timedrdlock(pthread_rwlock_t* lock, const struct timespec* when) {
    return pthread_rwlock_clockrdlock(lock, CLOCK_REALTIME, when);
}

int pthread_rwlock_wrlock(pthread_rwlock_t* lock) {
    if (lock_in(lock).try_lock())
        return 0;
    return wait([=] { return lock_in(lock).lock_until(kNever); });
}
int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) {
    return result_of(lock_in(lock).try_lock());
}
int pthread_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock,
                               const struct timespec* when) {
    return lock_until(
        clock, when, [=] { return lock_in(lock).try_lock(); },
        [=](uint64_t deadline) { return lock_in(lock).lock_until(deadline); });
}
int pthread_rwlock_timedwrlock(pthread_rwlock_t* lock, const struct timespec* when) {
    return pthread_rwlock_clockwrlock(lock, CLOCK_REALTIME, when);
}

int pthread_rwlock_unlock(pthread_rwlock_t* lock) {
    if (lock_in(lock).written_by_me())
        lock_in(lock).unlock();
    else
        lock_in(lock).unlock_shared();
    return 0;
}

} // extern "C"
