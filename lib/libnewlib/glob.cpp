// SPDX-License-Identifier: BSD-3-Clause
// glob(): paths that match a pattern. newlib's has other flags and other results than POSIX.
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

namespace {

// What is found grows behind what is there already, null pointers in front included.
struct Found {
    char** paths;
    size_t count;
    size_t room;

    bool add(const char* path, bool slash) {
        if (count + 1 >= room) {
            const size_t more = 2 * room + 16;
            auto* larger = static_cast<char**>(realloc(paths, more * sizeof(char*)));
            if (larger == nullptr) {
                return false;
            }
            paths = larger;
            room = more;
        }
        const size_t size = strlen(path);
        auto* copy = static_cast<char*>(malloc(size + 2));
        if (copy == nullptr) {
            return false;
        }
        memcpy(copy, path, size + 1);
        if (slash && size != 0 && path[size - 1] != '/') {
            memcpy(copy + size, "/", 2);
        }
        paths[count++] = copy;
        return true;
    }
};

struct Search {
    int flags;
    int (*failed)(const char*, int);
    Found found;
    char path[PATH_MAX];

    int expand(size_t length, char* pattern);
    int literal(size_t length, char* pattern, size_t size);
    int folder(size_t length, char* pattern, size_t size);
    int finish();
};

bool has_wildcard(const char* pattern, size_t size, bool escapes) {
    for (size_t i = 0; i < size; i++) {
        if (pattern[i] == '*' || pattern[i] == '?' || pattern[i] == '[') {
            return true;
        }
        i += escapes && pattern[i] == '\\' && i + 1 < size ? 1 : 0;
    }
    return false;
}

// The whole pattern is used up: path, if it is there.
int Search::finish() {
    struct stat facts;
    if (lstat(path, &facts) != 0) {
        return 0;
    }
    const bool marked = (flags & GLOB_MARK) != 0 && stat(path, &facts) == 0;
    return found.add(path, marked && S_ISDIR(facts.st_mode)) ? 0 : GLOB_NOSPACE;
}

// A name without wildcards is taken as it is.
int Search::literal(size_t length, char* pattern, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if ((flags & GLOB_NOESCAPE) == 0 && pattern[i] == '\\' && i + 1 < size) {
            i++;
        }
        if (length + 1 >= sizeof(path)) {
            return 0;
        }
        path[length++] = pattern[i];
    }
    path[length] = 0;
    return expand(length, pattern + size);
}

// All names of the folder path[0..length) that match one name of the pattern.
int Search::folder(size_t length, char* pattern, size_t size) {
    DIR* stream = opendir(length != 0 ? path : ".");
    if (stream == nullptr) {
        const int error = errno;
        const bool stop = error != ENOTDIR && ((failed != nullptr && failed(path, error) != 0) ||
                                               (flags & GLOB_ERR) != 0);
        return stop ? GLOB_ABORTED : 0;
    }
    const char after = pattern[size];
    const int how = ((flags & GLOB_NOESCAPE) != 0 ? FNM_NOESCAPE : 0) |
                    ((flags & GLOB_PERIOD) != 0 ? 0 : FNM_PERIOD);
    int done = 0;
    while (done == 0) {
        const struct dirent* entry = readdir(stream);
        if (entry == nullptr) {
            break;
        }
        const bool passage =
            entry->d_type == DT_DIR || entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN;
        const size_t name = strlen(entry->d_name);
        pattern[size] = 0;
        const bool matches = (after == 0 || passage) && length + name < sizeof(path) &&
                             fnmatch(pattern, entry->d_name, how) == 0;
        pattern[size] = after;
        if (matches) {
            memcpy(path + length, entry->d_name, name + 1);
            done = expand(length + name, pattern + size);
        }
    }
    path[length] = 0;
    closedir(stream);
    return done;
}

// What matches the pattern below path[0..length). 0 or GLOB_*.
int Search::expand(size_t length, char* pattern) {
    for (; *pattern == '/'; pattern++) {
        if (length + 1 >= sizeof(path)) {
            return 0;
        }
        path[length++] = '/';
    }
    path[length] = 0;
    if (*pattern == 0) {
        return finish();
    }
    const size_t size = strcspn(pattern, "/");
    return has_wildcard(pattern, size, (flags & GLOB_NOESCAPE) == 0)
               ? folder(length, pattern, size)
               : literal(length, pattern, size);
}

int by_locale(const void* a, const void* b) {
    return strcoll(*static_cast<char* const*>(a), *static_cast<char* const*>(b));
}

} // namespace

int glob(const char* __restrict pattern, int flags, int (*failed)(const char* path, int error),
         glob_t* __restrict found) {
    const size_t front = (flags & GLOB_DOOFFS) != 0 ? found->gl_offs : 0;
    if ((flags & GLOB_APPEND) == 0) {
        *found = {.gl_pathc = 0, .gl_pathv = nullptr, .gl_offs = front};
    }
    const size_t before = front + found->gl_pathc;
    auto* search = static_cast<Search*>(malloc(sizeof(Search)));
    char* copy = strdup(pattern);
    auto** paths =
        static_cast<char**>(realloc(found->gl_pathv, (before + 2) * sizeof(found->gl_pathv[0])));
    if (paths != nullptr && found->gl_pathv == nullptr) {
        memset(paths, 0, (front + 1) * sizeof(paths[0]));
    }
    found->gl_pathv = paths != nullptr ? paths : found->gl_pathv;
    if (search == nullptr || copy == nullptr || paths == nullptr) {
        free(search);
        free(copy);
        return GLOB_NOSPACE;
    }
    search->flags = flags;
    search->failed = failed;
    search->found = {.paths = paths, .count = before, .room = before + 2};
    int done = search->expand(0, copy);
    Found& all = search->found;
    if (done == 0 && all.count == before) {
        const bool itself = (flags & GLOB_NOCHECK) != 0;
        done = !itself ? GLOB_NOMATCH : all.add(pattern, false) ? 0 : GLOB_NOSPACE;
    } else if ((flags & GLOB_NOSORT) == 0) {
        qsort(all.paths + before, all.count - before, sizeof(all.paths[0]), by_locale);
    }
    all.paths[all.count] = nullptr;
    found->gl_pathv = all.paths;
    found->gl_pathc = all.count - front;
    free(copy);
    free(search);
    return done;
}

void globfree(glob_t* found) {
    for (size_t i = 0; found->gl_pathv != nullptr && i < found->gl_pathc; i++) {
        free(found->gl_pathv[found->gl_offs + i]);
    }
    free(found->gl_pathv);
    found->gl_pathv = nullptr;
    found->gl_pathc = 0;
}
