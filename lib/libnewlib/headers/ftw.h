/* SPDX-License-Identifier: BSD-3-Clause */
/* Walking a tree of files, <ftw.h>. One descriptor is in use at a time, however deep the tree is
   and whatever "descriptors" says. */
#pragma once

#include <sys/stat.h>

#define FTW_F 0   /* no folder */
#define FTW_D 1   /* a folder, before what is in it */
#define FTW_DNR 2 /* a folder that cannot be read */
#define FTW_NS 3  /* nothing is known of it */
#define FTW_SL 4  /* a symbolic link, with FTW_PHYS */
#define FTW_DP 5  /* a folder, after what is in it, with FTW_DEPTH */
#define FTW_SLN 6 /* a symbolic link that leads nowhere, without FTW_PHYS */

/* flags of nftw() */
#define FTW_PHYS 1  /* symbolic links are not followed */
#define FTW_MOUNT 2 /* not into other file systems */
#define FTW_CHDIR 4 /* the current folder is the one that the file is in */
#define FTW_DEPTH 8 /* folders after what is in them */

struct FTW {
    int base;  /* where in the path the file's own name begins */
    int level; /* 0: the root of the walk */
};

#ifdef __cplusplus
extern "C" {
#endif

int ftw(const char* path, int (*visit)(const char* path, const struct stat* facts, int type),
        int descriptors);
int nftw(const char* path,
         int (*visit)(const char* path, const struct stat* facts, int type, struct FTW* place),
         int descriptors, int flags);

#ifdef __cplusplus
}
#endif
