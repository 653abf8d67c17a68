// SPDX-License-Identifier: BSD-3-Clause
// Waiting of a thread for a file that has a ReadySource, as a template over the environment;
// <uk/posix/files.hpp> has that of this image.
#pragma once

#include <concepts>
#include <cstdint>

#include <uk/base/atomic.hpp>
#include <uk/base/result.hpp>
#include <uk/file/ready.hpp>

namespace uk {

inline constexpr uint64_t kReadyNever = ~uint64_t{0};

// What waiting asks of its environment; all static.
template <class E>
concept ReadyEnvironment = requires(typename E::Thread& thread, uint64_t deadline_ns) {
    typename E::Source; // a BasicReadySource
    { E::current() } -> std::same_as<typename E::Thread&>;
    { E::park(deadline_ns) } -> std::same_as<void>; // until unpark(), or earlier for any reason
    { E::unpark(thread) } -> std::same_as<void>;    // from anywhere
    { E::interrupted() } -> std::same_as<bool>;     // a signal waits for the calling thread
    { E::now_ns() } -> std::same_as<uint64_t>;
};

// The thread that waits, for one source or for several. On its stack.
template <ReadyEnvironment E>
class BasicReadyThread {
  public:
    BasicReadyThread() : thread_(E::current()) {}

    // Before each look at what is waited for.
    void arm() { (void)told_.exchange_acq_rel(0); }
    // Whether somebody has told it something since arm().
    [[nodiscard]] bool told() const { return told_.load_acquire() != 0; }
    // From anywhere, as long as the thread waits. Says whether it was not told before.
    bool tell() {
        if (told_.exchange_acq_rel(1) != 0)
            return false;
        E::unpark(thread_);
        return true;
    }
    // Looks, by done(), and waits until that is true. Thread context. Errors: EINTR, ETIMEDOUT.
    template <class Done>
    [[nodiscard]] Result<> wait_until(Done done, uint64_t deadline_ns) {
        for (;;) {
            arm();
            if (done())
                return ok();
            if (E::interrupted())
                return Errno::intr;
            if (deadline_ns != kReadyNever && E::now_ns() >= deadline_ns)
                return Errno::timedout;
            // A lock that done() waited for may have taken the permit of tell().
            if (!told())
                E::park(deadline_ns);
        }
    }

  private:
    typename E::Thread& thread_;
    Atomic<uint32_t> told_{0};
};

// Waits until done() is true; it is asked at first, and when one of `events` may be there. With
// ReadyShare::one whoever goes on and has not taken all that one notify() was about says so by
// wake_next(); what came after the last look is passed on already. Thread context; blocks. Errors:
// EINTR, ETIMEDOUT.
template <ReadyEnvironment E, class Done>
[[nodiscard]] Result<> wait_ready(typename E::Source& source, uint32_t events, ReadyShare share,
                                  Done done, uint64_t deadline_ns = kReadyNever) {
    struct Watch final : E::Source::Watch {
        explicit Watch(uint32_t wanted) : events(wanted) {}
        bool on_ready(uint32_t happened) override {
            return (happened & events) != 0 && waiter.tell();
        }
        uint32_t events;
        BasicReadyThread<E> waiter;
    };
    Watch me(events);
    source.add(me, share);
    const Result<> result = me.waiter.wait_until(done, deadline_ns);
    source.remove(me);
    if (me.waiter.told()) // since the last look: it was meant for somebody
        (void)source.wake_next(events);
    return result;
}

} // namespace uk
