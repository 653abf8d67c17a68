// SPDX-License-Identifier: BSD-3-Clause
// Private: the locks of applications. Who waits is woken for handlers of signals and cancellation.
#pragma once

#include <time.h>

#include <uk/lock.hpp>
#include <uk/sched.hpp>
#include <uk/syscall/edge.hpp>

namespace uk::pthread {

struct Face : uk::detail::ImageLocks {
    static bool interrupted() { return uk::interrupted(); }
};
using Mutex = BasicMutex<Face>;
using RwLock = BasicRwLock<Face>;
using Semaphore = BasicSemaphore<Face>;
using Completion = BasicCompletion<Face>;

// A wait inside of a system call, which handlers interrupt but do not end. Returns 0 or an error
// number.
template <class Body>
int wait(Body body) {
    for (;;) {
        const long result = uk::syscall(body);
        if (result != Error(Errno::intr).neg())
            return static_cast<int>(-result);
    }
}

// The moment of the monotonic clock at which `clock` shows `when`. Errors: EINVAL (another clock
// than the wall clock and the monotonic one, or no time), ENODEV (the machine has no wall clock).
[[nodiscard]] Result<uint64_t> deadline_of(clockid_t clock, const timespec* when);

// What C keeps in an object of <pthread.h>: all zero is a new one.
template <class T, class C>
T& inside(C& object) {
    static_assert(sizeof(T) <= sizeof(object.__words) && alignof(T) <= alignof(C));
    return reinterpret_cast<T&>(object.__words);
}

} // namespace uk::pthread
