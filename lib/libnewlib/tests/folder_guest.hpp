// SPDX-License-Identifier: BSD-3-Clause
// Private: what the guest tests of files have in common.
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <uk/test.hpp>

namespace newlib_test {

inline constexpr char kHome[] = "/newlib-test";

// A folder of the test's own, which is the current one while this lives. Tests remove what they
// make: the next one asserts that there is nothing left.
class Folder {
  public:
    Folder() { made = mkdir(kHome, 0755) == 0 && chdir(kHome) == 0; }
    ~Folder() {
        chdir("/");
        rmdir(kHome);
    }
    bool made;
};

inline bool write_file(const char* path, const char* text) {
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    const auto size = static_cast<ssize_t>(strlen(text));
    const bool written = fd >= 0 && write(fd, text, static_cast<size_t>(size)) == size;
    return close(fd) == 0 && written;
}

// The file is exactly this text, shorter than 100 bytes.
inline bool holds(const char* path, const char* text) {
    char bytes[100];
    const int fd = open(path, O_RDONLY);
    const ssize_t size = read(fd, bytes, sizeof(bytes));
    close(fd);
    return size == static_cast<ssize_t>(strlen(text)) &&
           memcmp(bytes, text, static_cast<size_t>(size)) == 0;
}

// Calls that fail give -1 and this error.
#define NEWLIB_TEST_FAILS(call, error)                                                             \
    do {                                                                                           \
        errno = 0;                                                                                 \
        UK_TEST_EXPECT_EQ(call, -1);                                                               \
        UK_TEST_EXPECT_EQ(errno, error);                                                           \
    } while (false)

} // namespace newlib_test
