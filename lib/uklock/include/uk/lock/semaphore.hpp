// SPDX-License-Identifier: BSD-3-Clause
// Semaphore: a number of units that threads take and anybody gives, interrupt handlers included.
#pragma once

#include <uk/base/result.hpp>
#include <uk/lock/waiters.hpp>

namespace uk {

// A released unit goes straight to who waits, in the order of urgency, then of arrival; nobody
// overtakes. At most 2^31-1 units; more panic. The name is static text for reports. It may go when
// all units that were ever released are acquired: release() does not touch it after the last of its
// units is. Without waiters acquire() and release() are one compare-exchange each.
template <LockFace S>
class BasicSemaphore : LockWord {
  public:
    static constexpr uint32_t kMost = 0x7fffffff;

    constexpr explicit BasicSemaphore(uint32_t units, const char* text = "unnamed")
        : LockWord(text), units_(units) {
        UK_ASSERT(units <= kMost);
    }
    BasicSemaphore(const BasicSemaphore&) = delete;
    BasicSemaphore& operator=(const BasicSemaphore&) = delete;

    // Takes one. Blocks until there is one. Thread context.
    void acquire() {
        if (!try_acquire()) [[unlikely]]
            (void)acquire_slowly(kNever);
    }
    // Takes one. Blocks until the deadline. Errors: ETIMEDOUT, EINTR. Thread context.
    [[nodiscard]] Result<> acquire_until(uint64_t deadline_ns) {
        if (!try_acquire()) [[unlikely]]
            return acquire_slowly(deadline_ns);
        return ok();
    }
    // Takes one if there is one. From anywhere.
    [[nodiscard]] bool try_acquire() {
        for (;;) {
            const uint32_t seen = units_.load_relaxed();
            if (seen - 1 >= kMost) // none, or somebody waits
                return false;
            if (units_.replace_acquire(seen, seen - 1)) [[likely]]
                return true;
        }
    }
    // Gives some. Does not block; may switch to who gets them. From anywhere, handlers included;
    // interrupts are off for O(log waiters) for each unit that somebody waits for.
    void release(uint32_t units = 1) {
        if (!add(units)) [[unlikely]]
            release_slowly(units);
    }
    // A glance: may be wrong by the time it is looked at.
    [[nodiscard]] uint32_t units() const {
        const uint32_t seen = units_.load_relaxed();
        return seen > kMost ? 0 : seen;
    }

    // The same.
    [[nodiscard]] bool anybody_waits() const { return units_.load_relaxed() > kMost; }

  private:
    static constexpr uint32_t kWaiters = kMost + 1; // alone: no units, and somebody waits

    [[gnu::noinline]] Result<> acquire_slowly(uint64_t deadline_ns);
    [[gnu::noinline]] void release_slowly(uint32_t units);
    uint32_t grant(uint32_t units);
    // For whoever comes next. False when somebody waits already, or it would be too many.
    bool add(uint32_t units) {
        for (;;) {
            const uint32_t seen = units_.load_relaxed();
            if (seen > kMost || units > kMost - seen) [[unlikely]]
                return false;
            if (units_.replace_release(seen, seen + units)) [[likely]]
                return true;
        }
    }

    Atomic<uint32_t> units_; // kWaiters is set and cleared under the lock
    [[no_unique_address]] detail::WaitersLock<S> lock_;
    detail::Waiters<S> waiters_;
};

template <LockFace S>
Result<> BasicSemaphore<S>::acquire_slowly(uint64_t deadline_ns) {
    detail::LockWaiter me(S::current());
    detail::Section<S> section(lock_);
    while (waiters_.empty() && !units_.replace_acquire(0, kWaiters)) {
        if (try_acquire())
            return ok();
    }
    waiters_.add(me);
    const Errno how = waiters_.wait(section, me, deadline_ns, {"semaphore", this});
    if (how == Errno::ok)
        return ok();
    if (waiters_.empty()) // kWaiters is still there: while it is set, all changes are ours
        units_.replace_acquire(kWaiters, 0);
    return how;
}

// A unit that nobody waits for is given with no lock held, as the last access: whoever takes it may
// let the semaphore go. Who waited for one takes the lock before he goes on.
template <LockFace S>
void BasicSemaphore<S>::release_slowly(uint32_t units) {
    do {
        units = grant(units);
    } while (units != 0 && !add(units));
}

// Gives units to those who wait. Returns how many are left.
template <LockFace S>
uint32_t BasicSemaphore<S>::grant(uint32_t units) {
    detail::Section<S> section(lock_);
    if (waiters_.empty()) {
        const uint32_t seen = units_.load_relaxed();
        if (units > kMost - seen)
            UK_PANIC("semaphore '%s' has %u units and is given %u more", name, seen, units);
        return units;
    }
    for (; units != 0 && !waiters_.empty(); units--)
        waiters_.grant(*waiters_.first());
    if (waiters_.empty())
        units_.store_relaxed(0);
    return units;
}

} // namespace uk
