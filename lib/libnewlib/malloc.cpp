// SPDX-License-Identifier: BSD-3-Clause
// What newlib itself allocates by, above malloc (lib/ukmalloc). It keeps some of these for the
// thread.
#include <reent.h>
#include <stdlib.h>

#include "process.hpp"

void* _malloc_r(_reent* /*reent*/, size_t size) {
    newlib::keep_for_thread();
    return malloc(size);
}

void* _calloc_r(_reent* /*reent*/, size_t count, size_t size) {
    newlib::keep_for_thread();
    return calloc(count, size);
}

void* _realloc_r(_reent* /*reent*/, void* block, size_t size) {
    return realloc(block, size);
}

void _free_r(_reent* /*reent*/, void* block) {
    free(block);
}
