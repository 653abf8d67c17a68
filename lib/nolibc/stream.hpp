// SPDX-License-Identifier: BSD-3-Clause
// Private: what is behind a FILE. Functions return 0 or a count, or -errno.
#pragma once

#include <stddef.h>
#include <stdio.h>

struct nolibc_file {
    int fd;
    int mode;      // _IOFBF, _IOLBF, _IONBF
    bool readable; // stdin; the others are written
    bool error;
    bool ended; // end of input was met
    char* buffer;
    size_t capacity;
    size_t start; // input: the first byte not read yet
    size_t end;   // input: behind the last byte; output: bytes waiting
};

namespace nolibc {

/// The descriptors behind read() and write(): the console.
long read_fd(int fd, char* data, size_t size);
long write_fd(int fd, const char* data, size_t size);

/// Writes what waits. On failure what could not be written goes on waiting.
long flush(FILE& file);

/// Output by the rules of the stream's mode; sets its error flag on failure.
long put(FILE& file, const char* data, size_t size);

/// Gets more input if none is left; false at its end or on failure, with the flag set.
bool fill(FILE& file);

/// Sink of uk_vformat whose context is a FILE.
int format_sink(void* file, const char* data, size_t size);

} // namespace nolibc
