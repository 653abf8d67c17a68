/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting for events of descriptors: poll() and select(). */
#pragma once

#include <uk/abi/types.h>

/* events */
#define UK_POLLIN 0x1
#define UK_POLLPRI 0x2
#define UK_POLLOUT 0x4
#define UK_POLLERR 0x8
#define UK_POLLHUP 0x10
#define UK_POLLNVAL 0x20
#define UK_POLLRDNORM 0x40
#define UK_POLLRDBAND 0x80
#define UK_POLLWRNORM 0x100
#define UK_POLLWRBAND 0x200
#define UK_POLLMSG 0x400
#define UK_POLLREMOVE 0x1000
#define UK_POLLRDHUP 0x2000

struct uk_pollfd {
    int32_t fd; /* below 0: looked over */
    int16_t events;
    int16_t revents;
};

/* Of select(): bit n % 64 of word n / 64 is descriptor n. */
#define UK_FD_SETSIZE 1024
struct uk_fd_set {
    uint64_t fds_bits[UK_FD_SETSIZE / 64];
};
