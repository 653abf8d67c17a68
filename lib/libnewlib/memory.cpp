// SPDX-License-Identifier: BSD-3-Clause
// The address space: mmap() and the like, and files that are only memory.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <uk/cancel_point.h>
#include <uk/syscall.h>

#include "result.hpp"

using newlib::status;

static void* pointer(long value) {
    return reinterpret_cast<void*>(newlib::address(value)); // -1 is MAP_FAILED
}

void* mmap(void* address, size_t length, int protection, int flags, int fd, off_t start) {
    return pointer(uk_sys_mmap(address, length, protection, flags, fd, start));
}

int munmap(void* address, size_t length) {
    return status(uk_sys_munmap(address, length));
}

int mprotect(void* address, size_t length, int protection) {
    return status(uk_sys_mprotect(address, length, protection));
}

void* mremap(void* address, size_t length, size_t new_length, int flags, ...) {
    void* wanted = nullptr;
    if ((flags & MREMAP_FIXED) != 0) {
        va_list arguments;
        va_start(arguments, flags);
        wanted = va_arg(arguments, void*);
        va_end(arguments);
    }
    return pointer(uk_sys_mremap(address, length, new_length, flags, wanted));
}

int msync(void* address, size_t length, int flags) {
    return status(UK_CANCELLABLE(uk_sys_msync(address, length, flags)));
}

int madvise(void* address, size_t length, int advice) {
    return status(uk_sys_madvise(address, length, advice));
}

// Only advice: dropping pages, as madvise() would, is not what this one permits.
int posix_madvise(void* address, size_t length, int advice) {
    return advice == POSIX_MADV_DONTNEED
               ? 0
               : static_cast<int>(-uk_sys_madvise(address, length, advice));
}

// What is in memory stays there, so there is nothing to do but to look at the flags.
int mlockall(int flags) {
    constexpr int kKnown = MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT;
    if ((flags & ~kKnown) != 0 || (flags & (MCL_CURRENT | MCL_FUTURE)) == 0) {
        errno = EINVAL;
        return -1;
    }
    return 0;
}

int munlockall() {
    return 0;
}

// The call answers where the end is: the old one if it could not move.
void* sbrk(ptrdiff_t by) {
    const long end = uk_sys_brk(nullptr);
    if (end < 0) {
        return pointer(end);
    }
    long wanted = 0;
    if (__builtin_add_overflow(end, by, &wanted) ||
        (by != 0 && uk_sys_brk(reinterpret_cast<void*>(wanted)) != wanted)) {
        errno = ENOMEM;
        return reinterpret_cast<void*>(-1);
    }
    return reinterpret_cast<void*>(end);
}

int mlock(const void* address, size_t length) {
    return status(uk_sys_mlock(address, length));
}

int munlock(const void* address, size_t length) {
    return status(uk_sys_munlock(address, length));
}

int memfd_create(const char* name, unsigned flags) {
    return status(uk_sys_memfd_create(name, flags));
}

namespace {

constexpr char kShared[] = "/dev/shm/";

// The path of a name with or without a slash in front of it, and none after. Errors: EINVAL,
// ENAMETOOLONG.
bool path_of_shared(const char* name, char (&path)[sizeof(kShared) + NAME_MAX]) {
    while (*name == '/') {
        name++;
    }
    const size_t length = strlen(name);
    if (length > NAME_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    if (length == 0 || strchr(name, '/') != nullptr || strcmp(name, ".") == 0 ||
        strcmp(name, "..") == 0) {
        errno = EINVAL;
        return false;
    }
    memcpy(path, kShared, sizeof(kShared) - 1);
    memcpy(path + sizeof(kShared) - 1, name, length + 1);
    return true;
}

} // namespace

int shm_open(const char* name, int flags, mode_t mode) {
    char path[sizeof(kShared) + NAME_MAX];
    return path_of_shared(name, path)
               ? open(path, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, mode)
               : -1;
}

int shm_unlink(const char* name) {
    char path[sizeof(kShared) + NAME_MAX];
    return path_of_shared(name, path) ? unlink(path) : -1;
}
