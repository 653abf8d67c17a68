// SPDX-License-Identifier: BSD-3-Clause
// Walks through trees of files: ftw(), nftw(). A folder's names are read at once, so what is
// visited may be removed, and one descriptor is enough for any depth.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uk/syscall.h>

#include "result.hpp"

namespace {

// A folder that is being walked, and those above it.
struct Folder {
    const Folder* above;
    dev_t device;
    ino_t node;
};

struct Walk {
    int flags;
    int (*visit)(const char*, const struct stat*, int, FTW*);
    int (*visit_simply)(const char*, const struct stat*, int); // ftw()
    int start = AT_FDCWD;                                      // relative paths begin there
    dev_t device = 0;
    char path[PATH_MAX];

    int look(size_t length, int level, const Folder* above);
    int enter(size_t length, int level, const Folder& here);
    int call(size_t length, int level, const struct stat& facts, int type);
    int go(size_t length);
};

// The current folder is path[0..length).
int Walk::go(size_t length) {
    if ((flags & FTW_CHDIR) == 0) {
        return 0;
    }
    if (fchdir(start) != 0) {
        return -1;
    }
    if (length == 0) {
        return 0;
    }
    const char after = path[length];
    path[length] = 0;
    const int done = chdir(path);
    path[length] = after;
    return done;
}

int Walk::call(size_t length, int level, const struct stat& facts, int type) {
    size_t base = length;
    while (base > 0 && path[base - 1] != '/') {
        base--;
    }
    FTW place = {.base = static_cast<int>(base < length ? base : 0), .level = level};
    return visit != nullptr ? visit(path, &facts, type, &place) : visit_simply(path, &facts, type);
}

// A list of names one behind the other; an empty one ends it. Null: errno says why.
char* names_in(int fd) {
    DIR* stream = fdopendir(fd);
    if (stream == nullptr) {
        uk_sys_close(fd);
        return nullptr;
    }
    char* names = nullptr;
    size_t used = 0;
    size_t room = 0;
    const char* name = "";
    do {
        errno = 0;
        const struct dirent* entry = readdir(stream);
        name = entry != nullptr ? entry->d_name : "";
        if (entry == nullptr && errno != 0) {
            break;
        }
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
            continue;
        }
        const size_t size = strlen(name) + 1;
        if (used + size > room) {
            room = 2 * room + size + 256;
            char* larger = static_cast<char*>(realloc(names, room));
            if (larger == nullptr) {
                errno = ENOMEM;
                break;
            }
            names = larger;
        }
        memcpy(names + used, name, size);
        used += size;
    } while (name[0] != 0);
    const int error = errno;
    closedir(stream);
    if (error != 0) {
        free(names);
        errno = error;
        return nullptr;
    }
    return names;
}

// What is in the folder path[0..length).
int Walk::enter(size_t length, int level, const Folder& here) {
    const int fd =
        newlib::status(uk_sys_openat(start, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0));
    char* names = fd >= 0 ? names_in(fd) : nullptr;
    if (names == nullptr) {
        return -1;
    }
    const size_t slash = path[length - 1] == '/' ? 0 : 1;
    int done = 0;
    for (const char* name = names; done == 0 && name[0] != 0; name += strlen(name) + 1) {
        const size_t size = strlen(name);
        if (length + slash + size >= sizeof(path)) {
            errno = ENAMETOOLONG;
            done = -1;
            break;
        }
        path[length] = '/';
        memcpy(path + length + slash, name, size + 1);
        done = go(length) != 0 ? -1 : look(length + slash + size, level + 1, &here);
    }
    free(names);
    path[length] = 0;
    return done;
}

// 0, or what ends the walk.
int Walk::look(size_t length, int level, const Folder* above) {
    struct stat facts;
    memset(&facts, 0, sizeof(facts));
    const bool follow = (flags & FTW_PHYS) == 0;
    if (fstatat(start, path, &facts, follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0) {
        if (level == 0 && errno != EACCES) {
            return -1;
        }
        const bool link = follow && fstatat(start, path, &facts, AT_SYMLINK_NOFOLLOW) == 0 &&
                          S_ISLNK(facts.st_mode);
        return call(length, level, facts, link && visit != nullptr ? FTW_SLN : FTW_NS);
    }
    if (level == 0) {
        device = facts.st_dev;
    }
    if ((flags & FTW_MOUNT) != 0 && facts.st_dev != device) {
        return 0;
    }
    if (!S_ISDIR(facts.st_mode)) {
        return call(length, level, facts, S_ISLNK(facts.st_mode) ? FTW_SL : FTW_F);
    }
    const Folder here = {above, facts.st_dev, facts.st_ino};
    for (const Folder* one = above; one != nullptr; one = one->above) {
        if (one->device == here.device && one->node == here.node) {
            return 0; // a link has led back
        }
    }
    const bool readable = faccessat(start, path, R_OK, AT_EACCESS) == 0;
    const bool after = (flags & FTW_DEPTH) != 0;
    int done = readable && after ? 0 : call(length, level, facts, readable ? FTW_D : FTW_DNR);
    if (done == 0 && readable) {
        done = enter(length, level, here);
    }
    if (done == 0 && readable && after) {
        size_t folder = length;
        while (folder > 0 && path[folder - 1] != '/') {
            folder--;
        }
        done = go(folder) != 0 ? -1 : call(length, level, facts, FTW_DP);
    }
    return done;
}

int walk(Walk& walk, const char* path) {
    size_t length = strlen(path);
    if (length >= sizeof(walk.path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(walk.path, path, length + 1);
    while (length > 1 && walk.path[length - 1] == '/') {
        walk.path[--length] = 0;
    }
    if ((walk.flags & FTW_CHDIR) == 0) {
        return walk.look(length, 0, nullptr);
    }
    walk.start = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (walk.start < 0) {
        return -1;
    }
    size_t folder = length;
    while (folder > 0 && walk.path[folder - 1] != '/') {
        folder--;
    }
    const int done = walk.go(folder) != 0 ? -1 : walk.look(length, 0, nullptr);
    const int error = errno;
    fchdir(walk.start);
    uk_sys_close(walk.start);
    errno = error;
    return done;
}

} // namespace

int nftw(const char* path, int (*visit)(const char*, const struct stat*, int, FTW*),
         int /*descriptors*/, int flags) {
    Walk one = {.flags = flags, .visit = visit, .visit_simply = nullptr, .path = {}};
    return walk(one, path);
}

int ftw(const char* path, int (*visit)(const char*, const struct stat*, int), int /*descriptors*/) {
    Walk one = {.flags = 0, .visit = nullptr, .visit_simply = visit, .path = {}};
    return walk(one, path);
}
