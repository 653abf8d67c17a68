// SPDX-License-Identifier: BSD-3-Clause
// Calls at random, and what POSIX and Linux say must come of them.
#include "model.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void found(struct world* world, const char* problem, const char* path, const char* other) {
    if (world->problem != NULL)
        return;
    world->problem = problem;
    snprintf(world->detail, sizeof(world->detail), "%s %s (errno %d)", path, other, errno);
}

// `done` is what a call answered, `wanted` the errno that it should have answered with; 0: none.
static int agrees(struct world* world, const char* call, long done, int wanted, const char* path) {
    const int got = done < 0 ? errno : 0;
    if (got != wanted)
        found(world, call, path, strerror(wanted));
    return got == 0 && wanted == 0;
}

static void fill(struct world* world, char* bytes, size_t size) {
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)below(world, 256);
}

static void make(struct world* world) {
    struct place place;
    choose(world, &place);
    const int wanted = node_at(&place) != NULL ? EEXIST : 0;
    const unsigned what = below(world, 6);
    if (what == 0 && world->folders < kMostFolders) {
        if (agrees(world, "mkdir", mkdir(place.path, 0755), wanted, place.path))
            model_add(world, &place, kFolder);
    } else if (what == 1) {
        char text[64];
        snprintf(text, sizeof(text), "to/nothing-%u", below(world, 1000));
        if (!agrees(world, "symlink", symlink(text, place.path), wanted, place.path))
            return;
        struct node* node = model_add(world, &place, kLink);
        if (node != NULL) {
            node->size = strlen(text);
            memcpy(node->bytes, text, node->size);
        }
    } else {
        const int fd = open(place.path, O_CREAT | O_EXCL | O_WRONLY, 0644);
        if (agrees(world, "open to create", fd, wanted, place.path))
            model_add(world, &place, kFile);
        if (fd >= 0 && close(fd) != 0)
            found(world, "close", place.path, "");
    }
}

// At the end, or anywhere, also beyond it.
static void write_somewhere(struct world* world) {
    static const size_t kMost = 600, kLarge = 9000;
    char bytes[9000];
    struct place place;
    choose(world, &place);
    struct node* node = node_at(&place);
    if (node == NULL || node->kind != kFile)
        return;
    const size_t size = 1 + below(world, (unsigned)(below(world, 10) == 0 ? kLarge : kMost));
    const size_t at = below(world, 4) == 0 ? below(world, kMostBytes) : node->size;
    if (at + size > kMostBytes)
        return;
    fill(world, bytes, size);
    const int fd = open(place.path, O_WRONLY);
    if (fd < 0 || pwrite(fd, bytes, size, (off_t)at) != (ssize_t)size || close(fd) != 0)
        return found(world, "pwrite", place.path, "");
    if (at + size > node->size)
        model_resize(node, at + size);
    memcpy(node->bytes + at, bytes, size);
}

static void resize(struct world* world) {
    struct place place;
    choose(world, &place);
    struct node* node = node_at(&place);
    if (node == NULL || node->kind == kLink)
        return;
    const size_t size = below(world, 3) == 0 ? below(world, kMostBytes) : 0;
    const int wanted = node->kind == kFolder ? EISDIR : 0;
    if (agrees(world, "truncate", truncate(place.path, (off_t)size), wanted, place.path))
        model_resize(node, size);
}

static void remove_one(struct world* world) {
    struct place place;
    choose(world, &place);
    const struct node* node = node_at(&place);
    const int folder = node != NULL && node->kind == kFolder;
    if (below(world, 3) == 0) {
        const int wanted = node == NULL     ? ENOENT
                           : !folder        ? ENOTDIR
                           : is_empty(node) ? 0
                                            : ENOTEMPTY;
        if (agrees(world, "rmdir", rmdir(place.path), wanted, place.path))
            model_forget(world, &place);
    } else {
        const int wanted = node == NULL ? ENOENT : folder ? EISDIR : 0;
        if (agrees(world, "unlink", unlink(place.path), wanted, place.path))
            model_forget(world, &place);
    }
}

static void link_one(struct world* world) {
    struct place from, to;
    choose(world, &from);
    choose(world, &to);
    struct node* node = node_at(&from);
    const int wanted = node == NULL            ? ENOENT
                       : node_at(&to) != NULL  ? EEXIST
                       : node->kind == kFolder ? EPERM
                                               : 0;
    if (agrees(world, "link", link(from.path, to.path), wanted, from.path)) {
        struct node* const before = node->up;
        model_name(&to, node);
        node->up = before;
    }
}

