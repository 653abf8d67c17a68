// SPDX-License-Identifier: BSD-3-Clause
// The three standard streams: buffers, and the way to the console.
#include "stream.hpp"

#include <errno.h>
#include <string.h>

#include "process.hpp"
#include "ret.hpp"
#include "locks.hpp"

namespace {

// Room in front of fresh input for ungetc.
constexpr size_t kPushBack = 4;

constinit char g_in_buffer[BUFSIZ];
constinit char g_out_buffer[BUFSIZ];

constinit nolibc_file g_in = {.fd = 0,
                              .mode = _IOFBF,
                              .readable = true,
                              .error = false,
                              .ended = false,
                              .buffer = g_in_buffer,
                              .capacity = sizeof(g_in_buffer),
                              .start = 0,
                              .end = 0};
constinit nolibc_file g_out = {.fd = 1,
                               .mode = _IOLBF,
                               .readable = false,
                               .error = false,
                               .ended = false,
                               .buffer = g_out_buffer,
                               .capacity = sizeof(g_out_buffer),
                               .start = 0,
                               .end = 0};
constinit nolibc_file g_err = {.fd = 2,
                               .mode = _IONBF,
                               .readable = false,
                               .error = false,
                               .ended = false,
                               .buffer = nullptr,
                               .capacity = 0,
                               .start = 0,
                               .end = 0};

// Of g_in, g_out, g_err.
#ifdef CONFIG_LIBUKSCHED_THREADS
constinit nolibc::StreamLock g_locks[3];
#endif

// Writes all of it; `done` counts what was written before a failure.
long write_all(const FILE& file, const char* data, size_t size, size_t& done) {
    for (done = 0; done < size;) {
        long count = nolibc::write_fd(file.fd, data + done, size - done);
        if (count <= 0) {
            return count < 0 ? count : -EIO;
        }
        done += static_cast<size_t>(count);
    }
    return 0;
}

// Buffers; writes when the buffer is full, and past it what would fill it at once.
long append(FILE& file, const char* data, size_t size) {
    while (size > 0) {
        if (file.end == 0 && size >= file.capacity) {
            size_t done;
            return write_all(file, data, size, done);
        }
        size_t room = file.capacity - file.end;
        size_t count = size < room ? size : room;
        memcpy(file.buffer + file.end, data, count);
        file.end += count;
        data += count;
        size -= count;
        if (file.end == file.capacity) {
            if (long status = nolibc::flush(file); status < 0) {
                return status;
            }
        }
    }
    return 0;
}

long put_by_mode(FILE& file, const char* data, size_t size) {
    if (file.readable) {
        return -EBADF;
    }
    if (file.mode == _IONBF) {
        size_t done;
        return write_all(file, data, size, done);
    }
    const void* newline = file.mode == _IOLBF ? memrchr(data, '\n', size) : nullptr;
    if (newline == nullptr) {
        return append(file, data, size);
    }
    size_t lines = static_cast<size_t>(static_cast<const char*>(newline) - data) + 1;
    long status = append(file, data, lines);
    if (status == 0) {
        status = nolibc::flush(file);
    }
    return status == 0 ? append(file, data + lines, size - lines) : status;
}

} // namespace

FILE* const stdin = &g_in;
FILE* const stdout = &g_out;
FILE* const stderr = &g_err;

long nolibc::flush(FILE& file) {
    if (file.readable || file.end == 0) {
        return 0;
    }
    size_t done;
    long status = write_all(file, file.buffer, file.end, done);
    memmove(file.buffer, file.buffer + done, file.end - done);
    file.end -= done;
    file.error = file.error || status < 0;
    return status;
}

long nolibc::put(FILE& file, const char* data, size_t size) {
    long status = put_by_mode(file, data, size);
    file.error = file.error || status < 0;
    return status;
}

int nolibc::format_sink(void* file, const char* data, size_t size) {
    return static_cast<int>(put(*static_cast<FILE*>(file), data, size));
}

void nolibc::flush_streams() {
    {
        const Hold hold(&g_out);
        flush(g_out);
    }
    const Hold hold(&g_err);
    flush(g_err);
}

#ifdef CONFIG_LIBUKSCHED_THREADS
nolibc::StreamLock* nolibc::lock_of(FILE& file) {
    return &file == &g_in    ? &g_locks[0]
           : &file == &g_out ? &g_locks[1]
           : &file == &g_err ? &g_locks[2]
                             : nullptr;
}

void nolibc::flush_streams_at_last() {
    for (FILE* file : {&g_out, &g_err}) {
        if (lock_of(*file)->try_lock()) {
            flush(*file);
            lock_of(*file)->unlock();
        }
    }
}
#endif

bool nolibc::fill(FILE& file) {
    if (file.start < file.end) {
        return true;
    }
    if (!file.readable) {
        file.error = true;
        errno = EBADF;
        return false;
    }
    if (file.ended) {
        return false;
    }
    { // a prompt without newline must be seen
        const Hold hold(&g_out);
        flush(g_out);
    }
    file.start = file.end = kPushBack;
    size_t room = file.mode == _IONBF ? 1 : file.capacity - kPushBack;
    long count = read_fd(file.fd, file.buffer + kPushBack, room);
    if (count > 0) {
        file.end += static_cast<size_t>(count);
        return true;
    }
    file.ended = count == 0;
    file.error = file.error || count < 0;
    ret(count);
    return false;
}

int setvbuf(FILE* stream, char* buffer, int mode, size_t size) {
    if (mode != _IOFBF && mode != _IOLBF && mode != _IONBF) {
        errno = EINVAL;
        return -1;
    }
    const nolibc::Hold hold(stream);
    nolibc::flush(*stream);
    bool empty = stream->readable ? stream->start == stream->end : stream->end == 0;
    if (buffer != nullptr && size >= 16 && mode != _IONBF && empty) {
        stream->buffer = buffer;
        stream->capacity = size;
        stream->start = stream->end = 0;
    }
    if (stream->buffer == nullptr && mode != _IONBF) {
        errno = EINVAL; // stderr has no buffer of its own
        return -1;
    }
    stream->mode = mode;
    return 0;
}

void setbuf(FILE* stream, char* buffer) {
    setvbuf(stream, buffer, buffer != nullptr ? _IOFBF : _IONBF, BUFSIZ);
}
