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

#include "locks.hpp"
#include "process.hpp"

namespace {

using Function = void (*)();

constexpr int kMaxFunctions = 32; // what C demands
constinit Function g_functions[kMaxFunctions];
constinit int g_count = 0;
constinit nolibc::DataLock g_lock; // guards the two above
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

// The function to run next, taken off the list; null when there is none.
Function take_last() {
    const nolibc::DataGuard guard(g_lock);
    return g_count > 0 ? g_functions[--g_count] : nullptr;
}

UK_INIT(late, "nolibc", nolibc::start_environment, .term = flush_unless_ended);

} // namespace

int atexit(void (*function)(void)) {
    const nolibc::DataGuard guard(g_lock);
    if (g_count == kMaxFunctions) {
        return -1;
    }
    g_functions[g_count++] = function;
    return 0;
}

// A function may register further ones, or call exit() itself.
void exit(int status) {
    end_alone();
    while (Function function = take_last()) {
        function();
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
