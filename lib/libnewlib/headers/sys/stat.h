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
