/* SPDX-License-Identifier: BSD-3-Clause */
/* Tables of mounts, /proc/mounts and files like it, <mntent.h>. */
#pragma once

#include <stdio.h>

#define MOUNTED "/proc/self/mounts"
#define MNTTAB "/etc/fstab"

#define MNTTYPE_IGNORE "ignore"
#define MNTTYPE_SWAP "swap"
#define MNTOPT_DEFAULTS "defaults"
#define MNTOPT_RO "ro"
#define MNTOPT_RW "rw"
#define MNTOPT_SUID "suid"
#define MNTOPT_NOSUID "nosuid"
#define MNTOPT_NOAUTO "noauto"

struct mntent {
    char* mnt_fsname;
    char* mnt_dir;
    char* mnt_type;
    char* mnt_opts; /* with commas between them */
    int mnt_freq;
    int mnt_passno;
};

#ifdef __cplusplus
extern "C" {
#endif

FILE* setmntent(const char* path, const char* mode);
/* The next line; until the next call. Lines without four fields and comments are left out. */
struct mntent* getmntent(FILE* table);
struct mntent* getmntent_r(FILE* __restrict table, struct mntent* __restrict line,
                           char* __restrict text, int room);
/* Adds a line at the end; 1 if that fails. */
int addmntent(FILE* __restrict table, const struct mntent* __restrict line);
int endmntent(FILE* table); /* 1 */
/* Where `option` begins among the line's, or null. */
char* hasmntopt(const struct mntent* line, const char* option);

#ifdef __cplusplus
}
#endif
