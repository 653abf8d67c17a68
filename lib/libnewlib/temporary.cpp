// SPDX-License-Identifier: BSD-3-Clause
// Files and folders under names that nobody has yet: mkstemp() and its kin. newlib's own begin with
// the process's number and count, which is as many calls as there are such files already.
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

namespace {

constexpr char kLetters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
constexpr size_t kPlaces = 6; // the Xs, 62^6 names
constexpr int kTries = 1000;

// Names need not be secret, as files are made only where there is none: without random numbers the
// clock does.
uint64_t number() {
    uint64_t value;
    const int before = errno;
    if (getrandom(&value, sizeof(value), GRND_NONBLOCK) != sizeof(value)) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        value = static_cast<uint64_t>(now.tv_nsec) * 0x9e3779b97f4a7c15U ^
                static_cast<uint64_t>(now.tv_sec);
        errno = before;
    }
    return value;
}

// Calls make(), which answers like open(), with names until one is free.
template <class Make>
int with_name(char* path, int suffix, Make make) {
    const size_t length = strlen(path);
    const size_t end = length - static_cast<size_t>(suffix);
    if (suffix < 0 || static_cast<size_t>(suffix) > length || end < kPlaces ||
        memcmp(path + end - kPlaces, "XXXXXX", kPlaces) != 0) {
        errno = EINVAL;
        return -1;
    }
    const int before = errno;
    for (int i = 0; i < kTries; i++) {
        uint64_t left = number();
        for (size_t place = 0; place < kPlaces; place++, left /= sizeof(kLetters) - 1) {
            path[end - kPlaces + place] = kLetters[left % (sizeof(kLetters) - 1)];
        }
        const int made = make(path);
        if (made >= 0 || errno != EEXIST) {
            errno = made >= 0 ? before : errno;
            return made;
        }
    }
    memset(path + end - kPlaces, 'X', kPlaces);
    return -1;
}

} // namespace

int mkostemps(char* path, int suffix, int flags) {
    flags = (flags & ~O_ACCMODE) | O_RDWR | O_CREAT | O_EXCL;
    return with_name(path, suffix, [flags](const char* name) { return open(name, flags, 0600); });
}

int mkstemps(char* path, int suffix) {
    return mkostemps(path, suffix, 0);
}

int mkostemp(char* path, int flags) {
    return mkostemps(path, 0, flags);
}

int mkstemp(char* path) {
    return mkostemps(path, 0, 0);
}

char* mkdtemp(char* path) {
    const int made = with_name(path, 0, [](const char* name) { return mkdir(name, 0700); });
    return made == 0 ? path : nullptr;
}

// An empty path if there is no name to be had.
char* mktemp(char* path) {
    const int found = with_name(path, 0, [](const char* name) {
        struct stat facts;
        if (lstat(name, &facts) == 0) {
            errno = EEXIST;
            return -1;
        }
        return errno == ENOENT ? 0 : -1;
    });
    if (found != 0) {
        path[0] = 0;
    }
    return path;
}
