/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting for a word of memory. */
#pragma once

#include <uk/abi/types.h>

/* operations */
#define UK_FUTEX_WAIT 0
#define UK_FUTEX_WAKE 1
#define UK_FUTEX_REQUEUE 3
#define UK_FUTEX_CMP_REQUEUE 4
#define UK_FUTEX_WAKE_OP 5
#define UK_FUTEX_LOCK_PI 6
#define UK_FUTEX_UNLOCK_PI 7
#define UK_FUTEX_TRYLOCK_PI 8
#define UK_FUTEX_WAIT_BITSET 9
#define UK_FUTEX_WAKE_BITSET 10
#define UK_FUTEX_WAIT_REQUEUE_PI 11
#define UK_FUTEX_CMP_REQUEUE_PI 12
#define UK_FUTEX_LOCK_PI2 13

/* may be or-ed to them */
#define UK_FUTEX_PRIVATE_FLAG 128
#define UK_FUTEX_CLOCK_REALTIME 256

#define UK_FUTEX_CMD_MASK (-385)

/* words of robust and priority-inheriting mutexes */
#define UK_FUTEX_WAITERS 0x80000000U
#define UK_FUTEX_OWNER_DIED 0x40000000
#define UK_FUTEX_TID_MASK 0x3fffffff
#define UK_FUTEX_BITSET_MATCH_ANY 0xffffffffU

struct uk_robust_list {
    struct uk_robust_list* next;
};
struct uk_robust_list_head {
    struct uk_robust_list list;
    int64_t futex_offset;
    struct uk_robust_list* list_op_pending;
};
