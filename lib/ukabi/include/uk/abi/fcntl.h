/* SPDX-License-Identifier: BSD-3-Clause */
/* Opening files: flags of open(), commands of fcntl(), flags of the *at() calls, advice. */
#pragma once

#include <uk/abi/types.h>
#include <uk/abi/isa/fcntl.h>

/* flags of open() */
#define UK_O_RDONLY 0
#define UK_O_WRONLY 01
#define UK_O_RDWR 02
#define UK_O_ACCMODE 03
#define UK_O_CREAT 0100
#define UK_O_EXCL 0200
#define UK_O_NOCTTY 0400
#define UK_O_TRUNC 01000
#define UK_O_APPEND 02000
#define UK_O_NONBLOCK 04000
#define UK_O_DSYNC 010000
#define UK_O_NOATIME 01000000
#define UK_O_CLOEXEC 02000000
#define UK_O_SYNC 04010000
#define UK_O_PATH 010000000

/* commands of fcntl() */
#define UK_F_DUPFD 0
#define UK_F_RDLCK 0
#define UK_FD_CLOEXEC 1
#define UK_F_GETFD 1
#define UK_F_WRLCK 1
#define UK_F_SETFD 2
#define UK_F_UNLCK 2
#define UK_F_GETFL 3
#define UK_F_SETFL 4
#define UK_F_GETLK 5
#define UK_F_SETLK 6
#define UK_F_SETLKW 7
#define UK_F_SETOWN 8
#define UK_F_GETOWN 9
#define UK_F_SETSIG 10
#define UK_F_GETSIG 11
#define UK_F_OFD_GETLK 36
#define UK_F_OFD_SETLK 37
#define UK_F_OFD_SETLKW 38
#define UK_F_SETLEASE 1024
#define UK_F_GETLEASE 1025
#define UK_F_DUPFD_CLOEXEC 1030
#define UK_F_SETPIPE_SZ 1031
#define UK_F_GETPIPE_SZ 1032
#define UK_F_ADD_SEALS 1033
#define UK_F_GET_SEALS 1034

/* flags of the *at() calls */
#define UK_AT_STATX_SYNC_AS_STAT 0x0
#define UK_AT_SYMLINK_NOFOLLOW 0x100
#define UK_AT_EACCESS 0x200
#define UK_AT_REMOVEDIR 0x200
#define UK_AT_SYMLINK_FOLLOW 0x400
#define UK_AT_NO_AUTOMOUNT 0x800
#define UK_AT_EMPTY_PATH 0x1000
#define UK_AT_STATX_FORCE_SYNC 0x2000
#define UK_AT_STATX_DONT_SYNC 0x4000
#define UK_AT_STATX_SYNC_TYPE 0x6000
#define UK_AT_RECURSIVE 0x8000

/* the folder that relative paths start from */
#define UK_AT_FDCWD (-100)

/* operations of flock() */
#define UK_LOCK_SH 1
#define UK_LOCK_EX 2
#define UK_LOCK_NB 4
#define UK_LOCK_UN 8

/* advice of posix_fadvise() */
#define UK_POSIX_FADV_NORMAL 0
#define UK_POSIX_FADV_RANDOM 1
#define UK_POSIX_FADV_SEQUENTIAL 2
#define UK_POSIX_FADV_WILLNEED 3
#define UK_POSIX_FADV_DONTNEED 4
#define UK_POSIX_FADV_NOREUSE 5

/* modes of fallocate() */
#define UK_FALLOC_FL_KEEP_SIZE 0x1
#define UK_FALLOC_FL_PUNCH_HOLE 0x2
#define UK_FALLOC_FL_COLLAPSE_RANGE 0x8
#define UK_FALLOC_FL_ZERO_RANGE 0x10
#define UK_FALLOC_FL_INSERT_RANGE 0x20
#define UK_FALLOC_FL_UNSHARE_RANGE 0x40

/* flags of renameat2() */
#define UK_RENAME_NOREPLACE 0x1
#define UK_RENAME_EXCHANGE 0x2
#define UK_RENAME_WHITEOUT 0x4

/* openat2(): how a path may lead to the file */
#define UK_RESOLVE_NO_XDEV 0x01
#define UK_RESOLVE_NO_MAGICLINKS 0x02
#define UK_RESOLVE_NO_SYMLINKS 0x04
#define UK_RESOLVE_BENEATH 0x08
#define UK_RESOLVE_IN_ROOT 0x10
#define UK_RESOLVE_CACHED 0x20

/* What openat2() is told. Later versions are longer. */
struct uk_open_how {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
};

/* A lock on a part of a file: F_GETLK, F_SETLK, F_SETLKW. */
struct uk_flock {
    int16_t l_type;
    int16_t l_whence;
    uk_off_t l_start;
    uk_off_t l_len; /* 0: to the end, wherever that will be */
    uk_pid_t l_pid;
};
