/* SPDX-License-Identifier: BSD-3-Clause */
/* Flags of open(), commands of fcntl(): Linux's. */
#pragma once

#include <sys/cdefs.h>
#include <sys/types.h>
#include <uk/abi/fcntl.h>
#include <uk/abi/unistd.h>

/* sigh: programs expect the modes of files here. */
#include <sys/stat.h>

#ifdef __cplusplus
extern "C" {
#endif

struct flock {
    short l_type;
    short l_whence;
    off_t l_start;
    off_t l_len;
    pid_t l_pid;
};

int open(const char* path, int flags, ...);
int openat(int folder, const char* path, int flags, ...);
int creat(const char* path, mode_t mode);
int fcntl(int fd, int command, ...);
int flock(int fd, int operation);
int posix_fadvise(int fd, off_t start, off_t length, int advice);
int posix_fallocate(int fd, off_t start, off_t length);
int fallocate(int fd, int mode, off_t start, off_t length);

#ifdef __cplusplus
}
#endif

#define O_RDONLY UK_O_RDONLY
#define O_WRONLY UK_O_WRONLY
#define O_RDWR UK_O_RDWR
#define O_ACCMODE UK_O_ACCMODE
#define O_CREAT UK_O_CREAT
#define O_EXCL UK_O_EXCL
#define O_NOCTTY UK_O_NOCTTY
#define O_TRUNC UK_O_TRUNC
#define O_APPEND UK_O_APPEND
#define O_NONBLOCK UK_O_NONBLOCK
#define O_DSYNC UK_O_DSYNC
#define O_NOATIME UK_O_NOATIME
#define O_CLOEXEC UK_O_CLOEXEC
#define O_SYNC UK_O_SYNC
#define O_PATH UK_O_PATH
#define F_DUPFD UK_F_DUPFD
#define F_RDLCK UK_F_RDLCK
#define FD_CLOEXEC UK_FD_CLOEXEC
#define F_GETFD UK_F_GETFD
#define F_WRLCK UK_F_WRLCK
#define F_SETFD UK_F_SETFD
#define F_UNLCK UK_F_UNLCK
#define F_GETFL UK_F_GETFL
#define F_SETFL UK_F_SETFL
#define F_GETLK UK_F_GETLK
#define F_SETLK UK_F_SETLK
#define F_SETLKW UK_F_SETLKW
#define F_SETOWN UK_F_SETOWN
#define F_GETOWN UK_F_GETOWN
#define F_SETSIG UK_F_SETSIG
#define F_GETSIG UK_F_GETSIG
#define F_OFD_GETLK UK_F_OFD_GETLK
#define F_OFD_SETLK UK_F_OFD_SETLK
#define F_OFD_SETLKW UK_F_OFD_SETLKW
#define F_SETLEASE UK_F_SETLEASE
#define F_GETLEASE UK_F_GETLEASE
#define F_DUPFD_CLOEXEC UK_F_DUPFD_CLOEXEC
#define F_SETPIPE_SZ UK_F_SETPIPE_SZ
#define F_GETPIPE_SZ UK_F_GETPIPE_SZ
#define F_ADD_SEALS UK_F_ADD_SEALS
#define F_GET_SEALS UK_F_GET_SEALS
#define AT_STATX_SYNC_AS_STAT UK_AT_STATX_SYNC_AS_STAT
#define AT_SYMLINK_NOFOLLOW UK_AT_SYMLINK_NOFOLLOW
#define AT_EACCESS UK_AT_EACCESS
#define AT_REMOVEDIR UK_AT_REMOVEDIR
#define AT_SYMLINK_FOLLOW UK_AT_SYMLINK_FOLLOW
#define AT_NO_AUTOMOUNT UK_AT_NO_AUTOMOUNT
#define AT_EMPTY_PATH UK_AT_EMPTY_PATH
#define AT_STATX_FORCE_SYNC UK_AT_STATX_FORCE_SYNC
#define AT_STATX_DONT_SYNC UK_AT_STATX_DONT_SYNC
#define AT_STATX_SYNC_TYPE UK_AT_STATX_SYNC_TYPE
#define AT_RECURSIVE UK_AT_RECURSIVE
#define AT_FDCWD UK_AT_FDCWD
#define LOCK_SH UK_LOCK_SH
#define LOCK_EX UK_LOCK_EX
#define LOCK_NB UK_LOCK_NB
#define LOCK_UN UK_LOCK_UN
#define POSIX_FADV_NORMAL UK_POSIX_FADV_NORMAL
#define POSIX_FADV_RANDOM UK_POSIX_FADV_RANDOM
#define POSIX_FADV_SEQUENTIAL UK_POSIX_FADV_SEQUENTIAL
#define POSIX_FADV_WILLNEED UK_POSIX_FADV_WILLNEED
#define POSIX_FADV_DONTNEED UK_POSIX_FADV_DONTNEED
#define POSIX_FADV_NOREUSE UK_POSIX_FADV_NOREUSE
#define FALLOC_FL_KEEP_SIZE UK_FALLOC_FL_KEEP_SIZE
#define FALLOC_FL_PUNCH_HOLE UK_FALLOC_FL_PUNCH_HOLE
#define FALLOC_FL_COLLAPSE_RANGE UK_FALLOC_FL_COLLAPSE_RANGE
#define FALLOC_FL_ZERO_RANGE UK_FALLOC_FL_ZERO_RANGE
#define FALLOC_FL_INSERT_RANGE UK_FALLOC_FL_INSERT_RANGE
#define FALLOC_FL_UNSHARE_RANGE UK_FALLOC_FL_UNSHARE_RANGE
#define RENAME_NOREPLACE UK_RENAME_NOREPLACE
#define RENAME_EXCHANGE UK_RENAME_EXCHANGE
#define RENAME_WHITEOUT UK_RENAME_WHITEOUT
#define O_DIRECT UK_O_DIRECT
#define O_LARGEFILE UK_O_LARGEFILE
#define O_DIRECTORY UK_O_DIRECTORY
#define O_NOFOLLOW UK_O_NOFOLLOW
#define O_TMPFILE UK_O_TMPFILE

#define O_NDELAY O_NONBLOCK
#define O_RSYNC O_SYNC
#define O_FSYNC O_SYNC
#define FAPPEND O_APPEND
#define FNONBLOCK O_NONBLOCK
#define FNDELAY O_NONBLOCK
