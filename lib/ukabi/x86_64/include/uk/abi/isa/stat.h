/* SPDX-License-Identifier: BSD-3-Clause */
/* Part of <uk/abi/stat.h>: the structure. */
#pragma once

#include <uk/abi/time.h>
#include <uk/abi/types.h>

struct uk_stat {
    uk_dev_t st_dev;
    uk_ino_t st_ino;
    uint64_t st_nlink;
    uk_mode_t st_mode;
    uk_uid_t st_uid;
    uk_gid_t st_gid;
    uint32_t uk_pad;
    uk_dev_t st_rdev;
    uk_off_t st_size;
    int64_t st_blksize;
    int64_t st_blocks; /* of 512 bytes */
    struct uk_timespec st_atim;
    struct uk_timespec st_mtim;
    struct uk_timespec st_ctim;
    int64_t uk_unused[3];
};
