/* SPDX-License-Identifier: BSD-3-Clause */
/* Clocks, timers, and the structures that hold a time. */
#pragma once

#include <uk/abi/types.h>

/* clocks */
#define UK_CLOCK_REALTIME 0
#define UK_CLOCK_MONOTONIC 1
#define UK_CLOCK_PROCESS_CPUTIME_ID 2
#define UK_CLOCK_THREAD_CPUTIME_ID 3
#define UK_CLOCK_MONOTONIC_RAW 4
#define UK_CLOCK_REALTIME_COARSE 5
#define UK_CLOCK_MONOTONIC_COARSE 6
#define UK_CLOCK_BOOTTIME 7
#define UK_CLOCK_REALTIME_ALARM 8
#define UK_CLOCK_BOOTTIME_ALARM 9
#define UK_CLOCK_TAI 11

/* flag of clock_nanosleep() and timer_settime() */
#define UK_TIMER_ABSTIME 1

/* timers of setitimer() */
#define UK_ITIMER_REAL 0
#define UK_ITIMER_VIRTUAL 1
#define UK_ITIMER_PROF 2

struct uk_timespec {
    uk_time_t tv_sec;
    int64_t tv_nsec;
};

struct uk_timeval {
    uk_time_t tv_sec;
    int64_t tv_usec;
};

struct uk_timezone {
    int32_t tz_minuteswest;
    int32_t tz_dsttime;
};

struct uk_itimerspec {
    struct uk_timespec it_interval;
    struct uk_timespec it_value;
};

struct uk_itimerval {
    struct uk_timeval it_interval;
    struct uk_timeval it_value;
};

/* The time that a process has used, in UK_CLK_TCK-ths of a second. */
#define UK_CLK_TCK 100
struct uk_tms {
    uk_clock_t tms_utime;
    uk_clock_t tms_stime;
    uk_clock_t tms_cutime;
    uk_clock_t tms_cstime;
};

/* Times of a file in seconds: utime(). */
struct uk_utimbuf {
    int64_t actime;
    int64_t modtime;
};
