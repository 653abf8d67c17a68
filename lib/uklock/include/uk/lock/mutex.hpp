// SPDX-License-Identifier: BSD-3-Clause
// Mutex and RecursiveMutex: one thread at a time; the others sleep.
//
//     constinit uk::Mutex g_table_lock("table");
//     uk::LockGuard guard(g_table_lock);
#pragma once

#include <uk/base/result.hpp>
#include <uk/lock/waiters.hpp>

namespace uk {

namespace detail {

// Looking for cycles takes one lock over all mutexes and the threads that wait for them.
template <class S>
inline constinit WaitersLock<S> g_all_mutexes;

} // namespace detail

// Thread context only, never under a spinning lock. Who waits does so in the order of urgency, then
// of arrival; a thread that comes just as the mutex is given back may overtake, but nobody is
// overtaken twice: who was woken in vain is handed the mutex by the next unlock(). The name is
// static text for reports. A mutex must be free when it goes, and may go as soon as the last
// unlock() has begun. Without waiters lock() and unlock() are one compare-exchange each, or plain
// accesses where threads are never switched unasked on one CPU.
template <LockFace S>
class BasicMutex : LockWord {
    using M = typename S::Locks;

  public:
    struct State {};

    constexpr BasicMutex() = default;
    constexpr explicit BasicMutex(const char* text) : LockWord(text) {}
    BasicMutex(const BasicMutex&) = delete;
    BasicMutex& operator=(const BasicMutex&) = delete;

    // May block. Panics if the caller holds it.
    State lock() {
        if (S::kLockChecks || !replace_acquire(0, address(S::current()))) [[unlikely]]
            lock_or_panic();
        compiler_barrier();
        return {};
    }
    // May block until the deadline. Errors: ETIMEDOUT, EDEADLK (the caller holds it).
    [[nodiscard]] Result<> lock_until(uint64_t deadline_ns) {
        if (S::kLockChecks || !replace_acquire(0, address(S::current()))) [[unlikely]]
            return lock_slowly(deadline_ns);
        compiler_barrier();
        return ok();
    }
    // The same, and gives up with EINTR when interrupted.
    [[nodiscard]] Result<> lock_interruptibly(uint64_t deadline_ns) {
        return try_lock() ? ok() : lock_slowly<true>(deadline_ns);
    }
    // False when somebody holds it, the caller included. Does not block.
    [[nodiscard]] bool try_lock() {
        if constexpr (S::kLockChecks) {
            detail::Section<S> section(guard());
            return replace_acquire(0, address(S::current()));
        }
        const bool taken = replace_acquire(0, address(S::current()));
        compiler_barrier();
        return taken;
    }
    // By the thread that locked; panics otherwise. Does not block; may switch to who gets it.
    void unlock(State /*state*/ = {}) {
        compiler_barrier();
        if (S::kLockChecks || !replace_release(address(S::current()), 0)) [[unlikely]]
            unlock_slowly();
    }
    [[nodiscard]] bool held_by_me() const { return holder() == &S::current(); }

  private:
    // Below the holder's address. Set and cleared under the lock of the list.
    static constexpr uintptr_t kWaiters = 1;  // unlock() has to look at the list
    static constexpr uintptr_t kHandOver = 2; // and to hand the mutex to its first
    static constexpr bool kPlain = !M::kManyCpus && !M::kPreempts;

    // Who waits is in the list until it has the mutex or gives up. While there are waiters, either
    // kWaiters is set or one of them is woken and will look.
    template <bool kGivesUp = false>
    [[gnu::noinline]] Result<> lock_slowly(uint64_t deadline_ns);
    [[gnu::noinline]] void lock_or_panic() {
        if (!lock_slowly(kNever).ok())
            detail::lock_held_already("mutex", name, S::current());
    }
    [[gnu::noinline]] void unlock_slowly();
    bool take(detail::LockWaiter& me);
    void pass_on(detail::LockWaiter& first);

    static uintptr_t address(const Thread& thread) { return reinterpret_cast<uintptr_t>(&thread); }
    static void compiler_barrier() { detail::compiler_barrier(); }
    bool replace_acquire(uintptr_t expected, uintptr_t wanted) {
        if constexpr (kPlain)
            return replace_plainly(expected, wanted);
        else
            return word.replace_acquire(expected, wanted);
    }
    bool replace_release(uintptr_t expected, uintptr_t wanted) {
        if constexpr (kPlain)
            return replace_plainly(expected, wanted);
        else
            return word.replace_release(expected, wanted);
    }
    bool replace_plainly(uintptr_t expected, uintptr_t wanted) {
        if (word.load_relaxed() != expected)
            return false;
        word.store_relaxed(wanted);
        return true;
    }

