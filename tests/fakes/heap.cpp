// SPDX-License-Identifier: BSD-3-Clause
// The default heap of host tests. A binary that binds a heap of its own leaves this one out.
#include <uk/fakes/heap.hpp>

#include <atomic>
#include <cstdlib>
#include <malloc.h>

#include <uk/alloc/heap.hpp>

namespace {

std::atomic<size_t> g_fail_at{0};
std::atomic<size_t> g_requests{0};
std::atomic<size_t> g_live{0};

bool refuses(size_t size) {
    const size_t request = ++g_requests;
    return size > uk::kHeapMaxRequest || (g_fail_at != 0 && request == g_fail_at);
}

void* entered(void* block) {
    g_live += block != nullptr;
    return block;
}

} // namespace

void uk::fakes::heap_fail_at(size_t k) {
    g_fail_at = k;
    g_requests = 0;
}

bool uk::fakes::heap_failed() {
    return g_fail_at != 0 && g_requests >= g_fail_at;
}

size_t uk::fakes::heap_live_blocks() {
    return g_live;
}

namespace uk::heap {

void* allocate(size_t size) {
    return refuses(size) ? nullptr : entered(std::malloc(size ? size : 1));
}

void* allocate(size_t size, size_t align) {
    if (align == 0 || (align & (align - 1)) != 0 || align > kHeapMaxRequest)
        return nullptr;
    void* block = nullptr;
    if (refuses(size) || posix_memalign(&block, align < 16 ? 16 : align, size ? size : 1) != 0)
        return nullptr;
    return entered(block);
}

void deallocate(void* block) {
    g_live -= block != nullptr;
    std::free(block);
}

void* reallocate(void* block, size_t size) {
    if (!block)
        return allocate(size);
    if (size == 0) {
        deallocate(block);
        return nullptr;
    }
    return refuses(size) ? nullptr : std::realloc(block, size);
}

size_t usable_size(const void* block) {
    return malloc_usable_size(const_cast<void*>(block));
}

HeapStats stats() {
    return {};
}

size_t trim() {
    return 0;
}

bool verify() {
    return true;
}

const char* name() {
    return "host";
}

} // namespace uk::heap
