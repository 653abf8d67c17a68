// SPDX-License-Identifier: BSD-3-Clause
// The ways a program ends, and the library's entry in the init table.
#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

#include <uk/assert.h>
#include <uk/boot.h>
#include <uk/init.hpp>
#ifdef CONFIG_LIBUKSCHED_THREADS
#include <uk/sched.hpp>
#endif
#ifdef CONFIG_LIBUKTLS
#include <uk/tls.hpp>
#endif
#ifdef CONFIG_LIBUKCXX
#include <uk/alloc/heap.hpp>

#include "exit_list.hpp"
#endif
#include "locks.hpp"
#include "process.hpp"

namespace {

using Function = void (*)();

constinit nolibc::DataLock g_lock; // guards the functions of atexit
constinit bool g_ended = false;

// What an end that did not come through exit() or _exit(), as a power button's, still saves.
void flush_unless_ended() {
    if (!g_ended) {
        nolibc::flush_streams_at_last();
    }
}

// The first thread to end the program goes on, also when it comes here again; others wait for it.
void end_alone() {
#ifdef CONFIG_LIBUKSCHED_THREADS
    static constinit uk::Atomic<uintptr_t> first{0};
    const auto self = reinterpret_cast<uintptr_t>(&uk::sched::current());
    while (!first.replace_acquire(0, self) && first.load_relaxed() != self) {
        uk::sched::park(uk::kNever, {"end of the program"});
    }
#endif
}

UK_INIT(late, "nolibc", nolibc::start_environment, .term = flush_unless_ended);

#ifdef CONFIG_LIBUKCXX

struct Heap {
    static void* allocate(size_t bytes) { return uk::heap::allocate(bytes); }
    static void deallocate(void* block) { uk::heap::deallocate(block); }
};

constinit nolibc::ExitList<Heap> g_calls;

int call_at_exit(nolibc::ExitCall call) {
    const nolibc::DataGuard guard(g_lock);
    return g_calls.push(call) ? 0 : -1;
}

void call_plain(void* function) {
    reinterpret_cast<Function>(function)();
}

// Takes the last function off the list and calls it; false when there is none.
bool call_last() {
    nolibc::ExitCall call;
    {
        const nolibc::DataGuard guard(g_lock);
        call = g_calls.pop();
    }
    if (call.function == nullptr) {
        return false;
    }
    call.function(call.argument);
    return true;
}

} // namespace

int atexit(void (*function)(void)) {
    return call_at_exit({call_plain, reinterpret_cast<void*>(function)});
}

// Of static objects (Itanium C++ ABI, 3.3.5.3). There is one program: nothing is ever unloaded.
extern "C" int __cxa_atexit(void (*function)(void*), void* argument, void* dso);
int __cxa_atexit(void (*function)(void*), void* argument, void* /*dso*/) {
    return call_at_exit({function, argument});
}

#else

constexpr int kMaxFunctions = 32; // what C demands
constinit Function g_functions[kMaxFunctions];
constinit int g_count = 0;

Function take_last() {
    const nolibc::DataGuard guard(g_lock);
    return g_count > 0 ? g_functions[--g_count] : nullptr;
}

bool call_last() {
    Function function = take_last();
    if (function == nullptr) {
        return false;
    }
    function();
    return true;
}

} // namespace

int atexit(void (*function)(void)) {
    const nolibc::DataGuard guard(g_lock);
    if (g_count == kMaxFunctions) {
        return -1;
    }
    g_functions[g_count++] = function;
    return 0;
}

#endif

// A function may register further ones, or call exit() itself.
void exit(int status) {
    end_alone();
#ifdef CONFIG_LIBUKTLS
    uk::tls::run_exit_functions(); // this thread's objects go before static ones, others' stay
#endif
    while (call_last()) {
    }
    uk_run_destructors();
    nolibc::flush_streams();
    _Exit(status);
}

void _Exit(int status) {
    g_ended = true;
    uk_exit(status);
}

void _exit(int status) {
    _Exit(status);
}

void abort() {
    nolibc::flush_streams_at_last();
    UK_PANIC("abort() called");
}

void __assert_fail(const char* text, const char* file, unsigned line, const char* function) {
    nolibc::flush_streams_at_last();
    uk_panic(file, static_cast<int>(line), function, "assertion failed: %s", text);
}
