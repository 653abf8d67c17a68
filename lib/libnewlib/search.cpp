// SPDX-License-Identifier: BSD-3-Clause
// What of <search.h> newlib has not: tables that are searched from the start, and linked lists.
#include <search.h>
#include <string.h>

// Programs have functions of their own by such names.
#pragma weak insque
#pragma weak lfind
#pragma weak lsearch
#pragma weak remque

// Apart from lfind(), which a program may have its own of.
static void* found_in(const void* key, const void* table, const size_t* count, size_t size,
                      int (*compare)(const void* key, const void* element)) {
    const char* at = static_cast<const char*>(table);
    for (size_t i = 0; i < *count; i++, at += size) {
        if (compare(key, at) == 0) {
            return const_cast<char*>(at);
        }
    }
    return nullptr;
}

void* lfind(const void* key, const void* table, size_t* count, size_t size,
            int (*compare)(const void* key, const void* element)) {
    return found_in(key, table, count, size, compare);
}

void* lsearch(const void* key, void* table, size_t* count, size_t size,
              int (*compare)(const void* key, const void* element)) {
    void* found = found_in(key, table, count, size, compare);
    if (found == nullptr) {
        found = memcpy(static_cast<char*>(table) + *count * size, key, size);
        ++*count;
    }
    return found;
}

namespace {

struct Links {
    Links* next;
    Links* before;
};

} // namespace

void insque(void* element, void* before) {
    auto* added = static_cast<Links*>(element);
    auto* place = static_cast<Links*>(before);
    if (place == nullptr) {
        *added = {nullptr, nullptr};
        return;
    }
    *added = {place->next, place};
    place->next = added;
    if (added->next != nullptr) {
        added->next->before = added;
    }
}

void remque(void* element) {
    const auto* gone = static_cast<const Links*>(element);
    if (gone->next != nullptr) {
        gone->next->before = gone->before;
    }
    if (gone->before != nullptr) {
        gone->before->next = gone->next;
    }
}
