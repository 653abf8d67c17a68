// SPDX-License-Identifier: BSD-3-Clause
// Mutexes: those of uklock, in three kinds.
#include "mutex.hpp"

#include <stdint.h>

namespace uk {

template class BasicMutex<pthread::Face>;

} // namespace uk

namespace uk::pthread {

namespace {

constexpr int error(Errno how) {
    return static_cast<int>(how);
}

// A time of a clock, which is looked at only if it comes to waiting.
struct Until {
    clockid_t clock;
    const timespec* when; // null: for ever
};

int wait_for(Mutex& mutex, Until until) {
    uint64_t deadline = kNever;
    if (until.when != nullptr) {
        Result<uint64_t> at = deadline_of(until.clock, until.when);
        if (!at.ok())
            return error(at.code());
        deadline = at.value();
    }
    return wait([&] { return mutex.lock_interruptibly(deadline); });
}

// All that is not a free normal mutex.
[[gnu::noinline]] int lock_slowly(pthread_mutex_t& object, Until until) {
    Mutex& mutex = mutex_in(object);
    switch (object.__kind) {
    case PTHREAD_MUTEX_NORMAL:
        if (mutex.held_by_me() && until.when == nullptr)
            uk::detail::lock_held_already("mutex", "pthread_mutex_t", sched::current());
        break;
    case PTHREAD_MUTEX_RECURSIVE:
        if (!mutex.held_by_me())
            break;
        if (object.__depth == UINT32_MAX)
            return error(Errno::again);
        object.__depth++;
        return 0;
    case PTHREAD_MUTEX_ERRORCHECK:
        break;
    default:
        return error(Errno::inval);
    }
    return mutex.try_lock() ? 0 : wait_for(mutex, until);
}

[[gnu::noinline]] int unlock_slowly(pthread_mutex_t& object) {
    if (object.__kind > PTHREAD_MUTEX_ERRORCHECK)
        return error(Errno::inval);
    if (!mutex_in(object).held_by_me())
        return error(Errno::perm);
    if (object.__depth != 0)
        object.__depth--;
    else
        mutex_in(object).unlock();
    return 0;
}

} // namespace

unsigned unlock_all(pthread_mutex_t& mutex) {
    const unsigned depth = mutex.__depth;
    mutex.__depth = 0;
    mutex_in(mutex).unlock();
    return depth;
}

void lock_again(pthread_mutex_t& mutex, unsigned depth) {
    if (!mutex_in(mutex).try_lock())
        (void)wait_for(mutex_in(mutex), {0, nullptr});
    mutex.__depth = depth;
}

} // namespace uk::pthread

using namespace uk;
using namespace uk::pthread;

extern "C" {

int pthread_mutex_lock(pthread_mutex_t* mutex) {
    if (mutex->__kind == PTHREAD_MUTEX_NORMAL && mutex_in(*mutex).try_lock()) [[likely]]
        return 0;
    return lock_slowly(*mutex, {0, nullptr});
}

int pthread_mutex_unlock(pthread_mutex_t* mutex) {
    if (mutex->__kind != PTHREAD_MUTEX_NORMAL) [[unlikely]]
        return unlock_slowly(*mutex);
    mutex_in(*mutex).unlock();
    return 0;
}

int pthread_mutex_trylock(pthread_mutex_t* mutex) {
    if (mutex->__kind == PTHREAD_MUTEX_RECURSIVE && mutex_in(*mutex).held_by_me())
        return lock_slowly(*mutex, {0, nullptr});
    if (mutex->__kind > PTHREAD_MUTEX_ERRORCHECK)
        return error(Errno::inval);
    return mutex_in(*mutex).try_lock() ? 0 : error(Errno::busy);
}

int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock, const struct timespec* when) {
    return lock_slowly(*mutex, {clock, when});
}
int pthread_mutex_timedlock(pthread_mutex_t* mutex, const struct timespec* when) {
    return lock_slowly(*mutex, {CLOCK_REALTIME, when});
}

int pthread_mutex_init(pthread_mutex_t* mutex, const pthread_mutexattr_t* attr) {
    *mutex = {};
    if (attr != nullptr)
        mutex->__kind = attr->__kind;
    return 0;
}
int pthread_mutex_destroy(pthread_mutex_t* mutex) {
    if (!mutex_in(*mutex).try_lock())
        return error(Errno::busy);
    mutex_in(*mutex).unlock();
    mutex->__kind = UINT16_MAX;
    return 0;
}

int pthread_mutex_consistent(pthread_mutex_t* /*mutex*/) {
    return error(Errno::inval); // none is robust
}
int pthread_mutex_setprioceiling(pthread_mutex_t* /*mutex*/, int /*ceiling*/, int* /*before*/) {
    return error(Errno::opnotsupp);
}
int pthread_mutex_getprioceiling(const pthread_mutex_t* /*mutex*/, int* /*ceiling*/) {
    return error(Errno::opnotsupp);
}

int pthread_mutexattr_init(pthread_mutexattr_t* attr) {
    *attr = {};
    return 0;
}
int pthread_mutexattr_destroy(pthread_mutexattr_t* attr) {
    attr->__kind = UINT8_MAX;
    return 0;
}
int pthread_mutexattr_settype(pthread_mutexattr_t* attr, int kind) {
    if (kind < PTHREAD_MUTEX_NORMAL || kind > PTHREAD_MUTEX_ERRORCHECK)
        return error(Errno::inval);
    attr->__kind = static_cast<unsigned char>(kind);
    return 0;
}
int pthread_mutexattr_gettype(const pthread_mutexattr_t* attr, int* kind) {
    *kind = attr->__kind;
    return 0;
}
int pthread_mutexattr_setprotocol(pthread_mutexattr_t* /*attr*/, int protocol) {
    if (protocol < PTHREAD_PRIO_NONE || protocol > PTHREAD_PRIO_PROTECT)
        return error(Errno::inval);
    return protocol == PTHREAD_PRIO_NONE ? 0 : error(Errno::opnotsupp);
}
int pthread_mutexattr_getprotocol(const pthread_mutexattr_t* /*attr*/, int* protocol) {
    *protocol = PTHREAD_PRIO_NONE;
    return 0;
}
int pthread_mutexattr_setprioceiling(pthread_mutexattr_t* /*attr*/, int /*ceiling*/) {
    return error(Errno::opnotsupp);
}
int pthread_mutexattr_getprioceiling(const pthread_mutexattr_t* /*attr*/, int* /*ceiling*/) {
    return error(Errno::opnotsupp);
}
int pthread_mutexattr_setrobust(pthread_mutexattr_t* /*attr*/, int robust) {
    if (robust != PTHREAD_MUTEX_STALLED && robust != PTHREAD_MUTEX_ROBUST)
        return error(Errno::inval);
    return robust == PTHREAD_MUTEX_STALLED ? 0 : error(Errno::opnotsupp);
}
int pthread_mutexattr_getrobust(const pthread_mutexattr_t* /*attr*/, int* robust) {
    *robust = PTHREAD_MUTEX_STALLED;
    return 0;
}

} // extern "C"
