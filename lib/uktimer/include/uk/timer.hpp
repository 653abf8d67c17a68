// SPDX-License-Identifier: BSD-3-Clause
// Timer: a function that is called once, at a moment to come.
//
//     static void beat(void* of) {
//         auto& heart = *static_cast<Heart*>(of);
//         heart.count++;
//         (void)heart.timer.start_at(heart.timer.deadline() + kPeriod);      // periodic; or not
//     }
//     struct Heart { uk::Timer timer{beat, this}; unsigned count = 0; };
//     UK_TRY(heart.timer.start_after(kPeriod));
//     heart.timer.cancel();                         // now `heart` may go
#pragma once

#include <cstdint>

#include <uk/base/result.hpp>
#include <uk/sched/deadline_queue.hpp>

namespace uk {

// Runs in thread context, in the one thread that runs all of them, one after the other: with
// interrupts on, no lock held, and high priority. It may block, and others are late meanwhile;
// work that takes long belongs into a thread of its own. It may start, cancel and destroy timers,
// its own included.
using TimerFunction = void (*)(void* argument);

// Belongs to its user, who may put it anywhere and allocates nothing. Constant initialisation.
// While it is armed or its function runs it may not go: cancel() first. (Host builds check that; a
// destructor would need code at the end of the image for each static one.) Times are of
// hal::clock_monotonic_ns(). Starting and cancelling are O(log armed timers), with interrupts off.
class Timer {
  public:
    constexpr Timer(TimerFunction function, void* argument)
        : function_(function), argument_(argument) {}
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
#ifdef UK_HOST_TEST
    ~Timer() {
        UK_ASSERT(!node_.is_linked() && "timer destroyed while it is armed");
    }
#endif

    // Calls the function when the moment has come, soon after, never before; at once if it is over.
    // Timers of one moment go in the order in which they were started. An armed timer is moved. In
    // its function: once more. While somebody waits in cancel() for the function, no effect.
    // From anywhere, handlers included, under spinning locks of ranks above `timer`; does not
    // block; may switch to the thread of the timers if the caller is in thread context. Errors:
    // those of timers_prepare(), and none once that has succeeded.
    [[nodiscard]] Result<> start_at(uint64_t deadline_ns);
    [[nodiscard]] Result<> start_after(uint64_t ns);

    // When it returns, the function does not run and will not run, unless somebody starts the timer
    // afterwards. Says whether it was armed, so that this call did not come. Thread context;
    // blocks while the function runs: no mutex that it takes may be held. In the function itself:
    // only unarms.
    bool cancel();
    // The same without waiting, from wherever start_at() may be called. False: the function runs
    // just now, and may start the timer again.
    [[nodiscard]] bool try_cancel();

    // A glance: may be wrong by the time it is looked at. From wherever start_at() may be called.
    [[nodiscard]] bool is_armed() const;
    // The moment it was started for last, so that a period does not drift: for the function, and
    // for whoever else knows that nobody starts it meanwhile. kNever: an armed timer that waits
    // for ever. 0 before the first start.
    [[nodiscard]] uint64_t deadline() const {
        return deadline_;
    }

  private:
    template <class>
    friend class BasicTimers;

    // Guarded by the lock of BasicTimers.
    uint64_t deadline_ = 0;
    RbNode<Timer> node_;
    unsigned cancels_ = 0; // who waits in cancel()

    TimerFunction function_;
    void* argument_;

  public:
    using Queue = DeadlineQueue<&Timer::node_, &Timer::deadline_>;
};

// Makes the thread that calls the functions, unless it is there: start_at() does it, so only who
// starts his first timer in a handler or under a spinning lock calls this before. Thread context;
// may block. Errors: ENOMEM, EAGAIN (it is not there, and here is no place to make it).
[[nodiscard]] Result<> timers_prepare();

} // namespace uk
