// SPDX-License-Identifier: BSD-3-Clause
// The early console on linuxu: standard output and standard input, whatever they are.
#include <uk/hal/console.hpp>

#include <uk/linuxabi/files.hpp>

#include "host.hpp"

namespace uk {

using namespace linuxu;

void linuxu::complain(const char* text) {
    write_all(kStderr, text, __builtin_strlen(text));
}

void hal::console_write(const char* data, size_t size) {
    write_all(kStdout, data, size);
}

// A terminal or pipe that another process reads as well may be emptied between the two calls; the
// read then waits, as it would in any program.
Result<size_t> hal::console_read(char* data, size_t size) {
    if (size == 0) {
        return size_t{0};
    }
    PollFd poll{kStdin, kPollIn, 0};
    Timespec no_wait{0, 0};
    if (!poll_one(poll, &no_wait)) {
        return size_t{0};
    }
    long done = syscall(Sys::read, kStdin, data, size);
    if (done > 0) {
        return static_cast<size_t>(done);
    }
    if (failed_with(done, Errno::again) || failed_with(done, Errno::intr)) {
        return size_t{0};
    }
    return Errno::pipe; // end of file, closed, or broken for good
}

} // namespace uk
