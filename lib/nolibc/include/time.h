/* SPDX-License-Identifier: BSD-3-Clause */
/* <time.h>: clocks, calendar in UTC (the only time zone there is), the C locale's texts. */
#pragma once

#include <stddef.h>

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct timespec {
    time_t tv_sec;
    long tv_nsec;
};

/* Laid out as on Linux. tm_zone is "UTC" (glibc's gmtime says "GMT"), tm_gmtoff 0. */
struct tm {
    int tm_sec;
    int tm_min;
    int tm_hour;
    int tm_mday;
    int tm_mon;
    int tm_year;
    int tm_wday;
    int tm_yday;
    int tm_isdst;
    long tm_gmtoff;
    const char* tm_zone;
};

#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_MONOTONIC_RAW 4
#define CLOCK_REALTIME_COARSE 5
#define CLOCK_MONOTONIC_COARSE 6
#define CLOCK_BOOTTIME 7
#define TIME_UTC 1

/* Errors: EINVAL (another clock), ENODEV (wall time asked for, the machine has no such clock). */
int clock_gettime(clockid_t clock, struct timespec* now);
int clock_getres(clockid_t clock, struct timespec* resolution);
int timespec_get(struct timespec* now, int base);
/* (time_t)-1 when the machine has no wall clock. */
time_t time(time_t* now);
double difftime(time_t end, time_t start);

/* Waits at least so long; nothing interrupts it. Errors: EINVAL (tv_nsec out of range, or
 * negative). */
int nanosleep(const struct timespec* wanted, struct timespec* left);

/* NULL with EOVERFLOW when the year does not fit an int. gmtime, localtime, asctime and ctime share
 * one buffer each, as C allows. */
struct tm* gmtime(const time_t* when);
struct tm* gmtime_r(const time_t* __restrict when, struct tm* __restrict result);
struct tm* localtime(const time_t* when);
struct tm* localtime_r(const time_t* __restrict when, struct tm* __restrict result);

/* Bring the fields into their ranges; (time_t)-1 with EOVERFLOW when the year does not fit. */
time_t mktime(struct tm* fields);
time_t timegm(struct tm* fields);

/* NULL with EOVERFLOW where the 26 characters do not suffice (years beyond 9999). */
char* asctime(const struct tm* fields);
char* asctime_r(const struct tm* __restrict fields, char* __restrict buffer);
char* ctime(const time_t* when);
char* ctime_r(const time_t* when, char* buffer);

/* All conversions of POSIX in the C locale; E and O change nothing; no flags and no widths. */
__attribute__((__format__(__strftime__, 3, 0))) size_t strftime(char* __restrict buffer,
                                                                size_t size,
                                                                const char* __restrict format,
                                                                const struct tm* __restrict fields);

#ifdef __cplusplus
}
#endif
