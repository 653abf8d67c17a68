/* SPDX-License-Identifier: BSD-3-Clause */
/* <sched.h>: giving the CPU away, policies, sets of CPUs. */
#ifndef _SCHED_H_
#define _SCHED_H_

#include <stddef.h>

#include <sys/sched.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Lets other threads of the same priority run first; 0. */
int sched_yield(void);

/* Bit n is CPU n. Threads run on CPUs 0 to 63. */
#define CPU_SETSIZE 1024
typedef struct {
    unsigned long __bits[CPU_SETSIZE / (8 * sizeof(unsigned long))];
} cpu_set_t;

#define __CPU_LONG(cpu) ((size_t)(cpu) / (8 * sizeof(unsigned long)))
#define __CPU_BIT(cpu) (1UL << ((size_t)(cpu) % (8 * sizeof(unsigned long))))
#define CPU_SET(cpu, set)                                                                          \
    ((void)((size_t)(cpu) < CPU_SETSIZE ? (set)->__bits[__CPU_LONG(cpu)] |= __CPU_BIT(cpu) : 0))
#define CPU_CLR(cpu, set)                                                                          \
    ((void)((size_t)(cpu) < CPU_SETSIZE ? (set)->__bits[__CPU_LONG(cpu)] &= ~__CPU_BIT(cpu) : 0))
#define CPU_ISSET(cpu, set)                                                                        \
    ((size_t)(cpu) < CPU_SETSIZE && ((set)->__bits[__CPU_LONG(cpu)] & __CPU_BIT(cpu)) != 0)
#define CPU_ZERO(set) __builtin_memset((set), 0, sizeof(cpu_set_t))
#define CPU_COUNT(set) __cpu_count(set)
#define CPU_EQUAL(one, other) (__builtin_memcmp((one), (other), sizeof(cpu_set_t)) == 0)

/* Of a thread by its number (gettid()), 0 the calling one; -1 and errno. Policies of whole threads
 * are not changed here (ENOSYS): pthread_setschedparam() is what there is. */
int sched_getaffinity(pid_t thread, size_t size, cpu_set_t* set);
int sched_setaffinity(pid_t thread, size_t size, const cpu_set_t* set);
int sched_getscheduler(pid_t thread);
int sched_setscheduler(pid_t thread, int policy, const struct sched_param* param);
int sched_getparam(pid_t thread, struct sched_param* param);
int sched_setparam(pid_t thread, const struct sched_param* param);
int sched_get_priority_max(int policy);
int sched_get_priority_min(int policy);

static inline int __cpu_count(const cpu_set_t* __set) {
    int __count = 0;
    for (size_t __cpu = 0; __cpu < CPU_SETSIZE; __cpu++)
        __count += CPU_ISSET(__cpu, __set) ? 1 : 0;
    return __count;
}

#ifdef __cplusplus
}
#endif

#endif
