// SPDX-License-Identifier: BSD-3-Clause
// C11's threads by POSIX's.
#include <errno.h>
#include <stdint.h>
#include <threads.h>

#include <uk/alloc/heap.hpp>
#include <uk/cancel_point.h>
#include <uk/syscall.h>

namespace {

int of(int error) {
    switch (error) {
    case 0:
        return thrd_success;
    case EAGAIN: // what lacks is memory
    case ENOMEM:
        return thrd_nomem;
    case EBUSY:
        return thrd_busy;
    case ETIMEDOUT:
        return thrd_timedout;
    default:
        return thrd_error;
    }
}

void* result_of(int value) {
    return reinterpret_cast<void*>(static_cast<intptr_t>(value));
}

struct Start {
    thrd_start_t function;
    void* argument;
};

void* begin(void* argument) {
    const Start start = *static_cast<Start*>(argument);
    uk::heap::deallocate(argument);
    return result_of(start.function(start.argument));
}

} // namespace

int thrd_create(thrd_t* thread, thrd_start_t function, void* argument) {
    auto* start = static_cast<Start*>(uk::heap::allocate(sizeof(Start)));
    if (start == nullptr)
        return thrd_nomem;
    *start = {function, argument};
    const int error = pthread_create(thread, nullptr, begin, start);
    if (error != 0)
        uk::heap::deallocate(start);
    return of(error);
}
thrd_t thrd_current() {
    return pthread_self();
}
int thrd_detach(thrd_t thread) {
    return of(pthread_detach(thread));
}
int thrd_equal(thrd_t one, thrd_t other) {
    return pthread_equal(one, other);
}
void thrd_exit(int result) {
    pthread_exit(result_of(result));
}
int thrd_join(thrd_t thread, int* result) {
    void* value = nullptr;
    const int error = pthread_join(thread, &value);
    if (error == 0 && result != nullptr)
        *result = static_cast<int>(reinterpret_cast<intptr_t>(value));
    return of(error);
}
int thrd_sleep(const struct timespec* time, struct timespec* left) {
    const long how = UK_CANCELLABLE(uk_sys_nanosleep(reinterpret_cast<const uk_timespec*>(time),
                                                     reinterpret_cast<uk_timespec*>(left)));
    return how == 0 ? 0 : how == -EINTR ? -1 : -2;
}
void thrd_yield() {
    (void)sched_yield();
}

int mtx_init(mtx_t* mutex, int type) {
    if ((type & ~(mtx_recursive | mtx_timed)) != 0)
        return thrd_error;
    constexpr mtx_t kPlain = PTHREAD_MUTEX_INITIALIZER;
    constexpr mtx_t kRecursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    *mutex = (type & mtx_recursive) != 0 ? kRecursive : kPlain;
    return thrd_success;
}
int mtx_lock(mtx_t* mutex) {
    return of(pthread_mutex_lock(mutex));
}
int mtx_timedlock(mtx_t* mutex, const struct timespec* until) {
    return of(pthread_mutex_timedlock(mutex, until));
}
int mtx_trylock(mtx_t* mutex) {
    return of(pthread_mutex_trylock(mutex));
}
int mtx_unlock(mtx_t* mutex) {
    return of(pthread_mutex_unlock(mutex));
}
void mtx_destroy(mtx_t* mutex) {
    (void)pthread_mutex_destroy(mutex);
}

int cnd_init(cnd_t* condition) {
    return of(pthread_cond_init(condition, nullptr));
}
int cnd_signal(cnd_t* condition) {
    return of(pthread_cond_signal(condition));
}
int cnd_broadcast(cnd_t* condition) {
    return of(pthread_cond_broadcast(condition));
}
int cnd_wait(cnd_t* condition, mtx_t* mutex) {
    return of(pthread_cond_wait(condition, mutex));
}
int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const struct timespec* until) {
    return of(pthread_cond_timedwait(condition, mutex, until));
}
void cnd_destroy(cnd_t* condition) {
    (void)pthread_cond_destroy(condition);
}

int tss_create(tss_t* key, tss_dtor_t destroy) {
    return pthread_key_create(key, destroy) == 0 ? thrd_success : thrd_error;
}
void* tss_get(tss_t key) {
    return pthread_getspecific(key);
}
int tss_set(tss_t key, void* value) {
    return pthread_setspecific(key, value) == 0 ? thrd_success : thrd_error;
}
void tss_delete(tss_t key) {
    (void)pthread_key_delete(key);
}

void call_once(once_flag* flag, void (*function)(void)) {
    (void)pthread_once(flag, function);
}
