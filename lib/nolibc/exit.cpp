// SPDX-License-Identifier: BSD-3-Clause
// The ways a program ends, and the library's entry in the init table.
#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

#include <uk/assert.h>
#include <uk/boot.h>
#include <uk/init.hpp>

#include "process.hpp"

namespace {

using Function = void (*)();

constexpr int kMaxFunctions = 32; // what C demands
constinit Function g_functions[kMaxFunctions];
constinit int g_count = 0;
constinit bool g_ended = false;

// What an end that did not come through exit() or _exit(), as a power button's, still saves.
void flush_unless_ended() {
    if (!g_ended) {
        nolibc::flush_streams();
    }
}

UK_INIT(late, "nolibc", nolibc::start_environment, .term = flush_unless_ended);

} // namespace

int atexit(void (*function)(void)) {
    if (g_count == kMaxFunctions) {
        return -1;
    }
    g_functions[g_count++] = function;
    return 0;
}

// A function may register further ones, or call exit() itself.
void exit(int status) {
    while (g_count > 0) {
        g_functions[--g_count]();
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
    nolibc::flush_streams();
    UK_PANIC("abort() called");
}

void __assert_fail(const char* text, const char* file, unsigned line, const char* function) {
    nolibc::flush_streams();
    uk_panic(file, static_cast<int>(line), function, "assertion failed: %s", text);
}
