/* SPDX-License-Identifier: BSD-3-Clause */
/* What a file is: modes, struct stat, statx. */
#pragma once

#include <uk/abi/time.h>
#include <uk/abi/types.h>
#include <uk/abi/isa/stat.h>

/* kinds of files and permissions, in st_mode */
#define UK_S_IXOTH 01
#define UK_S_IWOTH 02
#define UK_S_IROTH 04
#define UK_S_IRWXO 07
#define UK_S_IXGRP 010
#define UK_S_IWGRP 020
#define UK_S_IRGRP 040
#define UK_S_IRWXG 070
#define UK_S_IXUSR 0100
#define UK_S_IWUSR 0200
#define UK_S_IRUSR 0400
#define UK_S_IRWXU 0700
#define UK_S_ISVTX 01000
#define UK_S_ISGID 02000
#define UK_S_ISUID 04000
#define UK_S_IFIFO 010000
#define UK_S_IFCHR 020000
#define UK_S_IFDIR 040000
#define UK_S_IFBLK 060000
#define UK_S_IFREG 0100000
#define UK_S_IFLNK 0120000
#define UK_S_IFSOCK 0140000
#define UK_S_IFMT 0170000

/* what statx() is asked for and gives */
#define UK_STATX_TYPE 0x1
#define UK_STATX_MODE 0x2
#define UK_STATX_NLINK 0x4
#define UK_STATX_UID 0x8
#define UK_STATX_GID 0x10
#define UK_STATX_ATIME 0x20
#define UK_STATX_MTIME 0x40
#define UK_STATX_CTIME 0x80
#define UK_STATX_INO 0x100
#define UK_STATX_SIZE 0x200
#define UK_STATX_BLOCKS 0x400
#define UK_STATX_BASIC_STATS 0x7ff
#define UK_STATX_BTIME 0x800
#define UK_STATX_MNT_ID 0x1000
#define UK_STATX_DIOALIGN 0x2000

/* stx_attributes */
#define UK_STATX_ATTR_COMPRESSED 0x4
#define UK_STATX_ATTR_IMMUTABLE 0x10
#define UK_STATX_ATTR_APPEND 0x20
#define UK_STATX_ATTR_NODUMP 0x40
#define UK_STATX_ATTR_ENCRYPTED 0x800
#define UK_STATX_ATTR_AUTOMOUNT 0x1000
#define UK_STATX_ATTR_MOUNT_ROOT 0x2000
#define UK_STATX_ATTR_VERITY 0x100000
#define UK_STATX_ATTR_DAX 0x200000

/* tv_nsec in utimensat() */
#define UK_UTIME_NOW 0x3fffffff
#define UK_UTIME_OMIT 0x3ffffffe

struct uk_statx_timestamp {
    int64_t tv_sec;
    uint32_t tv_nsec;
    int32_t uk_pad;
};

struct uk_statx {
    uint32_t stx_mask; /* UK_STATX_*: which of the rest are there */
    uint32_t stx_blksize;
    uint64_t stx_attributes;
    uint32_t stx_nlink;
    uk_uid_t stx_uid;
    uk_gid_t stx_gid;
    uint16_t stx_mode;
    uint16_t uk_pad1;
    uk_ino_t stx_ino;
    uint64_t stx_size;
    uint64_t stx_blocks;
    uint64_t stx_attributes_mask;
    struct uk_statx_timestamp stx_atime;
    struct uk_statx_timestamp stx_btime;
    struct uk_statx_timestamp stx_ctime;
    struct uk_statx_timestamp stx_mtime;
    uint32_t stx_rdev_major;
    uint32_t stx_rdev_minor;
    uint32_t stx_dev_major;
    uint32_t stx_dev_minor;
    uint64_t stx_mnt_id;
    uint32_t stx_dio_mem_align;
    uint32_t stx_dio_offset_align;
    uint64_t uk_spare[12];
};
