// SPDX-License-Identifier: BSD-3-Clause
// The printf family: front-ends of lib/base's format engine.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <uk/format.h>

#include "ret.hpp"
#include "stream.hpp"
#include "locks.hpp"

static int result(long value) {
    return static_cast<int>(nolibc::ret(value));
}

int vfprintf(FILE* stream, const char* format, va_list args) {
    const nolibc::Hold hold(stream);
    if (stream->mode != _IONBF || stream->readable) {
        return result(uk_vformat(nolibc::format_sink, stream, format, args));
    }
    // One call, one write: the pieces of a message stay together.
    char text[128];
    FILE whole = *stream;
    whole.mode = _IOFBF;
    whole.buffer = text;
    whole.capacity = sizeof(text);
    whole.end = 0;
    long length = uk_vformat(nolibc::format_sink, &whole, format, args);
    long flushed = nolibc::flush(whole);
    stream->error = whole.error;
    return result(flushed < 0 ? flushed : length);
}

int vprintf(const char* format, va_list args) {
    return vfprintf(stdout, format, args);
}

int vdprintf(int fd, const char* format, va_list args) {
    FILE stream = {.fd = fd,
                   .mode = _IONBF,
                   .readable = false,
                   .error = false,
                   .ended = false,
                   .buffer = nullptr,
                   .capacity = 0,
                   .start = 0,
                   .end = 0};
    return vfprintf(&stream, format, args);
}

int vsnprintf(char* buffer, size_t size, const char* format, va_list args) {
    return result(uk_vsnprintf(buffer, size, format, args));
}

int vsprintf(char* buffer, const char* format, va_list args) {
    return result(uk_vsnprintf(buffer, SIZE_MAX, format, args));
}

int vasprintf(char** text, const char* format, va_list args) {
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(nullptr, 0, format, again);
    va_end(again);
    *text = nullptr;
    if (length < 0) {
        return -1;
    }
    *text = static_cast<char*>(malloc(static_cast<size_t>(length) + 1));
    if (*text == nullptr) {
        return -1;
    }
    return vsnprintf(*text, static_cast<size_t>(length) + 1, format, args);
}

int printf(const char* format, ...) {
    va_list args;
    va_start(args, format);
    int length = vfprintf(stdout, format, args);
    va_end(args);
    return length;
}

int fprintf(FILE* stream, const char* format, ...) {
    va_list args;
    va_start(args, format);
    int length = vfprintf(stream, format, args);
    va_end(args);
    return length;
}

int dprintf(int fd, const char* format, ...) {
    va_list args;
    va_start(args, format);
    int length = vdprintf(fd, format, args);
    va_end(args);
    return length;
}

int sprintf(char* buffer, const char* format, ...) {
    va_list args;
    va_start(args, format);
    int length = vsprintf(buffer, format, args);
    va_end(args);
    return length;
}

int snprintf(char* buffer, size_t size, const char* format, ...) {
    va_list args;
    va_start(args, format);
    int length = vsnprintf(buffer, size, format, args);
    va_end(args);
    return length;
}

int asprintf(char** text, const char* format, ...) {
    va_list args;
    va_start(args, format);
    int length = vasprintf(text, format, args);
    va_end(args);
    return length;
}
