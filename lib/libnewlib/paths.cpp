// SPDX-License-Identifier: BSD-3-Clause
// Names in the file system, facts, times: functions of POSIX as system calls.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <utime.h>

#include <uk/abi/limits.h>
#include <uk/syscall.h>

#include "abi.hpp"
#include "result.hpp"

// No longer POSIX's: programs may have one of their own.
#pragma weak getwd

using newlib::abi;
using newlib::result;
using newlib::status;

int mkdir(const char* path, mode_t mode) {
    return status(uk_sys_mkdirat(AT_FDCWD, path, mode));
}

int mkdirat(int folder, const char* path, mode_t mode) {
    return status(uk_sys_mkdirat(folder, path, mode));
}

int rmdir(const char* path) {
    return status(uk_sys_unlinkat(AT_FDCWD, path, AT_REMOVEDIR));
}

int unlink(const char* path) {
    return status(uk_sys_unlinkat(AT_FDCWD, path, 0));
}

int unlinkat(int folder, const char* path, int flags) {
    return status(uk_sys_unlinkat(folder, path, flags));
}

// A folder too, as Linux's C libraries do it.
int remove(const char* path) {
    const long done = uk_sys_unlinkat(AT_FDCWD, path, 0);
    return status(done == -EISDIR ? uk_sys_unlinkat(AT_FDCWD, path, AT_REMOVEDIR) : done);
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) {
    return status(uk_sys_renameat2(from_folder, from, to_folder, to, 0));
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
    return status(uk_sys_renameat2(from_folder, from, to_folder, to, flags));
}

int mknod(const char* path, mode_t mode, dev_t device) {
    return mknodat(AT_FDCWD, path, mode, device);
}

int mknodat(int folder, const char* path, mode_t mode, dev_t device) {
    return status(uk_sys_mknodat(folder, path, mode, static_cast<unsigned>(device)));
}

int mkfifo(const char* path, mode_t mode) {
    return mkfifoat(AT_FDCWD, path, mode);
}

int mkfifoat(int folder, const char* path, mode_t mode) {
    return status(uk_sys_mknodat(folder, path, (mode & ~S_IFMT) | S_IFIFO, 0));
}

int link(const char* from, const char* to) {
    return status(uk_sys_linkat(AT_FDCWD, from, AT_FDCWD, to, 0));
}

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) {
    return status(uk_sys_linkat(from_folder, from, to_folder, to, flags));
}

int symlink(const char* target, const char* path) {
    return status(uk_sys_symlinkat(target, AT_FDCWD, path));
}

int symlinkat(const char* target, int folder, const char* path) {
    return status(uk_sys_symlinkat(target, folder, path));
}

ssize_t readlink(const char* __restrict path, char* __restrict target, size_t size) {
    return result(uk_sys_readlinkat(AT_FDCWD, path, target, size));
}

ssize_t readlinkat(int folder, const char* __restrict path, char* __restrict target, size_t size) {
    return result(uk_sys_readlinkat(folder, path, target, size));
}

int chdir(const char* path) {
    return status(uk_sys_chdir(path));
}

int fchdir(int folder) {
    return status(uk_sys_fchdir(folder));
}

// Without a buffer, one from malloc() that is as long as needed.
char* getcwd(char* buffer, size_t size) {
    char path[UK_PATH_MAX];
    if (buffer == nullptr) {
        const long length = result(uk_sys_getcwd(path, sizeof(path)));
        if (length < 0 || (size != 0 && size < static_cast<size_t>(length))) {
            errno = length < 0 ? errno : ERANGE;
            return nullptr;
        }
        char* copy = static_cast<char*>(malloc(size != 0 ? size : static_cast<size_t>(length)));
        return copy != nullptr
                   ? static_cast<char*>(__builtin_memcpy(copy, path, static_cast<size_t>(length)))
                   : nullptr;
    }
    if (size == 0) {
        errno = EINVAL;
        return nullptr;
    }
    return result(uk_sys_getcwd(buffer, size)) < 0 ? nullptr : buffer;
}

// PWD where it is right, links and all.
char* get_current_dir_name() {
    const char* said = getenv("PWD");
    struct stat there;
    struct stat here;
    if (said != nullptr && said[0] == '/' &&
        uk_sys_newfstatat(AT_FDCWD, said, abi(&there), 0) == 0 &&
        uk_sys_newfstatat(AT_FDCWD, ".", abi(&here), 0) == 0 && there.st_dev == here.st_dev &&
        there.st_ino == here.st_ino) {
        return strdup(said);
    }
    return getcwd(nullptr, 0);
}

int chmod(const char* path, mode_t mode) {
    return status(uk_sys_fchmodat(AT_FDCWD, path, mode));
}

int fchmodat(int folder, const char* path, mode_t mode, int flags) {
    return status(uk_sys_fchmodat2(folder, path, mode, flags));
}

int fchmod(int fd, mode_t mode) {
    return status(uk_sys_fchmod(fd, mode));
}

int chown(const char* path, uid_t user, gid_t group) {
    return status(uk_sys_fchownat(AT_FDCWD, path, user, group, 0));
}

int lchown(const char* path, uid_t user, gid_t group) {
    return status(uk_sys_fchownat(AT_FDCWD, path, user, group, AT_SYMLINK_NOFOLLOW));
}

int fchown(int fd, uid_t user, gid_t group) {
    return status(uk_sys_fchown(fd, user, group));
}

int fchownat(int folder, const char* path, uid_t user, gid_t group, int flags) {
    return status(uk_sys_fchownat(folder, path, user, group, flags));
}

mode_t umask(mode_t mask) {
    return static_cast<mode_t>(uk_sys_umask(mask));
}

int utimensat(int folder, const char* path, const struct timespec times[2], int flags) {
    return status(uk_sys_utimensat(folder, path, abi(times), flags));
}

int futimens(int fd, const struct timespec times[2]) {
    return status(uk_sys_utimensat(fd, nullptr, abi(times), 0));
}

// With microseconds, or seconds; no times are the present.
static int set_times(int folder, const char* path, const struct timeval* times, int flags) {
    if (times == nullptr) {
        return utimensat(folder, path, nullptr, flags);
    }
    struct timespec exact[2];
    for (int i = 0; i < 2; i++) {
        if (times[i].tv_usec < 0 || times[i].tv_usec >= 1000000) {
            errno = EINVAL;
            return -1;
        }
        exact[i] = {.tv_sec = times[i].tv_sec, .tv_nsec = times[i].tv_usec * 1000};
    }
    return utimensat(folder, path, exact, flags);
}

int utimes(const char* path, const struct timeval* times) {
    return set_times(AT_FDCWD, path, times, 0);
}

int futimesat(int folder, const char* path, const struct timeval times[2]) {
    return set_times(folder, path, times, 0);
}

int lutimes(const char* path, const struct timeval* times) {
    return set_times(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW);
}

int futimes(int fd, const struct timeval* times) {
    return set_times(fd, nullptr, times, 0);
}

int utime(const char* path, const struct utimbuf* times) {
    if (times == nullptr) {
        return utimensat(AT_FDCWD, path, nullptr, 0);
    }
    const struct timespec exact[2] = {{.tv_sec = times->actime, .tv_nsec = 0},
                                      {.tv_sec = times->modtime, .tv_nsec = 0}};
    return utimensat(AT_FDCWD, path, exact, 0);
}

void sync() {
    uk_sys_sync();
}

// As getcwd(), with room for any path.
char* getwd(char* buffer) {
    if (buffer == nullptr) {
        errno = EINVAL;
        return nullptr;
    }
    return getcwd(buffer, UK_PATH_MAX);
}
