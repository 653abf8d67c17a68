/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting for events of many descriptors. */
#pragma once

#include <uk/abi/types.h>
#include <uk/abi/isa/epoll.h>

/* events */
#define UK_EPOLLIN 0x1
#define UK_EPOLLPRI 0x2
#define UK_EPOLLOUT 0x4
#define UK_EPOLLERR 0x8
#define UK_EPOLLHUP 0x10
#define UK_EPOLLNVAL 0x20
#define UK_EPOLLRDNORM 0x40
#define UK_EPOLLRDBAND 0x80
#define UK_EPOLLWRNORM 0x100
#define UK_EPOLLWRBAND 0x200
#define UK_EPOLLMSG 0x400
#define UK_EPOLLRDHUP 0x2000
#define UK_EPOLLEXCLUSIVE 0x10000000
#define UK_EPOLLWAKEUP 0x20000000
#define UK_EPOLLONESHOT 0x40000000
#define UK_EPOLLET 0x80000000U

/* operations of epoll_ctl() */
#define UK_EPOLL_CTL_ADD 1
#define UK_EPOLL_CTL_DEL 2
#define UK_EPOLL_CTL_MOD 3

/* flag of epoll_create1() */
#define UK_EPOLL_CLOEXEC 02000000

struct uk_epoll_event {
    uint32_t events;
    uint64_t data;
} UK_EPOLL_PACKED;
