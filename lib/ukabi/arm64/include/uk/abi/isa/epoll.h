/* SPDX-License-Identifier: BSD-3-Clause */
/* Part of <uk/abi/epoll.h>: how its structure is laid out. */
#pragma once

#define UK_EPOLL_PACKED
