// SPDX-License-Identifier: BSD-3-Clause
// Ends by signals, as a C program meets them: abort(), faults, and what is sent.
#include "signal_ends.hpp"

#include <assert.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef CONFIG_LIBPTHREAD
#include <pthread.h>
#endif

#include <uk/init.hpp>

namespace {

constexpr int kLeft = 7;
sigjmp_buf g_place;
volatile uintptr_t g_nowhere = 8;

// Streams are lost in a crash.
void say(int number) {
    dprintf(STDOUT_FILENO, "handler of signal %d\n", number);
}

void write_null() {
    *reinterpret_cast<volatile char*>(g_nowhere) = 1;
}

void block(int number) {
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, number);
    sigprocmask(SIG_BLOCK, &only, nullptr);
}

int abort_plainly() {
    fputs("what streams hold is written", stdout);
    abort();
}
int abort_handled() {
    signal(SIGABRT, say);
    abort();
}
int abort_ignored() {
    signal(SIGABRT, SIG_IGN);
    block(SIGABRT);
    abort();
}
int abort_left() {
    signal(SIGABRT, [](int) { siglongjmp(g_place, 1); });
    if (sigsetjmp(g_place, 1) == 0)
        abort();
    return kLeft;
}
int abort_in_thread() {
#ifdef CONFIG_LIBPTHREAD
    pthread_t thread;
    pthread_create(
        &thread, nullptr, [](void*) -> void* { abort(); }, nullptr);
    pthread_join(thread, nullptr);
#endif
    return 1;
}
int assertion() {
    assert(g_nowhere == 1);
    return 1;
}
int terminated() {
    raise(SIGTERM);
    return 1;
}
int interrupted() {
    kill(getpid(), SIGINT);
    return 1;
}
// For what the host sends.
int waits() {
    dprintf(STDOUT_FILENO, "waits\n");
    for (;;)
        pause();
}
int waits_with_handlers() {
    atexit([] { dprintf(STDOUT_FILENO, "ends\n"); });
    signal(SIGUSR1, say);
    signal(SIGTERM, [](int number) { exit(number); });
    return waits();
}
int fault_blocked() {
    signal(SIGSEGV, say);
    block(SIGSEGV);
    write_null();
    return 1;
}
// The signal is blocked while its handler runs.
int fault_in_handler() {
    signal(SIGSEGV, [](int) { write_null(); });
    write_null();
    return 1;
}
int fault_again() {
    struct sigaction once = {};
    once.sa_handler = say;
    once.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(SIGSEGV, &once, nullptr);
    write_null(); // the handler returns to it
    return 1;
}

#ifdef CONFIG_LIBPTHREAD
// While the image ends, which takes its time, another thread ends it as well.
void (*g_meanwhile)() = nullptr;
unsigned g_enough_us = 200'000; // for what would end it at once

void end_slowly() {
    if (g_meanwhile == nullptr)
        return;
    pthread_t thread;
    pthread_create(
        &thread, nullptr,
        [](void*) -> void* {
            g_meanwhile();
            return nullptr;
        },
        nullptr);
    usleep(g_enough_us);
    dprintf(STDOUT_FILENO, "delivered\n");
}
void begin_nothing() {}
UK_INIT(lib, "slow end", begin_nothing, .term = end_slowly);

int end_twice() {
    g_meanwhile = [] { _exit(1); };
    return kLeft;
}
int end_and_signal() {
    g_meanwhile = [] { raise(SIGTERM); };
    return kLeft;
}
int end_and_fault() {
    g_meanwhile = write_null;
    g_enough_us = 60'000'000; // however long the report takes
    return kLeft;
}
#endif

constexpr struct {
    const char* name;
    int (*go)();
} kWays[] = {{"abort", abort_plainly},
             {"abort_handled", abort_handled},
             {"abort_ignored", abort_ignored},
             {"abort_left", abort_left},
             {"abort_in_thread", abort_in_thread},
             {"assertion", assertion},
             {"terminated", terminated},
             {"interrupted", interrupted},
#ifdef CONFIG_LIBPTHREAD
             {"end_twice", end_twice},
             {"end_and_signal", end_and_signal},
             {"end_and_fault", end_and_fault},
#endif
             {"waits", waits},
             {"waits_with_handlers", waits_with_handlers},
             {"fault_blocked", fault_blocked},
             {"fault_in_handler", fault_in_handler},
             {"fault_again", fault_again}};

} // namespace

int end_by_signal(const char* way) {
    for (const auto& known : kWays) {
        if (strcmp(known.name, way) == 0)
            return known.go();
    }
    return 2;
}
