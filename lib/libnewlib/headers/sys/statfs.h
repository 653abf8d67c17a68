/* SPDX-License-Identifier: BSD-3-Clause */
/* What a file system is, as Linux says it. */
#pragma once

#include <sys/types.h>
#include <uk/abi/statfs.h>

typedef struct {
    int __val[2];
} fsid_t;

struct statfs {
    long f_type;
    long f_bsize;
    unsigned long f_blocks; /* of f_bsize bytes */
    unsigned long f_bfree;
    unsigned long f_bavail;
    unsigned long f_files;
    unsigned long f_ffree;
    fsid_t f_fsid;
    long f_namelen;
    long f_frsize;
    long f_flags; /* ST_* of <sys/statvfs.h> */
    long f_spare[4];
};

#ifdef __cplusplus
extern "C" {
#endif

int statfs(const char* path, struct statfs* out);
int fstatfs(int fd, struct statfs* out);

#ifdef __cplusplus
}
#endif
