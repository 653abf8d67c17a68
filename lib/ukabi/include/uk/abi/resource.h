/* SPDX-License-Identifier: BSD-3-Clause */
/* Limits of resources, priorities, and what was used. */
#pragma once

#include <uk/abi/time.h>

struct uk_rlimit {
    uint64_t rlim_cur;
    uint64_t rlim_max;
};
#define UK_RLIM_INFINITY 0xffffffffffffffffUL

struct uk_rusage {
    struct uk_timeval ru_utime;
    struct uk_timeval ru_stime;
    int64_t ru_maxrss; /* KiB */
    int64_t ru_ixrss;
    int64_t ru_idrss;
    int64_t ru_isrss;
    int64_t ru_minflt;
    int64_t ru_majflt;
    int64_t ru_nswap;
    int64_t ru_inblock;
    int64_t ru_oublock;
    int64_t ru_msgsnd;
    int64_t ru_msgrcv;
    int64_t ru_nsignals;
    int64_t ru_nvcsw;
    int64_t ru_nivcsw;
};

/* resources */
#define UK_RLIMIT_CPU 0
#define UK_RLIMIT_FSIZE 1
#define UK_RLIMIT_DATA 2
#define UK_RLIMIT_STACK 3
#define UK_RLIMIT_CORE 4
#define UK_RLIMIT_RSS 5
#define UK_RLIMIT_NPROC 6
#define UK_RLIMIT_NOFILE 7
#define UK_RLIMIT_MEMLOCK 8
#define UK_RLIMIT_AS 9
#define UK_RLIMIT_LOCKS 10
#define UK_RLIMIT_SIGPENDING 11
#define UK_RLIMIT_MSGQUEUE 12
#define UK_RLIMIT_NICE 13
#define UK_RLIMIT_RTPRIO 14
#define UK_RLIMIT_RTTIME 15

/* who getrusage() is about */
#define UK_RUSAGE_SELF 0
#define UK_RUSAGE_CHILDREN (-1)
#define UK_RUSAGE_THREAD 1

/* who getpriority() is about */
#define UK_PRIO_MIN (-20)
#define UK_PRIO_PROCESS 0
#define UK_PRIO_PGRP 1
#define UK_PRIO_USER 2
#define UK_PRIO_MAX 20
