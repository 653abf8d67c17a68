// SPDX-License-Identifier: BSD-3-Clause
// operator new and delete on the default heap. Weak: a program may bring its own.
//
// There are no exceptions: where C++ throws bad_alloc, the image panics.
#include <cstddef>
#include <new>

#include <uk/alloc/heap.hpp>
#include <uk/assert.h>
#include <uk/base/atomic.hpp>

namespace {

constinit uk::Atomic<std::new_handler> g_handler{nullptr};

// Even of no bytes there are objects with different addresses.
void* try_once(size_t size, size_t align) {
    const size_t bytes = size != 0 ? size : 1;
    return align <= uk::kHeapAlign ? uk::heap::allocate(bytes) : uk::heap::allocate(bytes, align);
}

// Null when there is no memory and no handler (any more) that could find some.
void* try_hard(size_t size, size_t align) {
    for (;;) {
        void* block = try_once(size, align);
        const std::new_handler handler = block == nullptr ? g_handler.load_acquire() : nullptr;
        if (handler == nullptr) {
            return block;
        }
        handler();
    }
}

void* get(size_t size, size_t align) {
    void* block = try_hard(size, align);
    if (block == nullptr) [[unlikely]] {
        UK_PANIC("operator new: no memory for %zu bytes, aligned to %zu", size, align);
    }
    return block;
}

constexpr size_t bytes_of(std::align_val_t align) {
    return static_cast<size_t>(align);
}

} // namespace

std::new_handler std::set_new_handler(std::new_handler handler) noexcept {
    return g_handler.exchange_acq_rel(handler);
}
std::new_handler std::get_new_handler() noexcept {
    return g_handler.load_acquire();
}

const std::nothrow_t std::nothrow{};

#define WEAK [[gnu::weak]]

WEAK void* operator new(size_t size) {
    return get(size, uk::kHeapAlign);
}
WEAK void* operator new[](size_t size) {
    return operator new(size);
}
WEAK void* operator new(size_t size, std::align_val_t align) {
    return get(size, bytes_of(align));
}
WEAK void* operator new[](size_t size, std::align_val_t align) {
    return operator new(size, align);
}
WEAK void* operator new(size_t size, const std::nothrow_t& /*tag*/) noexcept {
    return try_hard(size, uk::kHeapAlign);
}
WEAK void* operator new[](size_t size, const std::nothrow_t& tag) noexcept {
    return operator new(size, tag);
}
WEAK void* operator new(size_t size, std::align_val_t align,
                        const std::nothrow_t& /*tag*/) noexcept {
    return try_hard(size, bytes_of(align));
}
WEAK void* operator new[](size_t size, std::align_val_t align, const std::nothrow_t& tag) noexcept {
    return operator new(size, align, tag);
}

WEAK void operator delete(void* block) noexcept {
    uk::heap::deallocate(block);
}
WEAK void operator delete[](void* block) noexcept {
    operator delete(block);
}
WEAK void operator delete(void* block, size_t /*size*/) noexcept {
    operator delete(block);
}
WEAK void operator delete[](void* block, size_t /*size*/) noexcept {
    operator delete[](block);
}
WEAK void operator delete(void* block, std::align_val_t /*align*/) noexcept {
    operator delete(block);
}
WEAK void operator delete[](void* block, std::align_val_t align) noexcept {
    operator delete(block, align);
}
WEAK void operator delete(void* block, size_t /*size*/, std::align_val_t align) noexcept {
    operator delete(block, align);
}
WEAK void operator delete[](void* block, size_t /*size*/, std::align_val_t align) noexcept {
    operator delete[](block, align);
}
WEAK void operator delete(void* block, const std::nothrow_t& /*tag*/) noexcept {
    operator delete(block);
}
WEAK void operator delete[](void* block, const std::nothrow_t& /*tag*/) noexcept {
    operator delete[](block);
}
WEAK void operator delete(void* block, std::align_val_t align,
                          const std::nothrow_t& /*tag*/) noexcept {
    operator delete(block, align);
}
WEAK void operator delete[](void* block, std::align_val_t align,
                            const std::nothrow_t& /*tag*/) noexcept {
    operator delete[](block, align);
}
