/* SPDX-License-Identifier: BSD-3-Clause */
/* <semaphore.h>: counting semaphores. Those with names are not there: ENOSYS. */
#ifndef _SEMAPHORE_H_
#define _SEMAPHORE_H_

#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SEM_VALUE_MAX 0x7fffffff
#define SEM_FAILED ((sem_t*)0)

typedef struct {
    void* __words[5];
} sem_t;

/* 0, or -1 with errno. */
int sem_init(sem_t* sem, int shared, unsigned value); /* EINVAL */
int sem_destroy(sem_t* sem);                          /* EBUSY: somebody waits */
int sem_wait(sem_t* sem);                             /* EINTR; a cancellation point */
int sem_trywait(sem_t* sem);                          /* EAGAIN */
/* ETIMEDOUT, EINVAL, EINTR; cancellation points. The first by the wall clock. */
int sem_timedwait(sem_t* sem, const struct timespec* when);
int sem_clockwait(sem_t* sem, clockid_t clock, const struct timespec* when);
int sem_post(sem_t* sem); /* EOVERFLOW; from handlers of signals, too */
int sem_getvalue(sem_t* sem, int* value);

sem_t* sem_open(const char* name, int flags, ...);
int sem_close(sem_t* sem);
int sem_unlink(const char* name);

#ifdef __cplusplus
}
#endif

#endif
