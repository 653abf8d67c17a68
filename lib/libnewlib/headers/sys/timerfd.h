/* SPDX-License-Identifier: BSD-3-Clause */
/* Timers that can be waited for. */
#pragma once

#include <time.h>
#include <uk/abi/eventfd.h>

#ifdef __cplusplus
extern "C" {
#endif

int timerfd_create(clockid_t clock, int flags);
int timerfd_settime(int fd, int flags, const struct itimerspec* value, struct itimerspec* before);
int timerfd_gettime(int fd, struct itimerspec* value);
#ifdef __cplusplus
}
#endif

#define TFD_CLOEXEC UK_TFD_CLOEXEC
#define TFD_NONBLOCK UK_TFD_NONBLOCK
#define TFD_TIMER_ABSTIME UK_TFD_TIMER_ABSTIME
#define TFD_TIMER_CANCEL_ON_SET UK_TFD_TIMER_CANCEL_ON_SET
