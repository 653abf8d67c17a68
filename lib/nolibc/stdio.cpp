// SPDX-License-Identifier: BSD-3-Clause
// Characters, lines and blocks on the standard streams.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ret.hpp"
#include "process.hpp"
#include "stream.hpp"
#include "locks.hpp"

using nolibc::Hold;
using nolibc::ret;

int fputc(int c, FILE* stream) {
    const Hold hold(stream);
    char byte = static_cast<char>(c);
    return ret(nolibc::put(*stream, &byte, 1)) < 0 ? EOF : static_cast<unsigned char>(byte);
}

int putc(int c, FILE* stream) {
    return fputc(c, stream);
}

int putchar(int c) {
    return fputc(c, stdout);
}

int fputs(const char* text, FILE* stream) {
    const Hold hold(stream);
    return static_cast<int>(ret(nolibc::put(*stream, text, strlen(text))));
}

int puts(const char* text) {
    const Hold hold(stdout); // the newline, too
    return fputs(text, stdout) == EOF ? EOF : fputc('\n', stdout);
}

size_t fwrite(const void* data, size_t size, size_t count, FILE* stream) {
    size_t bytes;
    if (__builtin_mul_overflow(size, count, &bytes)) {
        errno = EOVERFLOW;
        return 0;
    }
    if (bytes == 0) {
        return 0;
    }
    const Hold hold(stream);
    return ret(nolibc::put(*stream, static_cast<const char*>(data), bytes)) < 0 ? 0 : count;
}

int fflush(FILE* stream) {
    if (stream != nullptr) {
        const Hold hold(stream);
        return static_cast<int>(ret(nolibc::flush(*stream)));
    }
    int out = fflush(stdout);
    int err = fflush(stderr);
    return out == 0 ? err : out;
}

int fgetc(FILE* stream) {
    const Hold hold(stream);
    if (!nolibc::fill(*stream)) {
        return EOF;
    }
    return static_cast<unsigned char>(stream->buffer[stream->start++]);
}

int getc(FILE* stream) {
    return fgetc(stream);
}

int getchar() {
    return fgetc(stdin);
}

int ungetc(int c, FILE* stream) {
    if (c == EOF || !stream->readable) {
        return EOF;
    }
    const Hold hold(stream);
    if (stream->start ==
        0) { // no room in front: before any input, or everything there was put back
        if (stream->end == stream->capacity) {
            return EOF;
        }
        memmove(stream->buffer + 1, stream->buffer, stream->end);
        stream->start = 1;
        stream->end++;
    }
    stream->buffer[--stream->start] = static_cast<char>(c);
    stream->ended = false;
    return static_cast<unsigned char>(c);
}

char* fgets(char* buffer, int size, FILE* stream) {
    const Hold hold(stream);
    int length = 0;
    while (length < size - 1) {
        int c = fgetc(stream);
        if (c == EOF) {
            if (length == 0 || stream->error) {
                return nullptr;
            }
            break;
        }
        buffer[length++] = static_cast<char>(c);
        if (c == '\n') {
            break;
        }
    }
    if (size <= 0) {
        return nullptr;
    }
    buffer[length] = '\0';
    return buffer;
}

size_t fread(void* data, size_t size, size_t count, FILE* stream) {
    size_t bytes;
    if (__builtin_mul_overflow(size, count, &bytes)) {
        errno = EOVERFLOW;
        return 0;
    }
    const Hold hold(stream);
    char* at = static_cast<char*>(data);
    size_t left = bytes;
    while (left > 0 && nolibc::fill(*stream)) {
        size_t there = stream->end - stream->start;
        size_t chunk = left < there ? left : there;
        memcpy(at, stream->buffer + stream->start, chunk);
        stream->start += chunk;
        at += chunk;
        left -= chunk;
    }
    return bytes != 0 ? (bytes - left) / size : 0;
}

int feof(FILE* stream) {
    return stream->ended;
}

int ferror(FILE* stream) {
    return stream->error;
}

void clearerr(FILE* stream) {
    const Hold hold(stream);
    stream->error = stream->ended = false;
}

int fileno(FILE* stream) {
    return stream->fd;
}
