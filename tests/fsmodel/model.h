// SPDX-License-Identifier: BSD-3-Clause
// What a folder with files should be: the model that random calls are compared with.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { kSlots = 8, kMostFolders = 12, kMostBytes = 24000, kMostPath = 128 };

enum kind { kFile, kFolder, kLink };

// A node; files may have several names. Folders hold their names' nodes, names are their numbers.
struct node {
    enum kind kind;
    unsigned names;
    size_t size;
    char* bytes; // of files and links
    struct node* up;
    struct node* slots[kSlots];
};

// A place for a name: in a folder, one of its slots.
struct place {
    struct node* folder;
    int slot;
    char path[kMostPath];
};

// One thread's world.
struct world {
    uint64_t random;
    const char* base; // path of the folder that is the model's root
    struct node* root;
    unsigned folders;
    uint64_t steps;
    const char* problem; // the first one found; null: none
    char detail[2 * kMostPath + 64];
};

unsigned below(struct world* world, unsigned limit);
// Any place: of a name that is there, or of none.
void choose(struct world* world, struct place* place);
struct node* node_at(const struct place* place);
int is_within(const struct node* node, const struct node* above); // the same one is

struct node* model_add(struct world* world, const struct place* place, enum kind kind);
void model_name(const struct place* place, struct node* node);
void model_forget(struct world* world, const struct place* place);
// All files have room for kMostBytes; what lies between the old end and `size` is 0.
void model_resize(struct node* node, size_t size);
int is_empty(const struct node* folder);

// Calls at random, each compared with the model; and all of the tree. Set world->problem.
void step(struct world* world);
void compare_all(struct world* world);
// Removes all that is there, on both sides.
void clear(struct world* world);
