// SPDX-License-Identifier: BSD-3-Clause
// Reading folders: <dirent.h> over getdents64(). No cancellation points: callers hold memory.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/lock.h>
#include <unistd.h>

#include <uk/syscall.h>

#include "result.hpp"

using newlib::status;

struct __dirstream {
    _LOCK_T lock;
    int fd;
    long position; // of the next entry, in the folder
    size_t next;   // the same, in bytes
    size_t filled; // of them
    alignas(8) char bytes[4096];
};

namespace {

class Locked {
  public:
    explicit Locked(DIR* stream) : stream_(*stream) { __lock_acquire(stream_.lock); }
    ~Locked() { __lock_release(stream_.lock); }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;

  private:
    DIR& stream_;
};

DIR* stream_of(int fd) {
    auto* stream = static_cast<DIR*>(malloc(sizeof(DIR)));
    if (stream == nullptr) {
        return nullptr;
    }
    __lock_init(stream->lock);
    stream->fd = fd;
    stream->position = 0;
    stream->next = 0;
    stream->filled = 0;
    return stream;
}

// 0 and the entry, or none at the end; an error.
int next_of(DIR* stream, struct dirent** entry) {
    *entry = nullptr;
    if (stream->next == stream->filled) {
        const long got = uk_sys_getdents64(stream->fd, stream->bytes, sizeof(stream->bytes));
        if (got <= 0) {
            return got == 0 || got == -ENOENT ? 0 : static_cast<int>(-got);
        }
        stream->next = 0;
        stream->filled = static_cast<size_t>(got);
    }
    *entry = reinterpret_cast<struct dirent*>(stream->bytes + stream->next);
    stream->next += (*entry)->d_reclen;
    stream->position = (*entry)->d_off;
    return 0;
}

void move_to(DIR* stream, long position) {
    const Locked locked(stream);
    stream->position = uk_c_lseek(stream->fd, position, SEEK_SET);
    stream->next = 0;
    stream->filled = 0;
}

// Entries that scandir() has chosen.
struct Chosen {
    struct dirent** entries = nullptr;
    size_t count = 0;
    size_t room = 0;

    bool add(const struct dirent& entry) {
        if (count == room) {
            const size_t more = room != 0 ? 2 * room : 16;
            auto* larger =
                static_cast<struct dirent**>(realloc(entries, more * sizeof(struct dirent*)));
            if (larger == nullptr) {
                return false;
            }
            entries = larger;
            room = more;
        }
        auto* copy = static_cast<struct dirent*>(malloc(entry.d_reclen));
        if (copy == nullptr) {
            return false;
        }
        memcpy(copy, &entry, entry.d_reclen);
        entries[count++] = copy;
        return true;
    }

    void forget() {
        for (size_t i = 0; i < count; i++) {
            free(entries[i]);
        }
        free(entries);
    }
};

} // namespace

static DIR* open_folder(int folder, const char* path) {
    const int fd = status(uk_sys_openat(folder, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0));
    if (fd < 0) {
        return nullptr;
    }
    DIR* stream = stream_of(fd);
    if (stream == nullptr) {
        uk_sys_close(fd);
    }
    return stream;
}

DIR* opendir(const char* path) {
    return open_folder(AT_FDCWD, path);
}

DIR* fdopendir(int fd) {
    struct stat facts;
    const int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fstat(fd, &facts) != 0) {
        return nullptr;
    }
    if ((flags & O_PATH) != 0 || !S_ISDIR(facts.st_mode)) {
        errno = (flags & O_PATH) != 0 ? EBADF : ENOTDIR;
        return nullptr;
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    return stream_of(fd);
}

int fdclosedir(DIR* stream) {
    const int fd = stream->fd;
    free(stream);
    return fd;
}

int closedir(DIR* stream) {
    return status(uk_sys_close(fdclosedir(stream)));
}

int dirfd(DIR* stream) {
    return stream->fd;
}

struct dirent* readdir(DIR* stream) {
    const Locked locked(stream);
    struct dirent* entry;
    if (const int error = next_of(stream, &entry); error != 0) {
        errno = error;
    }
    return entry;
}

int readdir_r(DIR* __restrict stream, struct dirent* __restrict room,
              struct dirent** __restrict entry) {
    const Locked locked(stream);
    struct dirent* found;
    const int error = next_of(stream, &found);
    if (found != nullptr) {
        memcpy(room, found, offsetof(struct dirent, d_name) + strlen(found->d_name) + 1);
    }
    *entry = found != nullptr ? room : nullptr;
    return error;
}

void rewinddir(DIR* stream) {
    move_to(stream, 0);
}

void seekdir(DIR* stream, long position) {
    move_to(stream, position);
}

long telldir(DIR* stream) {
    const Locked locked(stream);
    return stream->position;
}

int scandirat(int folder, const char* path, struct dirent*** entries,
              int (*wanted)(const struct dirent*),
              int (*order)(const struct dirent**, const struct dirent**)) {
    DIR* stream = open_folder(folder, path);
    if (stream == nullptr) {
        return -1;
    }
    Chosen chosen;
    struct dirent* entry = nullptr;
    int error = next_of(stream, &entry);
    for (; error == 0 && entry != nullptr; error = error == 0 ? next_of(stream, &entry) : error) {
        if ((wanted == nullptr || wanted(entry) != 0) && !chosen.add(*entry)) {
            error = ENOMEM;
        }
    }
    uk_sys_close(fdclosedir(stream));
    if (error != 0) {
        chosen.forget();
        errno = error;
        return -1;
    }
    if (order != nullptr && chosen.count > 1) {
        qsort(chosen.entries, chosen.count, sizeof(struct dirent*),
              reinterpret_cast<int (*)(const void*, const void*)>(order));
    }
    *entries = chosen.entries;
    return static_cast<int>(chosen.count);
}

int scandir(const char* path, struct dirent*** entries, int (*wanted)(const struct dirent*),
            int (*order)(const struct dirent**, const struct dirent**)) {
    return scandirat(AT_FDCWD, path, entries, wanted, order);
}

int alphasort(const struct dirent** a, const struct dirent** b) {
    return strcoll((*a)->d_name, (*b)->d_name);
}

int versionsort(const struct dirent** a, const struct dirent** b) {
    return strverscmp((*a)->d_name, (*b)->d_name);
}
