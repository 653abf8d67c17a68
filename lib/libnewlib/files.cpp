// SPDX-License-Identifier: BSD-3-Clause
// Descriptors and files: POSIX's functions as system calls.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <uk/cancel_point.h>
#include <uk/syscall.h>

#include "abi.hpp"
#include "result.hpp"

using newlib::abi;
using newlib::result;
using newlib::status;

// Variadic for those who call them. Defined with what may follow as one argument more: both calling
// conventions put it into the same register, and a register is always there. So nothing is stored
// for a list of arguments; where nobody passed one, nobody looks at it.
#pragma redefine_extname open_with open
#pragma redefine_extname openat_with openat
#pragma redefine_extname fcntl_with fcntl
extern "C" {
int open_with(const char* path, int flags, unsigned mode);
int openat_with(int folder, const char* path, int flags, unsigned mode);
int fcntl_with(int fd, int command, unsigned long argument);
}

// What the faces uk_c_*() end with when there is an error.
long uk_c_failed(long value) {
    return newlib::fail<long>(value);
}

int open_with(const char* path, int flags, unsigned mode) {
    return status(UK_CANCELLABLE(uk_sys_openat(AT_FDCWD, path, flags, mode)));
}

int openat_with(int folder, const char* path, int flags, unsigned mode) {
    return status(UK_CANCELLABLE(uk_sys_openat(folder, path, flags, mode)));
}

int creat(const char* path, mode_t mode) {
    return status(
        UK_CANCELLABLE(uk_sys_openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode)));
}

int fcntl_with(int fd, int command, unsigned long argument) {
    if (UK_CANCEL_POINTS != 0 && (command == F_SETLKW || command == F_OFD_SETLKW)) {
        return UK_CANCELLABLE_C(uk_c_fcntl(fd, command, argument));
    }
    return uk_c_fcntl(fd, command, argument);
}

int close(int fd) {
    return status(UK_CANCELLABLE(uk_sys_close(fd)));
}

ssize_t read(int fd, void* data, size_t size) {
    return UK_CANCELLABLE_C(uk_c_read(fd, data, size));
}

ssize_t write(int fd, const void* data, size_t size) {
    return UK_CANCELLABLE_C(uk_c_write(fd, data, size));
}

ssize_t readv(int fd, const struct iovec* pieces, int count) {
    return UK_CANCELLABLE_C(uk_c_readv(fd, abi(pieces), static_cast<unsigned long>(count)));
}

ssize_t writev(int fd, const struct iovec* pieces, int count) {
    return UK_CANCELLABLE_C(uk_c_writev(fd, abi(pieces), static_cast<unsigned long>(count)));
}

ssize_t pread(int fd, void* data, size_t size, off_t offset) {
    return UK_CANCELLABLE_C(uk_c_pread64(fd, data, size, offset));
}

ssize_t pwrite(int fd, const void* data, size_t size, off_t offset) {
    return UK_CANCELLABLE_C(uk_c_pwrite64(fd, data, size, offset));
}

ssize_t preadv(int fd, const struct iovec* pieces, int count, off_t offset) {
    return result(UK_CANCELLABLE(uk_sys_preadv(fd, abi(pieces), static_cast<unsigned long>(count),
                                               static_cast<unsigned long>(offset), 0)));
}

ssize_t pwritev(int fd, const struct iovec* pieces, int count, off_t offset) {
    return result(UK_CANCELLABLE(uk_sys_pwritev(fd, abi(pieces), static_cast<unsigned long>(count),
                                                static_cast<unsigned long>(offset), 0)));
}

off_t lseek(int fd, off_t offset, int whence) {
    return uk_c_lseek(fd, offset, whence);
}

int dup(int fd) {
    return status(uk_sys_dup(fd));
}

int dup2(int fd, int wanted) {
    return status(uk_sys_dup2(fd, wanted));
}

int dup3(int fd, int wanted, int flags) {
    return status(uk_sys_dup3(fd, wanted, flags));
}

int pipe(int fds[2]) {
    return status(uk_sys_pipe2(fds, 0));
}

int pipe2(int fds[2], int flags) {
    return status(uk_sys_pipe2(fds, flags));
}

