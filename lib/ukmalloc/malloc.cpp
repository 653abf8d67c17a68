// SPDX-License-Identifier: BSD-3-Clause
// malloc and its family on the default heap, for the C library of the image.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <uk/alloc/heap.hpp>

// Not in every <stdlib.h>.
extern "C" {
void* memalign(size_t alignment, size_t size);
size_t malloc_usable_size(void* block);
}

// Not in line: malloc() would keep the block in a register for it, and that register on the stack.
[[gnu::cold, gnu::noinline]] static void* no_memory() {
    errno = ENOMEM;
    return nullptr;
}

static void* or_nomem(void* block) {
    return block != nullptr ? block : no_memory();
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

void* reallocarray(void* block, size_t count, size_t size) {
    size_t bytes;
    return __builtin_mul_overflow(count, size, &bytes) ? or_nomem(nullptr) : realloc(block, bytes);
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

size_t malloc_usable_size(void* block) {
    return block != nullptr ? uk::heap::usable_size(block) : 0;
}
