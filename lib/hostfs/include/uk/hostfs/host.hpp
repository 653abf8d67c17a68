// SPDX-License-Identifier: BSD-3-Clause
// The system calls of the host that a folder of it needs, by number and arguments as they are:
//
//     const int fd = UK_TRY(host::open(folder, "name", UK_O_PATH | UK_O_NOFOLLOW));
//
// raw() is the one thing that images and host tests have of their own.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/abi/fcntl.h>
#include <uk/base/result.hpp>

namespace uk::hostfs::host {

#define UK_HOSTFS_CALLS(CALL)                                                                      \
    CALL(close)                                                                                    \
    CALL(fallocate)                                                                                \
    CALL(fchmodat)                                                                                 \
    CALL(fchownat)                                                                                 \
    CALL(fdatasync)                                                                                \
    CALL(fstatfs)                                                                                  \
    CALL(fsync)                                                                                    \
    CALL(ftruncate)                                                                                \
    CALL(getdents64)                                                                               \
    CALL(linkat)                                                                                   \
    CALL(lseek)                                                                                    \
    CALL(mkdirat)                                                                                  \
    CALL(mknodat)                                                                                  \
    CALL(openat)                                                                                   \
    CALL(pread64)                                                                                  \
    CALL(pwrite64)                                                                                 \
    CALL(readlinkat)                                                                               \
    CALL(renameat2)                                                                                \
    CALL(statx)                                                                                    \
    CALL(symlinkat)                                                                                \
    CALL(syncfs)                                                                                   \
    CALL(umask)                                                                                    \
    CALL(unlinkat)                                                                                 \
    CALL(utimensat)

enum class Call : uint8_t {
#define UK_HOSTFS_CALL(name) name,
    UK_HOSTFS_CALLS(UK_HOSTFS_CALL)
#undef UK_HOSTFS_CALL
};

// Its result, or -errno. Pointers lead to memory that is there. Thread context; the CPU waits for
// the host.
long raw(Call call, long a, long b, long c, long d, long e);

inline long arg(long value) {
    return value;
}
inline long arg(int value) {
    return value;
}
inline long arg(unsigned value) {
    return static_cast<long>(value);
}
inline long arg(uint64_t value) {
    return static_cast<long>(value);
}
inline long arg(const void* value) {
    return reinterpret_cast<long>(value);
}

// With arguments of any type; again when a signal came.
template <class... Args>
[[nodiscard]] Result<long> call(Call which, Args... args) {
    static_assert(sizeof...(args) <= 5);
    const long all[5] = {arg(args)...};
    long result = 0;
    do {
        result = raw(which, all[0], all[1], all[2], all[3], all[4]);
    } while (result == -static_cast<long>(Errno::intr));
    if (result < 0)
        return static_cast<Errno>(-result);
    return result;
}

// A descriptor of the host; it never gets to another program.
[[nodiscard]] inline Result<int> open(int folder, const char* path, int flags, unsigned mode = 0) {
    return static_cast<int>(UK_TRY(call(Call::openat, folder, path, flags | UK_O_CLOEXEC, mode)));
}

// Closes a descriptor when it goes.
class Descriptor {
  public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { reset(-1); }
    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] int release() {
        const int fd = fd_;
        fd_ = -1;
        return fd;
    }

    void reset(int fd) {
        if (fd_ >= 0)
            (void)raw(Call::close, fd_, 0, 0, 0, 0);
        fd_ = fd;
    }

  private:
    int fd_;
};

} // namespace uk::hostfs::host
