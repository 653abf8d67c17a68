// SPDX-License-Identifier: BSD-3-Clause
// The system calls that make pipes.
#include <uk/syscall.h>

#include <uk/pipe.hpp>
#include <uk/syscall/edge.hpp>
#ifdef CONFIG_LIBPOSIX_SIGNAL
#include <uk/signal.hpp>
#endif

namespace uk {

void pipe::PipeImage::broken() {
#ifdef CONFIG_LIBPOSIX_SIGNAL
    constexpr int kProcess = 1;
    (void)signal::send(sched::current(), {UK_SIGPIPE, UK_SI_USER, kProcess});
#endif
}

namespace {

Result<Ref<PipeFile>> make_end(const Ref<Pipe>& pipe, bool reads, int flags) {
    const pipe::PipeEnd end = pipe->open_now(reads, !reads);
    Result<Ref<PipeFile>> file =
        posix::make_file<PipeFile>(pipe, end, static_cast<uint32_t>(flags));
    if (!file.ok())
        pipe->close(end);
    return file;
}

Result<> make_pipe(int* fds, int flags) {
    if ((flags & ~(UK_O_CLOEXEC | UK_O_NONBLOCK)) != 0)
        return Errno::inval;
    Ref<Pipe> pipe = UK_TRY(Pipe::make());
    Ref<PipeFile> reader = UK_TRY(make_end(pipe, true, flags));
    Ref<PipeFile> writer = UK_TRY(make_end(pipe, false, flags));
    const int from = UK_TRY(posix::add_file(std::move(reader), flags));
    const Result<int> to = posix::add_file(std::move(writer), flags);
    Result<> result = to.ok() ? ok() : Result<>(to.error());
    if (result.ok()) {
        const int both[] = {from, to.value()};
        result = user::copy_out(Vaddr::of(fds), both, sizeof(both));
    }
    if (!result.ok()) {
        (void)posix::fd_table().close(from);
        if (to.ok())
            (void)posix::fd_table().close(to.value());
    }
    return result;
}

} // namespace
} // namespace uk

extern "C" long uk_sys_pipe2(int* fds, int flags) {
    return uk::syscall([&] { return uk::make_pipe(fds, flags); });
}

extern "C" long uk_sys_pipe(int* fds) {
    return uk_sys_pipe2(fds, 0);
}
