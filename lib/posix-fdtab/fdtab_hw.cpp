// SPDX-License-Identifier: BSD-3-Clause
// The table of the image, and the system calls that only concern it.
#include <uk/posix/fdtab.hpp>

#include <uk/abi/fcntl.h>
#include <uk/syscall.h>
#include <uk/syscall/edge.hpp>

constinit uk::posix::FdTable uk::posix::detail::g_fd_table;

namespace {

using uk::Errno;
using uk::Result;
using uk::posix::fd_table;

constexpr unsigned kCloseRangeCloexec = 4; // linux/close_range.h

Result<> close_range(unsigned first, unsigned last, unsigned flags) {
    if (first > last || (flags & ~kCloseRangeCloexec) != 0)
        return Errno::inval;
    if (flags != 0)
        fd_table().set_close_on_exec_range(first, last);
    else
        fd_table().close_range(first, last);
    return uk::ok();
}

Result<int> dup2(int fd, int wanted) {
    if (fd != wanted)
        return fd_table().dup_to(fd, wanted, false);
    UK_TRY(fd_table().get(fd));
    return fd;
}

Result<int> dup3(int fd, int wanted, int flags) {
    if (fd == wanted || (flags & ~UK_O_CLOEXEC) != 0)
        return Errno::inval;
    return fd_table().dup_to(fd, wanted, flags != 0);
}

} // namespace

extern "C" {

long uk_sys_close(int fd) {
    return uk::syscall([&] { return fd_table().close(fd); });
}

long uk_sys_close_range(unsigned first, unsigned last, unsigned flags) {
    return uk::syscall([&] { return close_range(first, last, flags); });
}

long uk_sys_dup(int fd) {
    return uk::syscall([&] { return fd_table().dup(fd, false); });
}

long uk_sys_dup2(int fd, int wanted) {
    return uk::syscall([&] { return dup2(fd, wanted); });
}

long uk_sys_dup3(int fd, int wanted, int flags) {
    return uk::syscall([&] { return dup3(fd, wanted, flags); });
}

} // extern "C"