static int wanted_of_rename(const struct place* from, const struct place* to) {
    const struct node* node = node_at(from);
    const struct node* other = node_at(to);
    if (node == NULL)
        return ENOENT;
    if (node->kind == kFolder && is_within(to->folder, node))
        return EINVAL;
    if (other != NULL && other->kind == kFolder && is_within(from->folder, other))
        return ENOTEMPTY;
    if (other == NULL || other == node)
        return 0;
    if (node->kind == kFolder && other->kind != kFolder)
        return ENOTDIR;
    if (node->kind != kFolder && other->kind == kFolder)
        return EISDIR;
    return other->kind == kFolder && !is_empty(other) ? ENOTEMPTY : 0;
}

static void rename_one(struct world* world) {
    struct place from, to;
    choose(world, &from);
    choose(world, &to);
    const int wanted = wanted_of_rename(&from, &to);
    if (!agrees(world, "rename", rename(from.path, to.path), wanted, from.path))
        return;
    struct node* node = node_at(&from);
    if (node_at(&to) == node)
        return; // two names of one file: both stay
    if (node_at(&to) != NULL)
        model_forget(world, &to);
    from.folder->slots[from.slot] = NULL;
    to.folder->slots[to.slot] = node;
    node->up = to.folder;
}

static void compare(struct world* world, const char* path, const struct node* node) {
    static const mode_t kModes[] = {S_IFREG, S_IFDIR, S_IFLNK};
    char bytes[kMostBytes + 1];
    struct stat facts;
    if (!agrees(world, "lstat", lstat(path, &facts), node == NULL ? ENOENT : 0, path))
        return;
    if ((facts.st_mode & S_IFMT) != kModes[node->kind])
        return found(world, "another kind", path, "");
    if (node->kind == kFolder)
        return;
    if ((size_t)facts.st_size != node->size || facts.st_nlink != node->names)
        return found(world, "another size or number of names", path, "");
    ssize_t size = 0;
    if (node->kind == kLink) {
        size = readlink(path, bytes, sizeof(bytes));
    } else {
        const int fd = open(path, O_RDONLY);
        for (ssize_t got = 1; got > 0; size += got)
            got = read(fd, bytes + size, sizeof(bytes) - (size_t)size);
        if (fd < 0 || close(fd) != 0)
            return found(world, "open to read", path, "");
    }
    if ((size_t)size != node->size || memcmp(bytes, node->bytes, node->size) != 0)
        found(world, "other bytes", path, "");
}

static void look(struct world* world) {
    struct place place;
    choose(world, &place);
    compare(world, place.path, node_at(&place));
}

void step(struct world* world) {
    static void (*const kWays[16])(struct world*) = {
        make,
        make,
        make,
        write_somewhere,
        write_somewhere,
        write_somewhere,
        resize,
        remove_one,
        remove_one,
        link_one,
        rename_one,
        rename_one,
        look,
        look,
        look,
        look,
    };
    kWays[below(world, 16)](world);
    world->steps++;
}

static void compare_names(struct world* world, const char* path, const struct node* folder) {
    int seen[kSlots] = {0};
    DIR* names = opendir(path);
    if (names == NULL)
        return found(world, "opendir", path, "");
    for (const struct dirent* one = readdir(names); one != NULL; one = readdir(names)) {
        const int slot = one->d_name[1] - '0';
        if (one->d_name[0] == '.')
            continue;
        if (one->d_name[0] != 'n' || slot < 0 || slot >= kSlots || one->d_name[2] != '\0')
            found(world, "a name from nowhere", path, one->d_name);
        else
            seen[slot]++;
    }
    closedir(names);
    for (int i = 0; i < kSlots; i++) {
        if (seen[i] != (folder->slots[i] != NULL))
            found(world, "readdir has a name too many or too few", path, "");
    }
}

// Folders lie at most as deep as there are folders.
static void walk(struct world* world, const char* path, struct node* folder, int remove_all) {
    if (!remove_all)
        compare_names(world, path, folder);
    for (int i = 0; i < kSlots && world->problem == NULL; i++) {
        struct place place = {.folder = folder, .slot = i, .path = ""};
        struct node* node = folder->slots[i];
        if (node == NULL)
            continue;
        snprintf(place.path, sizeof(place.path), "%s/n%d", path, i);
        if (node->kind == kFolder)
            walk(world, place.path, node, remove_all);
        else if (!remove_all)
            compare(world, place.path, node);
        if (!remove_all)
            continue;
        if (agrees(world, "remove", remove(place.path), 0, place.path))
            model_forget(world, &place);
    }
}

void compare_all(struct world* world) {
    walk(world, world->base, world->root, 0);
}

void clear(struct world* world) {
    walk(world, world->base, world->root, 1);
}
