// SPDX-License-Identifier: BSD-3-Clause
// The console as descriptors 0, 1 and 2, and waiting.
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include <uk/console.h>

#include "ret.hpp"
#include "stream.hpp"

long nolibc::read_fd(int fd, char* data, size_t size) {
    if (fd != STDIN_FILENO) {
        return -EBADF;
    }
    if (data == nullptr && size != 0) {
        return -EFAULT;
    }
    return uk_console_in_wait(data, size);
}

long nolibc::write_fd(int fd, const char* data, size_t size) {
    if (fd != STDOUT_FILENO && fd != STDERR_FILENO) {
        return -EBADF;
    }
    if (data == nullptr && size != 0) {
        return -EFAULT;
    }
    return uk_console_out(data, size);
}

ssize_t read(int fd, void* buffer, size_t size) {
    return nolibc::ret(nolibc::read_fd(fd, static_cast<char*>(buffer), size));
}

ssize_t write(int fd, const void* buffer, size_t size) {
    return nolibc::ret(nolibc::write_fd(fd, static_cast<const char*>(buffer), size));
}

unsigned sleep(unsigned seconds) {
    timespec wanted = {.tv_sec = seconds, .tv_nsec = 0};
    nanosleep(&wanted, nullptr);
    return 0;
}

int usleep(useconds_t microseconds) {
    timespec wanted = {.tv_sec = microseconds / 1'000'000,
                       .tv_nsec = microseconds % 1'000'000 * 1'000L};
    return nanosleep(&wanted, nullptr);
}

pid_t getpid() {
    return 1;
}
