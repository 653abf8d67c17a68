/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting for events of descriptors. */
#pragma once

#include <sys/_sigset.h>
#include <sys/_timespec.h>
#include <sys/types.h>
#include <uk/abi/poll.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned long nfds_t;
struct pollfd {
    int fd;
    short events;
    short revents;
};

int poll(struct pollfd* fds, nfds_t count, int timeout_ms);
int ppoll(struct pollfd* fds, nfds_t count, const struct timespec* timeout, const __sigset_t* mask);

#ifdef __cplusplus
}
#endif

#define POLLIN UK_POLLIN
#define POLLPRI UK_POLLPRI
#define POLLOUT UK_POLLOUT
#define POLLERR UK_POLLERR
#define POLLHUP UK_POLLHUP
#define POLLNVAL UK_POLLNVAL
#define POLLRDNORM UK_POLLRDNORM
#define POLLRDBAND UK_POLLRDBAND
#define POLLWRNORM UK_POLLWRNORM
#define POLLWRBAND UK_POLLWRBAND
#define POLLMSG UK_POLLMSG
#define POLLREMOVE UK_POLLREMOVE
#define POLLRDHUP UK_POLLRDHUP