    auto& guard() {
        if constexpr (S::kLockChecks)
            return detail::g_all_mutexes<S>;
        else
            return lock_;
    }

    [[no_unique_address]] detail::WaitersLock<S> lock_;
    detail::Waiters<S> waiters_;
};

template <LockFace S>
template <bool kGivesUp>
Result<> BasicMutex<S>::lock_slowly(uint64_t deadline_ns) {
    Thread& self = S::current();
    if (holder() == &self)
        return Errno::deadlk;
    detail::LockWaiter me(self);
    detail::Section<S> section(guard());
    waiters_.add(me);
    for (bool timed_out = false; !take(me);) {
        const bool interrupted = kGivesUp && detail::interrupted<S>();
        if (timed_out || interrupted) {
            waiters_.remove(me);
            return timed_out ? Errno::timedout : Errno::intr;
        }
        if constexpr (S::kLockChecks) {
            if (deadline_ns == kNever) {
                detail::lock_cycle_check(self, *this);
                self.blocked_on = this;
            }
        }
        section.open();
        timed_out = S::park(deadline_ns, {"mutex", this}) == Wake::timed_out;
        section.close();
    }
    return ok();
}

// Whether the mutex is ours now: it was handed to us, or is free. If not, its holder knows that
// somebody waits, and that it owes us the mutex if we were woken in vain.
template <LockFace S>
bool BasicMutex<S>::take(detail::LockWaiter& me) {
    while (me.node.is_linked()) {
        const uintptr_t seen = word.load_relaxed();
        if (seen == 0) {
            const uintptr_t others = waiters_.only(me) ? 0 : kWaiters;
            if (!replace_acquire(0, address(me.thread) | others))
                continue;
            waiters_.remove(me);
            me.thread.blocked_on = nullptr;
        } else if (replace_acquire(seen, seen | kWaiters | (me.woken ? kHandOver : 0))) {
            me.woken = false;
            return false;
        }
    }
    return true;
}

template <LockFace S>
void BasicMutex<S>::unlock_slowly() {
    Thread& self = S::current();
    if (holder() != &self)
        detail::lock_not_held("mutex", name, self, holder());
    do {
        detail::Section<S> section(guard());
        if (detail::LockWaiter* first = waiters_.first())
            return pass_on(*first);
        if constexpr (S::kLockChecks)
            return word.store_relaxed(0);
        word.store_relaxed(address(self));
    } while (!replace_release(address(self), 0)); // the last access: the mutex may be gone then
}

template <LockFace S>
void BasicMutex<S>::pass_on(detail::LockWaiter& first) {
    if ((word.load_relaxed() & kHandOver) != 0) {
        waiters_.remove(first);
        first.thread.blocked_on = nullptr;
        word.store_release(address(first.thread) | (waiters_.empty() ? 0 : kWaiters));
    } else {
        word.store_release(0);
        if (first.woken)
            return;
        first.woken = true;
    }
    S::unpark(first.thread);
}

// A Mutex that its holder may lock again, up to 2^32 times, and gives back with the last unlock().
template <LockFace S>
class BasicRecursiveMutex {
  public:
    struct State {};

    constexpr BasicRecursiveMutex() = default;
    constexpr explicit BasicRecursiveMutex(const char* text) : mutex_(text) {}

    // May block.
    State lock() {
        if (!again())
            mutex_.lock();
        depth_++;
        return {};
    }
    // May block until the deadline. Errors: ETIMEDOUT.
    [[nodiscard]] Result<> lock_until(uint64_t deadline_ns) {
        if (!again())
            UK_TRY(mutex_.lock_until(deadline_ns));
        depth_++;
        return ok();
    }
    // False when another thread holds it. Does not block.
    [[nodiscard]] bool try_lock() {
        if (!again() && !mutex_.try_lock())
            return false;
        depth_++;
        return true;
    }
    // By the thread that locked; panics otherwise.
    void unlock(State /*state*/ = {}) {
        if (!again() || --depth_ == 0)
            mutex_.unlock();
    }
    [[nodiscard]] bool held_by_me() const { return mutex_.held_by_me(); }

  private:
    bool again() const { return mutex_.held_by_me(); }

    BasicMutex<S> mutex_;
    unsigned depth_ = 0; // the holder's
};

} // namespace uk
