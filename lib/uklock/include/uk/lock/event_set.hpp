// SPDX-License-Identifier: BSD-3-Clause
// EventSet: 32 events that stay set until somebody clears them, and threads that wait for some.
//
//     g_events.set(kReceived);                                            // in a handler
//     uint32_t seen = UK_TRY(g_events.wait_any(kReceived | kStop, uk::EventClear::yes));
#pragma once

#include <uk/base/result.hpp>
#include <uk/lock/waiters.hpp>

namespace uk {

enum class EventClear : uint8_t { no, yes }; // whether a wait clears what it returns

// The name is static text for reports. It may go when waits have returned all that was ever set:
// set() does not touch it any more then.
template <LockFace S>
class BasicEventSet : LockWord {
  public:
    constexpr BasicEventSet() = default;
    constexpr explicit BasicEventSet(const char* text) : LockWord(text) {}
    BasicEventSet(const BasicEventSet&) = delete;
    BasicEventSet& operator=(const BasicEventSet&) = delete;

    // Sets events and ends the waits that this satisfies, the most urgent first; what one of them
    // clears, the next does not see. From anywhere, handlers included: one leaf lock. Does not
    // block; interrupts are off for O(waiters log waiters).
    void set(uint32_t events);
    // Clears events and returns which of them were set. From anywhere.
    uint32_t clear(uint32_t events);
    // A glance: may be wrong by the time it is looked at. From anywhere.
    [[nodiscard]] uint32_t events() const { return set_.load_acquire(); }

    // Waits until one event of the mask is set, or all are; returns those of the mask that are set.
    // Blocks. Errors: ETIMEDOUT, EINVAL (empty mask). Thread context.
    [[nodiscard]] Result<uint32_t> wait_any(uint32_t mask, EventClear clear = EventClear::no,
                                            uint64_t deadline_ns = kNever) {
        return wait(mask, false, clear, deadline_ns);
    }
    [[nodiscard]] Result<uint32_t> wait_all(uint32_t mask, EventClear clear = EventClear::no,
                                            uint64_t deadline_ns = kNever) {
        return wait(mask, true, clear, deadline_ns);
    }

  private:
    struct Waiter : detail::LockWaiter {
        Waiter(Thread& self, uint32_t events, bool want_all, EventClear want_clear)
            : LockWaiter(self), mask(events), all(want_all), clear(want_clear) {}
        uint32_t mask;
        uint32_t seen = 0;
        bool all;
        EventClear clear;
    };

    Result<uint32_t> wait(uint32_t mask, bool all, EventClear clear, uint64_t deadline_ns);
    bool satisfy(Waiter& waiter);

    Atomic<uint32_t> set_{0}; // written under the lock
    [[no_unique_address]] detail::WaitersLock<S> lock_;
    detail::Waiters<S> waiters_;
};

// Whether the waiter has now seen what it waits for.
template <LockFace S>
bool BasicEventSet<S>::satisfy(Waiter& waiter) {
    const uint32_t now = set_.load_relaxed();
    const uint32_t seen = now & waiter.mask;
    if (seen == 0 || (waiter.all && seen != waiter.mask))
        return false;
    waiter.seen = seen;
    if (waiter.clear == EventClear::yes)
        set_.store_release(now & ~seen);
    return true;
}

template <LockFace S>
void BasicEventSet<S>::set(uint32_t events) {
    detail::Section<S> section(lock_);
    set_.store_release(set_.load_relaxed() | events);
    for (detail::LockWaiter* at = waiters_.first(); at != nullptr;) {
        detail::LockWaiter& waiter = *at;
        at = waiters_.next(waiter);
        if (satisfy(static_cast<Waiter&>(waiter)))
            waiters_.grant(waiter);
    }
}

template <LockFace S>
uint32_t BasicEventSet<S>::clear(uint32_t events) {
    detail::Section<S> section(lock_);
    const uint32_t before = set_.load_relaxed();
    set_.store_release(before & ~events);
    return before & events;
}

template <LockFace S>
Result<uint32_t> BasicEventSet<S>::wait(uint32_t mask, bool all, EventClear clear,
                                        uint64_t deadline_ns) {
    if (mask == 0)
        return Errno::inval;
    Waiter me(S::current(), mask, all, clear);
    detail::Section<S> section(lock_);
    if (!satisfy(me)) {
        waiters_.add(me);
        const Errno how = waiters_.wait(section, me, deadline_ns, {"events", this});
        if (how != Errno::ok)
            return how;
    }
    return me.seen;
}

} // namespace uk
