/* SPDX-License-Identifier: BSD-3-Clause */
/* The types of system calls' arguments and structures. */
#pragma once

#include <stdint.h>

typedef int32_t uk_pid_t;
typedef uint32_t uk_uid_t;
typedef uint32_t uk_gid_t;
typedef uint32_t uk_mode_t;
typedef int64_t uk_off_t;
typedef uint64_t uk_dev_t;
typedef uint64_t uk_ino_t;
typedef int32_t uk_clockid_t;
typedef int32_t uk_timer_t;
typedef int64_t uk_time_t;
typedef int64_t uk_clock_t; /* 1/100 s, whatever the timer's rate */
typedef uint64_t uk_size_t;
typedef int64_t uk_ssize_t;
