/* SPDX-License-Identifier: BSD-3-Clause */
/* Part of <uk/abi/stat.h>: the structure. */
#pragma once

#include <uk/abi/time.h>
#include <uk/abi/types.h>

struct uk_stat {
    uk_dev_t st_dev;
    uk_ino_t st_ino;
    uk_mode_t st_mode;
    uint32_t st_nlink;
    uk_uid_t st_uid;
    uk_gid_t st_gid;
    uk_dev_t st_rdev;
    uint64_t uk_pad1;
    uk_off_t st_size;
    int32_t st_blksize;
    int32_t uk_pad2;
    int64_t st_blocks; /* of 512 bytes */
    struct uk_timespec st_atim;
    struct uk_timespec st_mtim;
    struct uk_timespec st_ctim;
    int32_t uk_unused[2];
};