int fstat(int fd, struct stat* out) {
    return status(uk_sys_fstat(fd, abi(out)));
}

int stat(const char* __restrict path, struct stat* __restrict out) {
    return status(uk_sys_newfstatat(AT_FDCWD, path, abi(out), 0));
}

int lstat(const char* __restrict path, struct stat* __restrict out) {
    return status(uk_sys_newfstatat(AT_FDCWD, path, abi(out), AT_SYMLINK_NOFOLLOW));
}

int fstatat(int folder, const char* __restrict path, struct stat* __restrict out, int flags) {
    return status(uk_sys_newfstatat(folder, path, abi(out), flags));
}

int statx(int folder, const char* __restrict path, int flags, unsigned wanted,
          struct statx* __restrict out) {
    return status(uk_sys_statx(folder, path, flags, wanted, abi(out)));
}

int access(const char* path, int mode) {
    return status(uk_sys_faccessat2(AT_FDCWD, path, mode, 0));
}

int faccessat(int folder, const char* path, int mode, int flags) {
    return status(uk_sys_faccessat2(folder, path, mode, flags));
}

// One user, root: the effective one is the real one.
int eaccess(const char* path, int mode) {
    return status(uk_sys_faccessat2(AT_FDCWD, path, mode, AT_EACCESS));
}

int euidaccess(const char* path, int mode) {
    return eaccess(path, mode);
}

int fsync(int fd) {
    return status(UK_CANCELLABLE(uk_sys_fsync(fd)));
}

int fdatasync(int fd) {
    return status(UK_CANCELLABLE(uk_sys_fdatasync(fd)));
}

int ftruncate(int fd, off_t size) {
    return status(uk_sys_ftruncate(fd, size));
}

int truncate(const char* path, off_t size) {
    return status(uk_sys_truncate(path, size));
}

int fallocate(int fd, int mode, off_t start, off_t length) {
    return status(uk_sys_fallocate(fd, mode, start, length));
}

// These two return the error and leave errno.
int posix_fallocate(int fd, off_t start, off_t length) {
    return length == 0 ? EINVAL : static_cast<int>(-uk_sys_fallocate(fd, 0, start, length));
}

int posix_fadvise(int fd, off_t start, off_t length, int advice) {
    return static_cast<int>(-uk_sys_fadvise64(fd, start, length, advice));
}

ssize_t sendfile(int to, int from, off_t* start, size_t size) {
    return result(uk_sys_sendfile(to, from, start, size));
}

ssize_t copy_file_range(int from, off_t* from_start, int to, off_t* to_start, size_t length,
                        unsigned flags) {
    return result(uk_sys_copy_file_range(from, from_start, to, to_start, length, flags));
}

// From where the file is to length bytes behind or before it; 0: to its end, wherever that will be.
int lockf(int fd, int command, off_t length) {
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_CUR, .l_start = 0, .l_len = length, .l_pid = 0};
    switch (command) {
    case F_ULOCK:
        lock.l_type = F_UNLCK;
        return fcntl(fd, F_SETLK, &lock);
    case F_LOCK:
        return fcntl(fd, F_SETLKW, &lock);
    case F_TLOCK:
        return fcntl(fd, F_SETLK, &lock);
    case F_TEST:
        if (fcntl(fd, F_GETLK, &lock) != 0) {
            return -1;
        }
        if (lock.l_type == F_UNLCK) {
            return 0;
        }
        errno = EACCES;
        return -1;
    default:
        errno = EINVAL;
        return -1;
    }
}

int flock(int fd, int operation) {
    return status(uk_sys_flock(fd, operation));
}

ssize_t getrandom(void* buffer, size_t length, unsigned flags) {
    return result(uk_sys_getrandom(buffer, length, flags));
}

// All or nothing, and no more than 256 bytes, as everywhere.
int getentropy(void* buffer, size_t length) {
    if (length > 256) {
        errno = EIO;
        return -1;
    }
    for (size_t done = 0; done < length;) {
        const ssize_t got = getrandom(static_cast<char*>(buffer) + done, length - done, 0);
        if (got < 0) {
            return -1;
        }
        done += static_cast<size_t>(got);
    }
    return 0;
}
