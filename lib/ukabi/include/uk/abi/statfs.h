/* SPDX-License-Identifier: BSD-3-Clause */
/* What a file system is: struct statfs. */
#pragma once

#include <stdint.h>

/* f_flags */
#define UK_ST_RDONLY 0x1
#define UK_ST_NOSUID 0x2
#define UK_ST_NODEV 0x4
#define UK_ST_NOEXEC 0x8
#define UK_ST_SYNCHRONOUS 0x10
#define UK_ST_NOATIME 0x400
#define UK_ST_NODIRATIME 0x800
#define UK_ST_RELATIME 0x1000

struct uk_statfs {
    int64_t f_type;
    int64_t f_bsize;
    uint64_t f_blocks; /* of f_bsize bytes */
    uint64_t f_bfree;
    uint64_t f_bavail;
    uint64_t f_files;
    uint64_t f_ffree;
    int32_t f_fsid[2];
    int64_t f_namelen;
    int64_t f_frsize;
    int64_t f_flags;
    int64_t f_spare[4];
};
