// SPDX-License-Identifier: BSD-3-Clause
// Keys, pthread_once(), spinning locks.
#include <uk/base/atomic.hpp>
#include <uk/hal/cpu.hpp>

#include "once.hpp"
#include "pause.hpp"
#include "thread.hpp"

namespace uk::pthread {

constinit Keys g_keys;

namespace {

constinit WaitQueue g_onces; // those who wait for somebody's end of any

Once& once_in(pthread_once_t* once) {
    static_assert(sizeof(Once) == sizeof(pthread_once_t));
    return *reinterpret_cast<Once*>(once);
}

void give_up(void* once) {
    static_cast<Once*>(once)->end(g_onces, false);
}

} // namespace

} // namespace uk::pthread

using namespace uk;
using namespace uk::pthread;

extern "C" {

int pthread_once(pthread_once_t* control, void (*init)()) {
    Once& once = once_in(control);
    if (once.is_done() || !once.begin(g_onces)) [[likely]]
        return 0;
    pthread_cleanup_push(give_up, &once);
    init();
    pthread_cleanup_pop(0);
    once.end(g_onces, true);
    return 0;
}

int pthread_key_create(pthread_key_t* key, void (*destructor)(void*)) {
    Result<unsigned> made = g_keys.create(destructor);
    if (made.ok())
        *key = made.value();
    return static_cast<int>(made.code());
}
int pthread_key_delete(pthread_key_t key) {
    return static_cast<int>(g_keys.remove(key).code());
}
void* pthread_getspecific(pthread_key_t key) {
    return self().values.get(g_keys, key);
}
int pthread_setspecific(pthread_key_t key, const void* value) {
    return static_cast<int>(self().values.set(g_keys, key, const_cast<void*>(value)).code());
}

int pthread_spin_init(pthread_spinlock_t* lock, int /*shared*/) {
    *lock = 0;
    return 0;
}
int pthread_spin_destroy(pthread_spinlock_t* /*lock*/) {
    return 0;
}
int pthread_spin_trylock(pthread_spinlock_t* lock) {
    return __atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE) == 0 ? 0 : static_cast<int>(Errno::busy);
}
// The holder may be a thread that does not run: after a while this one lets it.
int pthread_spin_lock(pthread_spinlock_t* lock) {
    Pause pause;
    for (unsigned tries = 0; pthread_spin_trylock(lock) != 0;) {
        if (kManyCpus && tries < 1000) {
            tries++;
            KernelLocks::relax();
        } else if (tries < 1010) {
            tries++;
            sched::yield();
        } else {
            sched::sleep_for(pause.next_ns()); // it may be less urgent than we are
        }
    }
    return 0;
}
int pthread_spin_unlock(pthread_spinlock_t* lock) {
    __atomic_store_n(lock, 0, __ATOMIC_RELEASE);
    return 0;
}

} // extern "C"
