// SPDX-License-Identifier: BSD-3-Clause
// The ways a program ends, and this library's entry in the init table.
#include <reent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <uk/assert.h>
#include <uk/boot.h>
#include <uk/config.hpp>
#include <uk/init.hpp>
#include <uk/libparam.hpp>
#include <uk/tls.hpp>
#ifdef CONFIG_LIBUKSCHED_THREADS
#include <uk/base/atomic.hpp>
#include <uk/sched.hpp>
#endif

extern "C" {
// newlib's: calls what atexit() and __cxa_atexit() were given.
void __call_exitprocs(int status, void* dso);
}

namespace {

constinit bool g_ended = false;

// Streams, if the program has used any.
void flush_streams() {
    if (_GLOBAL_REENT->__cleanup != nullptr) {
        _GLOBAL_REENT->__cleanup(_GLOBAL_REENT);
    }
}

// An end that did not come through exit() or _exit(), as a power button's, still saves what streams
// hold. Only the thread that ends the image runs here.
void flush_unless_ended() {
    if (!g_ended) {
        flush_streams();
    }
}

uk::Result<> start() {
    if constexpr (uk::cfg::libuklibparam) {
        environ = uk::params::environment();
    }
    return uk::ok();
}

UK_INIT(late, "newlib", start, .term = flush_unless_ended);

// The first thread to end the program goes on, also when it comes here again; others wait for it.
void exit_alone() {
#ifdef CONFIG_LIBUKSCHED_THREADS
    static constinit uk::Atomic<uintptr_t> first{0};
    const auto self = reinterpret_cast<uintptr_t>(&uk::sched::current());
    while (!first.replace_acquire(0, self) && first.load_relaxed() != self) {
        uk::sched::park(uk::kNever, {"end of the program"});
    }
#endif
}

} // namespace

// A function may register further ones, or call exit() itself.
void exit(int status) {
    exit_alone();
    uk::tls::run_exit_functions(); // this thread's objects go before static ones, others' stay
    __call_exitprocs(status, nullptr);
    uk_run_destructors();
    flush_streams();
    _exit(status);
}

void _exit(int status) {
    g_ended = true;
    uk_exit(status);
}

void _Exit(int status) {
    _exit(status);
}

// Nobody can keep the program alive: a handler that returns has run, one that jumps away has what
// it wants. Images without signals panic.
void abort() {
    flush_streams();
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, SIGABRT);
    sigprocmask(SIG_UNBLOCK, &only, nullptr);
    raise(SIGABRT);
    signal(SIGABRT, SIG_DFL);
    raise(SIGABRT);
    UK_PANIC("abort() called");
}
