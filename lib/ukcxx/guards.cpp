// SPDX-License-Identifier: BSD-3-Clause
// Local static objects: the functions that compilers call around their constructors (Itanium C++
// ABI, 3.3.3).
#include <uk/assert.h>
#include <uk/config.hpp>
#ifdef CONFIG_LIBUKSCHED
#include <uk/sched.hpp>
#endif

#include "guard.hpp"

extern "C" {
int __cxa_guard_acquire(uk::cxx::Guard* guard);
void __cxa_guard_release(uk::cxx::Guard* guard);
void __cxa_guard_abort(uk::cxx::Guard* guard);
}

namespace {

using uk::cxx::Guard;

#ifdef CONFIG_LIBUKSCHED

// One queue for all guards: it is seldom that somebody waits, and then not for long.
constinit uk::WaitQueue g_waiters;

uintptr_t myself() {
    return uk::sched::started() ? reinterpret_cast<uintptr_t>(&uk::sched::current()) : 0;
}

void wait_for(Guard& guard) {
    (void)g_waiters.wait_until([&guard] { return !guard.is_being_made(); }, uk::kNever,
                               {"a static object"});
}

void wake_others() {
    g_waiters.wake_all();
}

#else

uintptr_t myself() {
    return 0;
}

void wait_for(Guard& /*guard*/) {
    UK_UNREACHABLE(); // there is nobody else
}

void wake_others() {}

#endif

} // namespace

// Thread context; blocks while another thread makes the object.
int __cxa_guard_acquire(Guard* guard) {
    for (;;) {
        switch (guard->enter(myself())) {
        case Guard::Turn::make:
            return 1;
        case Guard::Turn::made:
            return 0;
        case Guard::Turn::wait:
            wait_for(*guard);
            break;
        case Guard::Turn::circular:
            UK_PANIC("the constructor of a local static object needs the object itself");
        }
    }
}

void __cxa_guard_release(Guard* guard) {
    guard->made();
    wake_others();
}

void __cxa_guard_abort(Guard* guard) {
    guard->given_up();
    wake_others();
}
