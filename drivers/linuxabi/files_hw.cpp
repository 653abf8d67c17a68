// SPDX-License-Identifier: BSD-3-Clause
// Reading and writing descriptors of the host.
#include <uk/linuxabi/files.hpp>

#include <uk/linuxabi/call.hpp>

#include "lines_isa.hpp" // of the architecture's folder

namespace uk {

using namespace linuxabi;

void linuxabi::fill_standard_descriptors() {
    constexpr long kReadAndWrite = 2;
    constexpr long kCurrentFolder = -100;
    constexpr Timespec kAtOnce{};
    PollFd standard[] = {{kStdin, 0, 0}, {kStdout, 0, 0}, {kStderr, 0, 0}}; // all with one call
    syscall(Sys::ppoll, standard, 3, &kAtOnce, 0L, 8);
    for (const PollFd& fd : standard) {
        if ((fd.revents & kPollInvalid) != 0) {
            syscall(Sys::openat, kCurrentFolder, "/dev/null", kReadAndWrite, 0L); // lowest number
        }
    }
}

bool linuxabi::poll_one(PollFd& fd, const Timespec* timeout) {
    return syscall(Sys::ppoll, &fd, 1, timeout, 0L, 8) > 0;
}

void linuxabi::write_all(int fd, const char* data, size_t size) {
    while (size != 0) {
        long done = syscall(Sys::write, fd, data, size);
        if (done > 0) {
            data += done;
            size -= static_cast<size_t>(done);
        } else if (failed_with(done, Errno::again)) {
            // Somebody made the descriptor non-blocking; an error shows at the next write.
            PollFd poll{fd, kPollOut, 0};
            poll_one(poll, nullptr);
        } else if (!failed_with(done, Errno::intr)) {
            return; // closed, full, or nobody reads it any more
        }
    }
}

} // namespace uk
