// SPDX-License-Identifier: BSD-3-Clause
// newlib's locks: mutexes that their holder may take again. Where there is one thread, nothing.
#include <sys/lock.h>

#include <uk/config.hpp>
#ifdef CONFIG_LIBUKSCHED_THREADS
#include <new>

#include <uk/lock.hpp>

// All zero is a free lock: static locks of newlib are never initialised, and a constructed one only
// differs in its name.
static_assert(sizeof(uk::RecursiveMutex) <= sizeof(_LOCK_T));
static_assert(alignof(uk::RecursiveMutex) <= alignof(_LOCK_T));

namespace {

uk::RecursiveMutex& mutex_of(_LOCK_T* lock) {
    return *reinterpret_cast<uk::RecursiveMutex*>(lock);
}

// Before there are threads, and in the idle thread's dying moments, nobody is kept out.
bool alone() {
    return !uk::sched::started();
}

} // namespace

void __uk_lock_init(_LOCK_T* lock) {
    ::new (static_cast<void*>(lock)) uk::RecursiveMutex("newlib");
}

void __uk_lock_acquire(_LOCK_T* lock) {
    if (!alone()) {
        mutex_of(lock).lock();
    }
}

int __uk_lock_try_acquire(_LOCK_T* lock) {
    return alone() || mutex_of(lock).try_lock() ? 0 : -1;
}

void __uk_lock_release(_LOCK_T* lock) {
    if (!alone()) {
        mutex_of(lock).unlock();
    }
}

#else

void __uk_lock_init(_LOCK_T* /*lock*/) {}
void __uk_lock_acquire(_LOCK_T* /*lock*/) {}
int __uk_lock_try_acquire(_LOCK_T* /*lock*/) {
    return 0;
}
void __uk_lock_release(_LOCK_T* /*lock*/) {}

#endif
