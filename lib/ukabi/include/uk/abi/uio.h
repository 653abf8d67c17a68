/* SPDX-License-Identifier: BSD-3-Clause */
/* Pieces of memory that one call reads or writes. */
#pragma once

#include <uk/abi/types.h>

struct uk_iovec {
    void* iov_base;
    uk_size_t iov_len;
};
#define UK_IOV_MAX 1024 /* of one call */

/* flags of preadv2() and pwritev2() */
#define UK_RWF_HIPRI 0x1
#define UK_RWF_DSYNC 0x2
#define UK_RWF_SYNC 0x4
#define UK_RWF_NOWAIT 0x8
#define UK_RWF_APPEND 0x10
