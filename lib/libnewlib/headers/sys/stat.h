/* SPDX-License-Identifier: BSD-3-Clause */
/* struct stat and modes: Linux's. */
#pragma once

#include <sys/_timespec.h>
#include <sys/cdefs.h>
#include <sys/types.h>
#include <uk/abi/stat.h>

#ifdef __cplusplus
extern "C" {
#endif

#include <machine/_stat.h>
#define st_atime st_atim.tv_sec
#define st_mtime st_mtim.tv_sec
#define st_ctime st_ctim.tv_sec

#if __GNU_VISIBLE
struct statx_timestamp {
    __INT64_TYPE__ tv_sec;
    __UINT32_TYPE__ tv_nsec;
    __INT32_TYPE__ __pad;
};

struct statx {
    __UINT32_TYPE__ stx_mask; /* STATX_*: which of the rest are there */
    __UINT32_TYPE__ stx_blksize;
    __UINT64_TYPE__ stx_attributes;
    __UINT32_TYPE__ stx_nlink;
    __UINT32_TYPE__ stx_uid;
    __UINT32_TYPE__ stx_gid;
    __UINT16_TYPE__ stx_mode;
    __UINT16_TYPE__ __pad;
    __UINT64_TYPE__ stx_ino;
    __UINT64_TYPE__ stx_size;
    __UINT64_TYPE__ stx_blocks;
    __UINT64_TYPE__ stx_attributes_mask;
    struct statx_timestamp stx_atime;
    struct statx_timestamp stx_btime;
    struct statx_timestamp stx_ctime;
    struct statx_timestamp stx_mtime;
    __UINT32_TYPE__ stx_rdev_major;
    __UINT32_TYPE__ stx_rdev_minor;
    __UINT32_TYPE__ stx_dev_major;
    __UINT32_TYPE__ stx_dev_minor;
    __UINT64_TYPE__ stx_mnt_id;
    __UINT32_TYPE__ stx_dio_mem_align;
    __UINT32_TYPE__ stx_dio_offset_align;
    __UINT64_TYPE__ __spare[12];
};
#endif

int stat(const char* __restrict path, struct stat* __restrict status);
int fstat(int fd, struct stat* status);
int lstat(const char* __restrict path, struct stat* __restrict status);
int fstatat(int folder, const char* __restrict path, struct stat* __restrict status, int flags);
int chmod(const char* path, mode_t mode);
int fchmod(int fd, mode_t mode);
int fchmodat(int folder, const char* path, mode_t mode, int flags);
int mkdir(const char* path, mode_t mode);
int mkdirat(int folder, const char* path, mode_t mode);
int mkfifo(const char* path, mode_t mode);
int mkfifoat(int folder, const char* path, mode_t mode);
int mknod(const char* path, mode_t mode, dev_t device);
int mknodat(int folder, const char* path, mode_t mode, dev_t device);
mode_t umask(mode_t mask);
int futimens(int fd, const struct timespec times[2]);
int utimensat(int folder, const char* path, const struct timespec times[2], int flags);
#if __GNU_VISIBLE
int statx(int folder, const char* __restrict path, int flags, unsigned wanted,
          struct statx* __restrict status);
#endif

#ifdef __cplusplus
}
#endif

#define S_IXOTH UK_S_IXOTH
#define S_IWOTH UK_S_IWOTH
#define S_IROTH UK_S_IROTH
#define S_IRWXO UK_S_IRWXO
#define S_IXGRP UK_S_IXGRP
#define S_IWGRP UK_S_IWGRP
#define S_IRGRP UK_S_IRGRP
#define S_IRWXG UK_S_IRWXG
#define S_IXUSR UK_S_IXUSR
#define S_IWUSR UK_S_IWUSR
#define S_IRUSR UK_S_IRUSR
#define S_IRWXU UK_S_IRWXU
#define S_ISVTX UK_S_ISVTX
#define S_ISGID UK_S_ISGID
#define S_ISUID UK_S_ISUID
#define S_IFIFO UK_S_IFIFO
#define S_IFCHR UK_S_IFCHR
#define S_IFDIR UK_S_IFDIR
#define S_IFBLK UK_S_IFBLK
#define S_IFREG UK_S_IFREG
#define S_IFLNK UK_S_IFLNK
#define S_IFSOCK UK_S_IFSOCK
#define S_IFMT UK_S_IFMT
#define UTIME_NOW UK_UTIME_NOW
#define UTIME_OMIT UK_UTIME_OMIT

#define S_ISREG(mode) (((mode)&S_IFMT) == S_IFREG)
#define S_ISDIR(mode) (((mode)&S_IFMT) == S_IFDIR)
#define S_ISCHR(mode) (((mode)&S_IFMT) == S_IFCHR)
#define S_ISBLK(mode) (((mode)&S_IFMT) == S_IFBLK)
#define S_ISFIFO(mode) (((mode)&S_IFMT) == S_IFIFO)
#define S_ISLNK(mode) (((mode)&S_IFMT) == S_IFLNK)
#define S_ISSOCK(mode) (((mode)&S_IFMT) == S_IFSOCK)
#define S_IREAD S_IRUSR
#define S_IWRITE S_IWUSR
#define S_IEXEC S_IXUSR
#define ACCESSPERMS (S_IRWXU | S_IRWXG | S_IRWXO)
#define ALLPERMS (S_ISUID | S_ISGID | S_ISVTX | ACCESSPERMS)
#define DEFFILEMODE (S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH)
#if __GNU_VISIBLE
#define STATX_TYPE UK_STATX_TYPE
#define STATX_MODE UK_STATX_MODE
#define STATX_NLINK UK_STATX_NLINK
#define STATX_UID UK_STATX_UID
#define STATX_GID UK_STATX_GID
#define STATX_ATIME UK_STATX_ATIME
#define STATX_MTIME UK_STATX_MTIME
#define STATX_CTIME UK_STATX_CTIME
#define STATX_INO UK_STATX_INO
#define STATX_SIZE UK_STATX_SIZE
#define STATX_BLOCKS UK_STATX_BLOCKS
#define STATX_BASIC_STATS UK_STATX_BASIC_STATS
#define STATX_BTIME UK_STATX_BTIME
#define STATX_MNT_ID UK_STATX_MNT_ID
#define STATX_DIOALIGN UK_STATX_DIOALIGN
#define STATX_ATTR_COMPRESSED UK_STATX_ATTR_COMPRESSED
#define STATX_ATTR_IMMUTABLE UK_STATX_ATTR_IMMUTABLE
#define STATX_ATTR_APPEND UK_STATX_ATTR_APPEND
#define STATX_ATTR_NODUMP UK_STATX_ATTR_NODUMP
#define STATX_ATTR_ENCRYPTED UK_STATX_ATTR_ENCRYPTED
#define STATX_ATTR_AUTOMOUNT UK_STATX_ATTR_AUTOMOUNT
#define STATX_ATTR_MOUNT_ROOT UK_STATX_ATTR_MOUNT_ROOT
#define STATX_ATTR_VERITY UK_STATX_ATTR_VERITY
#define STATX_ATTR_DAX UK_STATX_ATTR_DAX
#endif
