/* SPDX-License-Identifier: BSD-3-Clause */
/* The types of <pthread.h>, which newlib's <sys/types.h> includes, too. An object whose bytes are
 * all zero is one with default attributes, ready for use. */
#ifndef _SYS__PTHREADTYPES_H_
#define _SYS__PTHREADTYPES_H_

typedef unsigned long pthread_t; /* 0 is none */
typedef unsigned int pthread_key_t;

typedef struct {
    unsigned long __stack_size; /* 0: the default */
    unsigned long __guard_size;
    void* __stack;
    unsigned long __cpus; /* bit n: may run on CPU n; 0: on all */
    int __priority;
    unsigned char __policy, __inherit, __detached, __set;
} pthread_attr_t;

typedef struct {
    void* __words[4];
    unsigned short __kind;
    unsigned short __padding;
    unsigned int __depth;
} pthread_mutex_t;

typedef struct {
    unsigned char __kind, __shared;
} pthread_mutexattr_t;

typedef struct {
    void* __words[4];
    int __clock;
} pthread_cond_t;

typedef struct {
    int __clock;
    unsigned char __shared;
} pthread_condattr_t;

typedef struct {
    void* __words[6];
} pthread_rwlock_t;

typedef struct {
    unsigned char __shared;
} pthread_rwlockattr_t;

typedef struct {
    void* __words[5];
} pthread_barrier_t;

typedef struct {
    unsigned char __shared;
} pthread_barrierattr_t;

typedef struct {
    int __state;
} pthread_once_t;

typedef int pthread_spinlock_t;

#endif
