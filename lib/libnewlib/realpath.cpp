// SPDX-License-Identifier: BSD-3-Clause
// realpath(): a path without links, dots and double slashes.
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

// What is left to walk stands at the end of its room, so that the target of a link fits in front.
struct Walk {
    char done[PATH_MAX]; // absolute, no slash at its end: empty is the root
    size_t length = 0;
    char rest[PATH_MAX];
    size_t next = sizeof(rest) - 1;
    int links = 0;

    // In front of what is left.
    bool put(const char* text, size_t size) {
        if (size > next) {
            errno = ENAMETOOLONG;
            return false;
        }
        next -= size;
        memcpy(rest + next, text, size);
        return true;
    }
    bool begin(const char* path);
    bool step();
    bool follow(size_t before);
};

bool Walk::begin(const char* path) {
    rest[next] = 0;
    if (path[0] == 0) {
        errno = ENOENT;
        return false;
    }
    if (!put(path, strlen(path))) {
        return false;
    }
    if (path[0] != '/') {
        if (getcwd(done, sizeof(done)) == nullptr) {
            return false;
        }
        length = strcmp(done, "/") == 0 ? 0 : strlen(done);
    }
    return true;
}

// done is a link in the folder done[0..before): its target comes instead.
bool Walk::follow(size_t before) {
    char target[PATH_MAX];
    const ssize_t size = readlink(done, target, sizeof(target));
    if (size < 0) {
        return false;
    }
    if (++links > SYMLOOP_MAX) {
        errno = ELOOP;
        return false;
    }
    length = target[0] == '/' ? 0 : before;
    return put(target, static_cast<size_t>(size));
}

// One name of what is left.
bool Walk::step() {
    const char* name = rest + next;
    const size_t size = strcspn(name, "/");
    next += size;
    if (size == 0 || (size == 1 && name[0] == '.')) {
        next += size == 0 ? strspn(name, "/") : 0;
        return true;
    }
    if (size == 2 && name[0] == '.' && name[1] == '.') {
        while (length > 0 && done[--length] != '/') {
        }
        return true;
    }
    const size_t before = length;
    if (length + 1 + size >= sizeof(done)) {
        errno = ENAMETOOLONG;
        return false;
    }
    done[length++] = '/';
    memcpy(done + length, name, size);
    length += size;
    done[length] = 0;
    struct stat facts;
    if (lstat(done, &facts) != 0) {
        return false;
    }
    if (S_ISLNK(facts.st_mode)) {
        return follow(before);
    }
    if (rest[next] == '/' && !S_ISDIR(facts.st_mode)) {
        errno = ENOTDIR;
        return false;
    }
    return true;
}

} // namespace

char* realpath(const char* __restrict path, char* __restrict resolved) {
    if (path == nullptr) {
        errno = EINVAL;
        return nullptr;
    }
    Walk walk;
    bool good = walk.begin(path);
    while (good && walk.rest[walk.next] != 0) {
        good = walk.step();
    }
    if (!good) {
        return nullptr;
    }
    if (walk.length == 0) {
        walk.done[walk.length++] = '/';
    }
    walk.done[walk.length] = 0;
    if (resolved == nullptr) {
        return strdup(walk.done);
    }
    return static_cast<char*>(memcpy(resolved, walk.done, walk.length + 1));
}
