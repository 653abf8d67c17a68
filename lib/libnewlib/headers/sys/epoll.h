/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting for events of many descriptors. */
#pragma once

#include <stdint.h>
#include <sys/_sigset.h>
#include <uk/abi/epoll.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef union epoll_data {
    void* ptr;
    int fd;
    uint32_t u32;
    uint64_t u64;
} epoll_data_t;

struct epoll_event {
    uint32_t events;
    epoll_data_t data;
} UK_EPOLL_PACKED;

int epoll_create(int size);
int epoll_create1(int flags);
int epoll_ctl(int fd, int operation, int other, struct epoll_event* event);
int epoll_wait(int fd, struct epoll_event* events, int count, int timeout_ms);
int epoll_pwait(int fd, struct epoll_event* events, int count, int timeout_ms,
                const __sigset_t* mask);
struct timespec;
int epoll_pwait2(int fd, struct epoll_event* events, int count, const struct timespec* timeout,
                 const __sigset_t* mask);

#ifdef __cplusplus
}
#endif

#define EPOLLIN UK_EPOLLIN
#define EPOLLPRI UK_EPOLLPRI
#define EPOLLOUT UK_EPOLLOUT
#define EPOLLERR UK_EPOLLERR
#define EPOLLHUP UK_EPOLLHUP
#define EPOLLNVAL UK_EPOLLNVAL
#define EPOLLRDNORM UK_EPOLLRDNORM
#define EPOLLRDBAND UK_EPOLLRDBAND
#define EPOLLWRNORM UK_EPOLLWRNORM
#define EPOLLWRBAND UK_EPOLLWRBAND
#define EPOLLMSG UK_EPOLLMSG
#define EPOLLRDHUP UK_EPOLLRDHUP
#define EPOLLEXCLUSIVE UK_EPOLLEXCLUSIVE
#define EPOLLWAKEUP UK_EPOLLWAKEUP
#define EPOLLONESHOT UK_EPOLLONESHOT
#define EPOLLET UK_EPOLLET
#define EPOLL_CTL_ADD UK_EPOLL_CTL_ADD
#define EPOLL_CTL_DEL UK_EPOLL_CTL_DEL
#define EPOLL_CTL_MOD UK_EPOLL_CTL_MOD
#define EPOLL_CLOEXEC UK_EPOLL_CLOEXEC
