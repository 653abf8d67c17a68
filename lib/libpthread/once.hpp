// SPDX-License-Identifier: BSD-3-Clause
// Private: a function that is called once. Pure.
#pragma once

#include <uk/base/atomic.hpp>
#include <uk/sched/wait_queue.hpp>

namespace uk::pthread {

// The state of one, in the application's memory: 0 is fresh.
class Once {
  public:
    [[nodiscard]] bool is_done() const {
        return __atomic_load_n(&state_, __ATOMIC_ACQUIRE) == kDone;
    }
    // True: the caller is to do it, and to say end() then. False: it is done; blocks while somebody
    // else does it.
    template <class Queue>
    bool begin(Queue& queue) {
        while (!is_done()) {
            int expected = kFresh;
            if (__atomic_compare_exchange_n(&state_, &expected, kRunning, false, __ATOMIC_ACQUIRE,
                                            __ATOMIC_RELAXED))
                return true;
            (void)queue.wait_until(
                [&] { return __atomic_load_n(&state_, __ATOMIC_ACQUIRE) != kRunning; }, kNever,
                {"once"});
        }
        return false;
    }
    // Not done: the thread was cancelled in the middle, so somebody else may begin.
    template <class Queue>
    void end(Queue& queue, bool done) {
        __atomic_store_n(&state_, done ? kDone : kFresh, __ATOMIC_RELEASE);
        queue.wake_all();
    }

  private:
    enum : int { kFresh, kRunning, kDone };
    int state_ = kFresh;
};

} // namespace uk::pthread
