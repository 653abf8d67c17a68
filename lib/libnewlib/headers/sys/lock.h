/* SPDX-License-Identifier: BSD-3-Clause */
/* newlib's locks: recursive mutexes inside the objects they guard, so making one cannot fail. All
   zero is a free lock. Where there is one thread they do nothing. */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    void* __words[8];
} _LOCK_T __attribute__((aligned(8)));
typedef _LOCK_T _LOCK_RECURSIVE_T;

void __uk_lock_init(_LOCK_T* lock);
void __uk_lock_acquire(_LOCK_T* lock);
int __uk_lock_try_acquire(_LOCK_T* lock); /* 0: we have it */
void __uk_lock_release(_LOCK_T* lock);

#ifdef __cplusplus
}
#endif

#define __LOCK_INIT(class, lock) class _LOCK_T lock
#define __LOCK_INIT_RECURSIVE(class, lock) class _LOCK_T lock
#define __lock_init(lock) __uk_lock_init(&(lock))
#define __lock_init_recursive(lock) __uk_lock_init(&(lock))
#define __lock_close(lock) ((void)0)
#define __lock_close_recursive(lock) ((void)0)
#define __lock_acquire(lock) __uk_lock_acquire(&(lock))
#define __lock_acquire_recursive(lock) __uk_lock_acquire(&(lock))
#define __lock_try_acquire(lock) __uk_lock_try_acquire(&(lock))
#define __lock_try_acquire_recursive(lock) __uk_lock_try_acquire(&(lock))
#define __lock_release(lock) __uk_lock_release(&(lock))
#define __lock_release_recursive(lock) __uk_lock_release(&(lock))
