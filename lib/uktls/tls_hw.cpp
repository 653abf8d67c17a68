// SPDX-License-Identifier: BSD-3-Clause
// Blocks of thread-local variables, made after what the linker has collected.
#include <uk/alloc/heap.hpp>
#include <uk/base/errno.hpp>
#include <uk/init.hpp>
#include <uk/string.h>
#include <uk/tls.hpp>
#include <uk/tls/layout.hpp>

#include <cstddef>
#include <new>

#include "isa.hpp"

extern "C" [[gnu::visibility("hidden")]] const uk::tls::Image uk_tls_image; // the linker script's

namespace uk {
namespace {

struct Heap {
    static void* allocate(size_t bytes) { return heap::allocate(bytes); }
    static void deallocate(void* block) { heap::deallocate(block); }
};

// What a thread pointer points to. The first word is the ABI's: x86_64 reads its own thread pointer
// there.
struct Head {
    void* self;
    tls::ExitStack<Heap> exits;
};
static_assert(sizeof(Head) <= tls::kAbi.head_bytes);

tls::Layout layout() {
    return tls::layout_of(tls::kAbi, uk_tls_image);
}

Head& head() {
    return *static_cast<Head*>(__builtin_thread_pointer());
}

} // namespace

void* tls::make() {
    const Layout where = layout();
    auto* block = static_cast<char*>(heap::allocate(where.bytes, where.align));
    if (block == nullptr) {
        return nullptr;
    }
    memset(block, 0, where.bytes);
    memcpy(block + where.image, uk_tls_image.data, uk_tls_image.data_bytes);
    auto* made = ::new (block + where.pointer) Head;
    made->self = made;
    return made;
}

void tls::free(void* thread_pointer) {
    if (thread_pointer != nullptr) {
        heap::deallocate(static_cast<char*>(thread_pointer) - layout().pointer);
    }
}

bool tls::at_thread_exit(ExitFunction function, void* argument) {
    return head().exits.push(function, argument);
}

void tls::run_exit_functions() {
    head().exits.run();
}

#ifndef CONFIG_LIBUKSCHED

static Result<> start_main() {
    void* pointer = tls::make();
    if (pointer == nullptr) {
        return Errno::nomem;
    }
    tls::enter(pointer);
    return ok();
}

UK_INIT(bus, "thread-local variables", start_main);

#endif

} // namespace uk
