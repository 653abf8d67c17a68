// SPDX-License-Identifier: BSD-3-Clause
// Waiting for descriptors.
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <uk/abi/epoll.h>
#include <uk/cancel_point.h>
#include <uk/syscall.h>

#include "abi.hpp"
#include "result.hpp"

using newlib::abi;
using newlib::status;

static constexpr size_t kMaskBytes = sizeof(sigset_t);

int ppoll(struct pollfd* fds, nfds_t count, const struct timespec* timeout,
          const __sigset_t* mask) {
    timespec left = timeout != nullptr ? *timeout : timespec{}; // the system call changes it
    return status(UK_CANCELLABLE(uk_sys_ppoll(abi(fds), static_cast<unsigned>(count),
                                              timeout != nullptr ? abi(&left) : nullptr, abi(mask),
                                              kMaskBytes)));
}

int poll(struct pollfd* fds, nfds_t count, int timeout_ms) {
    const timespec timeout = {.tv_sec = timeout_ms / 1'000,
                              .tv_nsec = timeout_ms % 1'000 * 1'000'000L};
    return ppoll(fds, count, timeout_ms < 0 ? nullptr : &timeout, nullptr);
}

int pselect(int count, fd_set* __restrict readable, fd_set* __restrict writable,
            fd_set* __restrict exceptional, const struct timespec* __restrict timeout,
            const sigset_t* __restrict mask) {
    const struct {
        const sigset_t* mask;
        size_t bytes;
    } with_size = {mask, kMaskBytes};
    timespec left = timeout != nullptr ? *timeout : timespec{};
    return status(
        UK_CANCELLABLE(uk_sys_pselect6(count, readable, writable, exceptional,
                                       timeout != nullptr ? abi(&left) : nullptr, &with_size)));
}

// What is left of the time is written back, as on Linux.
int select(int count, fd_set* __restrict readable, fd_set* __restrict writable,
           fd_set* __restrict exceptional, struct timeval* __restrict timeout) {
    if (timeout == nullptr) {
        return pselect(count, readable, writable, exceptional, nullptr, nullptr);
    }
    if (timeout->tv_sec < 0 || timeout->tv_usec < 0) {
        errno = EINVAL;
        return -1;
    }
    timespec left = {.tv_sec = timeout->tv_sec + timeout->tv_usec / 1'000'000,
                     .tv_nsec = timeout->tv_usec % 1'000'000 * 1'000};
    const int ready = status(UK_CANCELLABLE(
        uk_sys_pselect6(count, readable, writable, exceptional, abi(&left), nullptr)));
    *timeout = {.tv_sec = left.tv_sec, .tv_usec = left.tv_nsec / 1'000};
    return ready;
}

static uk_epoll_event* same(struct epoll_event* events) {
    return reinterpret_cast<uk_epoll_event*>(events);
}

int epoll_create(int size) {
    return size > 0 ? status(uk_sys_epoll_create1(0)) : status(-EINVAL);
}

int epoll_create1(int flags) {
    return status(uk_sys_epoll_create1(flags));
}

int epoll_ctl(int fd, int operation, int other, struct epoll_event* event) {
    return status(uk_sys_epoll_ctl(fd, operation, other, same(event)));
}

int epoll_pwait(int fd, struct epoll_event* events, int count, int timeout_ms,
                const __sigset_t* mask) {
    return status(UK_CANCELLABLE(
        uk_sys_epoll_pwait(fd, same(events), count, timeout_ms, abi(mask), kMaskBytes)));
}

int epoll_wait(int fd, struct epoll_event* events, int count, int timeout_ms) {
    return epoll_pwait(fd, events, count, timeout_ms, nullptr);
}

int epoll_pwait2(int fd, struct epoll_event* events, int count, const struct timespec* timeout,
                 const __sigset_t* mask) {
    return status(
        uk_sys_epoll_pwait2(fd, same(events), count, abi(timeout), abi(mask), kMaskBytes));
}

int eventfd(unsigned value, int flags) {
    return status(uk_sys_eventfd2(value, flags));
}

int eventfd_read(int fd, eventfd_t* value) {
    return read(fd, value, sizeof(*value)) == sizeof(*value) ? 0 : -1;
}

int eventfd_write(int fd, eventfd_t value) {
    return write(fd, &value, sizeof(value)) == sizeof(value) ? 0 : -1;
}

int timerfd_create(clockid_t clock, int flags) {
    return status(uk_sys_timerfd_create(clock, flags));
}

int timerfd_settime(int fd, int flags, const struct itimerspec* value, struct itimerspec* before) {
    return status(uk_sys_timerfd_settime(fd, flags, abi(value), abi(before)));
}

int timerfd_gettime(int fd, struct itimerspec* value) {
    return status(uk_sys_timerfd_gettime(fd, abi(value)));
}

int signalfd(int fd, const sigset_t* mask, int flags) {
    return status(uk_sys_signalfd4(fd, abi(mask), kMaskBytes, flags));
}
