/* SPDX-License-Identifier: BSD-3-Clause */
/* Limits of resources, priorities, what was used: Linux's. */
#pragma once

#include <sys/time.h>
#include <sys/types.h>
#include <uk/abi/resource.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned long rlim_t;
struct rlimit {
    rlim_t rlim_cur;
    rlim_t rlim_max;
};

struct rusage {
    struct timeval ru_utime;
    struct timeval ru_stime;
    long ru_maxrss;
    long ru_ixrss;
    long ru_idrss;
    long ru_isrss;
    long ru_minflt;
    long ru_majflt;
    long ru_nswap;
    long ru_inblock;
    long ru_oublock;
    long ru_msgsnd;
    long ru_msgrcv;
    long ru_nsignals;
    long ru_nvcsw;
    long ru_nivcsw;
};

int getrlimit(int resource, struct rlimit* limit);
int setrlimit(int resource, const struct rlimit* limit);
int prlimit(pid_t pid, int resource, const struct rlimit* limit, struct rlimit* before);
int getrusage(int who, struct rusage* usage);
int getpriority(int which, id_t who);
int setpriority(int which, id_t who, int priority);

#ifdef __cplusplus
}
#endif

#define RLIM_INFINITY UK_RLIM_INFINITY
#define RLIMIT_CPU UK_RLIMIT_CPU
#define RLIMIT_FSIZE UK_RLIMIT_FSIZE
#define RLIMIT_DATA UK_RLIMIT_DATA
#define RLIMIT_STACK UK_RLIMIT_STACK
#define RLIMIT_CORE UK_RLIMIT_CORE
#define RLIMIT_RSS UK_RLIMIT_RSS
#define RLIMIT_NPROC UK_RLIMIT_NPROC
#define RLIMIT_NOFILE UK_RLIMIT_NOFILE
#define RLIMIT_MEMLOCK UK_RLIMIT_MEMLOCK
#define RLIMIT_AS UK_RLIMIT_AS
#define RLIMIT_LOCKS UK_RLIMIT_LOCKS
#define RLIMIT_SIGPENDING UK_RLIMIT_SIGPENDING
#define RLIMIT_MSGQUEUE UK_RLIMIT_MSGQUEUE
#define RLIMIT_NICE UK_RLIMIT_NICE
#define RLIMIT_RTPRIO UK_RLIMIT_RTPRIO
#define RLIMIT_RTTIME UK_RLIMIT_RTTIME
#define RUSAGE_SELF UK_RUSAGE_SELF
#define RUSAGE_CHILDREN UK_RUSAGE_CHILDREN
#define RUSAGE_THREAD UK_RUSAGE_THREAD
#define PRIO_MIN UK_PRIO_MIN
#define PRIO_PROCESS UK_PRIO_PROCESS
#define PRIO_PGRP UK_PRIO_PGRP
#define PRIO_USER UK_PRIO_USER
#define PRIO_MAX UK_PRIO_MAX
#define RLIM_SAVED_CUR RLIM_INFINITY
#define RLIM_SAVED_MAX RLIM_INFINITY
