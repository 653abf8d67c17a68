// SPDX-License-Identifier: BSD-3-Clause
// Names in the file system: POSIX's functions as system calls.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <uk/abi/limits.h>
#include <uk/syscall.h>

#include "abi.hpp"
#include "result.hpp"

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

int chmod(const char* path, mode_t mode) {
    return status(uk_sys_fchmodat(AT_FDCWD, path, mode));
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

mode_t umask(mode_t mask) {
    return static_cast<mode_t>(uk_sys_umask(mask));
}

int utimensat(int folder, const char* path, const struct timespec times[2], int flags) {
    return status(uk_sys_utimensat(folder, path, abi(times), flags));
}

int futimens(int fd, const struct timespec times[2]) {
    return status(uk_sys_utimensat(fd, nullptr, abi(times), 0));
}

void sync() {
    uk_sys_sync();
}
