/* SPDX-License-Identifier: BSD-3-Clause */
/* newlib's hash tables and trees, and tables and lists that programs have themselves. */
#pragma once

#include_next <search.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The first of *count elements that `compare` calls equal (0) to the key, or null. */
void* lfind(const void* key, const void* table, size_t* count, size_t size,
            int (*compare)(const void* key, const void* element));
/* The same; without one the key is copied behind the last, where there must be room. */
void* lsearch(const void* key, void* table, size_t* count, size_t size,
              int (*compare)(const void* key, const void* element));

/* Elements begin with a pointer to the next one and one to the one before; null at the ends of a
 * list that is no circle. Without a place to stand behind (null) the element is a list of its own.
 */
void insque(void* element, void* before);
void remque(void* element);

#ifdef __cplusplus
}
#endif
