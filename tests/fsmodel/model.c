// SPDX-License-Identifier: BSD-3-Clause
// The model's own part: nodes, names, and places chosen at random.
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// xorshift64*: the same everywhere.
unsigned below(struct world* world, unsigned limit) {
    world->random ^= world->random >> 12;
    world->random ^= world->random << 25;
    world->random ^= world->random >> 27;
    return (unsigned)(world->random * 2685821657736338717U >> 33) % limit;
}

// Down from the root, each time into one of the folders there, until the dice say it is enough.
void choose(struct world* world, struct place* place) {
    struct node* folder = world->root;
    int length = snprintf(place->path, sizeof(place->path), "%s", world->base);
    for (int depth = 0; depth < 4 && below(world, 3) != 0; depth++) {
        const unsigned slot = below(world, kSlots);
        struct node* next = folder->slots[slot];
        if (next == NULL || next->kind != kFolder)
            break;
        folder = next;
        length +=
            snprintf(place->path + length, sizeof(place->path) - (size_t)length, "/n%u", slot);
    }
    place->folder = folder;
    place->slot = (int)below(world, kSlots);
    snprintf(place->path + length, sizeof(place->path) - (size_t)length, "/n%d", place->slot);
}

struct node* node_at(const struct place* place) {
    return place->folder->slots[place->slot];
}

int is_within(const struct node* node, const struct node* above) {
    while (node != NULL && node != above)
        node = node->up;
    return node != NULL;
}

int is_empty(const struct node* folder) {
    for (int i = 0; i < kSlots; i++) {
        if (folder->slots[i] != NULL)
            return 0;
    }
    return 1;
}

void model_name(const struct place* place, struct node* node) {
    place->folder->slots[place->slot] = node;
    node->up = place->folder; // of folders, which have one name, this means something
    node->names++;
}

struct node* model_add(struct world* world, const struct place* place, enum kind kind) {
    struct node* node = calloc(1, sizeof(*node));
    if (node == NULL || (kind != kFolder && (node->bytes = calloc(1, kMostBytes)) == NULL)) {
        world->problem = "no memory for the model";
        free(node);
        return NULL;
    }
    node->kind = kind;
    model_name(place, node);
    world->folders += kind == kFolder;
    return node;
}

void model_forget(struct world* world, const struct place* place) {
    struct node* node = node_at(place);
    place->folder->slots[place->slot] = NULL;
    if (--node->names != 0)
        return;
    world->folders -= node->kind == kFolder;
    free(node->bytes);
    free(node);
}

void model_resize(struct node* node, size_t size) {
    if (size < node->size)
        memset(node->bytes + size, 0, node->size - size);
    node->size = size;
}
