/* SPDX-License-Identifier: BSD-3-Clause */
/* What a file system is, as POSIX says it. */
#pragma once

#include <sys/types.h>
#include <uk/abi/statfs.h>

typedef unsigned long fsblkcnt_t;
typedef unsigned long fsfilcnt_t;

struct statvfs {
    unsigned long f_bsize;
    unsigned long f_frsize;
    fsblkcnt_t f_blocks; /* of f_frsize bytes */
    fsblkcnt_t f_bfree;
    fsblkcnt_t f_bavail;
    fsfilcnt_t f_files;
    fsfilcnt_t f_ffree;
    fsfilcnt_t f_favail;
    unsigned long f_fsid;
    unsigned long f_flag;
    unsigned long f_namemax;
};

#ifdef __cplusplus
extern "C" {
#endif

int statvfs(const char* __restrict path, struct statvfs* __restrict out);
int fstatvfs(int fd, struct statvfs* out);

#ifdef __cplusplus
}
#endif

#define ST_RDONLY UK_ST_RDONLY
#define ST_NOSUID UK_ST_NOSUID
#define ST_NODEV UK_ST_NODEV
#define ST_NOEXEC UK_ST_NOEXEC
#define ST_SYNCHRONOUS UK_ST_SYNCHRONOUS
#define ST_NOATIME UK_ST_NOATIME
#define ST_NODIRATIME UK_ST_NODIRATIME
#define ST_RELATIME UK_ST_RELATIME
