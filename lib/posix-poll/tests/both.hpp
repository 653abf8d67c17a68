// SPDX-License-Identifier: BSD-3-Clause
// A file of ours and one of the host that shall behave the same.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <uk/eventfd/event_file.hpp>
#include <uk/pipe/pipe_file.hpp>
#include <uk/poll/epoll.hpp>
#include <uk/poll/poll_set.hpp>

#include "../../ukfile/tests/host_files.hpp"

namespace poll_tests {

using uk::Errno;
using uk::Ref;
using uk::Result;
using AnyFile = HostFiles::File;
using Event = uk::BasicEventFile<HostFiles>;
using Pipe = uk::pipe::BasicPipe<HostFiles>;
using PipeFile = uk::pipe::BasicPipeFile<HostFiles>;
using Epoll = uk::poll::BasicEpoll<HostFiles>;
using PollSet = uk::poll::BasicPollSet<HostFiles>;

// One that is always ready.
class Regular final : public AnyFile {
  public:
    Regular() : BasicFile(uk::FileKind::seekable, UK_O_RDWR) {}
    Result<> stat(uk_stat& /*out*/) override { return uk::ok(); }

  private:
    Result<size_t> do_read(uk::IoPieces&, uk::FileIo&) override { return size_t{0}; }
    Result<size_t> do_write(uk::IoPieces& from, uk::FileIo&) override { return from.left(); }
    void destroy() override {
        this->~Regular();
        std::free(this);
    }
};

// A descriptor of the host and our file of the same kind.
struct Both {
    Ref<AnyFile> ours;
    int host = -1;
};

template <class T>
Ref<AnyFile> any(Ref<T> file) {
    return Ref<AnyFile>::adopt(*file.release());
}
inline Both both_event(unsigned start, int flags) {
    return {any(host_file<Event>(start, flags | EFD_NONBLOCK)),
            eventfd(start, flags | EFD_NONBLOCK)};
}
inline std::pair<Both, Both> both_pipe() {
    int fds[2];
    EXPECT_EQ(pipe2(fds, O_NONBLOCK), 0);
    Ref<Pipe> pipe = std::move(Pipe::make()).value();
    const auto reader = pipe->open_now(true, false), writer = pipe->open_now(false, true);
    return {{any(host_file<PipeFile>(pipe, reader, UK_O_NONBLOCK)), fds[0]},
            {any(host_file<PipeFile>(pipe, writer, UK_O_NONBLOCK)), fds[1]}};
}
inline Both both_epoll() {
    return {any(host_file<Epoll>()), epoll_create1(0)};
}
inline Both both_regular() {
    return {any(host_file<Regular>()), memfd_create("regular", 0)};
}

template <class T>
long number(const Result<T>& result) {
    if (!result.ok())
        return -static_cast<long>(result.code());
    if constexpr (std::is_void_v<T>)
        return 0;
    else
        return static_cast<long>(result.value());
}
inline long host_number(long result) {
    return result < 0 ? -errno : result;
}

} // namespace poll_tests
