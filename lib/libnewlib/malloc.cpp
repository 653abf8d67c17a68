// SPDX-License-Identifier: BSD-3-Clause
// malloc and its family on the default heap, for programs and for newlib itself.
#include <errno.h>
#include <malloc.h>
#include <reent.h>
#include <stdlib.h>
#include <string.h>

#include <uk/alloc/heap.hpp>

#include "process.hpp"

static void* or_nomem(void* block) {
    if (block == nullptr) [[unlikely]] {
        errno = ENOMEM;
    }
    return block;
}

void* malloc(size_t size) {
    return or_nomem(uk::heap::allocate(size));
}

void free(void* block) {
    uk::heap::deallocate(block);
}

void* calloc(size_t count, size_t size) {
    size_t bytes;
    void* block = __builtin_mul_overflow(count, size, &bytes) ? nullptr : uk::heap::allocate(bytes);
    return block != nullptr ? memset(block, 0, bytes) : or_nomem(nullptr);
}

void* realloc(void* block, size_t size) {
    void* moved = uk::heap::reallocate(block, size);
    return moved == nullptr && (size != 0 || block == nullptr) ? or_nomem(nullptr) : moved;
}

static bool power_of_2(size_t value) {
    return value != 0 && (value & (value - 1)) == 0;
}

void* aligned_alloc(size_t alignment, size_t size) {
    if (!power_of_2(alignment)) {
        errno = EINVAL;
        return nullptr;
    }
    return or_nomem(uk::heap::allocate(size, alignment));
}

void* memalign(size_t alignment, size_t size) {
    return aligned_alloc(alignment, size);
}

int posix_memalign(void** block, size_t alignment, size_t size) {
    if (!power_of_2(alignment) || alignment < sizeof(void*)) {
        return EINVAL;
    }
    void* made = uk::heap::allocate(size, alignment);
    if (made == nullptr) {
        return ENOMEM;
    }
    *block = made;
    return 0;
}

// newlib's own: it keeps some of these for the thread.
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
    uk::heap::deallocate(block);
}
