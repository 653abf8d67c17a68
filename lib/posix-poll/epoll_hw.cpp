// SPDX-License-Identifier: BSD-3-Clause
// The system calls of epoll.
#include <uk/syscall.h>

#include <uk/poll/epoll.hpp>
#include <uk/posix/files.hpp>
#include <uk/syscall/edge.hpp>

#include "mask.hpp"
#include "timeout.hpp"

namespace uk::poll {
namespace {

constinit Mutex g_all_epolls("epolls");

struct EpollImage : posix::ImageFiles {
    static Mutex& all_epolls() { return g_all_epolls; }
};
using Epoll = BasicEpoll<EpollImage>;

Result<int> create(int flags) {
    if ((flags & ~UK_EPOLL_CLOEXEC) != 0)
        return Errno::inval;
    return posix::add_file(UK_TRY(posix::make_file<Epoll>()), flags);
}

Result<> control(int epoll, int operation, int fd, const uk_epoll_event* wanted) {
    uk_epoll_event event{};
    if (operation != UK_EPOLL_CTL_DEL)
        event = UK_TRY(user::read<uk_epoll_event>(Vaddr::of(wanted)));
    const Ref<File> set = UK_TRY(posix::working_fd(epoll));
    const Ref<File> file = UK_TRY(posix::working_fd(fd));
    if (file->ready_source() == nullptr)
        return Errno::perm;
    Epoll* const own = Epoll::of(*set);
    return own != nullptr ? own->configure(operation, *file, fd, event) : Errno::inval;
}

Result<size_t> wait(int epoll, uk_epoll_event* events, int most, uint64_t deadline) {
    if (most <= 0 || static_cast<size_t>(most) > INT32_MAX / sizeof(uk_epoll_event))
        return Errno::inval;
    const Ref<File> set = UK_TRY(posix::working_fd(epoll));
    Epoll* const own = Epoll::of(*set);
    if (own == nullptr)
        return Errno::inval;
    return own->wait(static_cast<size_t>(most), deadline, [&](uint32_t happened, uint64_t data) {
        return user::write(Vaddr::of(events++), uk_epoll_event{happened, data}).ok();
    });
}

Result<size_t> wait_with_mask(int epoll, uk_epoll_event* events, int most, uint64_t deadline,
                              const uk_sigset_t* mask, size_t mask_bytes) {
    return with_mask(mask, mask_bytes, [&] { return wait(epoll, events, most, deadline); });
}

} // namespace
} // namespace uk::poll

extern "C" long uk_sys_epoll_create(int size) {
    return uk::syscall(
        [&] { return size > 0 ? uk::poll::create(0) : uk::Result<int>(uk::Errno::inval); });
}

extern "C" long uk_sys_epoll_create1(int flags) {
    return uk::syscall([&] { return uk::poll::create(flags); });
}

extern "C" long uk_sys_epoll_ctl(int epoll, int operation, int fd, uk_epoll_event* event) {
    return uk::syscall([&] { return uk::poll::control(epoll, operation, fd, event); });
}

extern "C" long uk_sys_epoll_wait(int epoll, uk_epoll_event* events, int most, int timeout_ms) {
    return uk::syscall([&] {
        return uk::poll::wait(epoll, events, most, uk::poll::deadline_after_ms(timeout_ms));
    });
}

extern "C" long uk_sys_epoll_pwait(int epoll, uk_epoll_event* events, int most, int timeout_ms,
                                   const uk_sigset_t* mask, size_t mask_bytes) {
    return uk::syscall([&] {
        return uk::poll::wait_with_mask(epoll, events, most,
                                        uk::poll::deadline_after_ms(timeout_ms), mask, mask_bytes);
    });
}

extern "C" long uk_sys_epoll_pwait2(int epoll, uk_epoll_event* events, int most,
                                    const uk_timespec* timeout, const uk_sigset_t* mask,
                                    size_t mask_bytes) {
    return uk::syscall([&]() -> uk::Result<size_t> {
        const uint64_t deadline = UK_TRY(uk::poll::read_deadline(timeout));
        return uk::poll::wait_with_mask(epoll, events, most, deadline, mask, mask_bytes);
    });
}
