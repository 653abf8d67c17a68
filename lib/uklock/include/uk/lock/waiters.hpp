// SPDX-License-Identifier: BSD-3-Clause
// For the locks of this library: the threads that wait for one, and the lock over their list.
#pragma once

#include <concepts>
#include <cstdint>

#include <uk/base/rbtree.hpp>
#include <uk/sched/thread.hpp>
#include <uk/spinlock/basic.hpp>

namespace uk {

// What a sleeping lock asks of a scheduler; all static. <uk/lock.hpp> has that of this image.
//
// A face may also have `bool interrupted()`: somebody has unparked the calling thread because it
// has something else to do first, a signal's handler for example. Whatever waits then gives up with
// EINTR where that is said; without it nothing does, and no code is there for it.
template <class S>
concept LockFace = LockMachine<typename S::Locks> &&
    requires(Thread& thread, uint64_t deadline_ns, WaitsFor what) {
    requires std::same_as<decltype(S::kLockChecks), const bool>; // look for cycles of mutexes
    { S::current() } -> std::same_as<Thread&>;
    { S::park(deadline_ns, what) } -> std::same_as<Wake>;
    { S::unpark(thread) } -> std::same_as<void>;
};

namespace detail {

template <class S>
inline bool interrupted() {
    if constexpr (requires { S::interrupted(); })
        return S::interrupted();
    return false;
}

// On the stack of the thread that waits. It leaves only after it took the list's lock again, so
// whoever holds that lock may use the thread of each waiter.
struct LockWaiter {
    explicit LockWaiter(Thread& self) : thread(self), priority(self.priority) {}

    Thread& thread;
    unsigned priority;  // that of the moment of waiting
    bool woken = false; // told to look again, and has not done so yet
    RbNode<LockWaiter> node{};
};

template <class S>
using WaitersLock = BasicIrqSpinlock<typename S::Locks, LockRank::wait_queue>;

// Holds such a lock while it lives, but for the times between open() and close().
template <class S>
class Section {
  public:
    explicit Section(WaitersLock<S>& lock) : lock_(lock), state_(lock.lock()) {}
    ~Section() { lock_.unlock(state_); }
    Section(const Section&) = delete;
    Section& operator=(const Section&) = delete;

    void open() { lock_.unlock(state_); }
    void close() { state_ = lock_.lock(); }

  private:
    WaitersLock<S>& lock_;
    typename WaitersLock<S>::State state_;
};

// The most urgent first, among equals the one that came first. All under the lock; O(log n).
template <class S>
class Waiters {
    struct MoreUrgent {
        bool operator()(const LockWaiter& a, const LockWaiter& b) const {
            return a.priority > b.priority;
        }
    };

  public:
    constexpr Waiters() = default;

    void add(LockWaiter& waiter) { tree_.insert_multi(waiter); }
    void remove(LockWaiter& waiter) { tree_.erase(waiter); }
    [[nodiscard]] LockWaiter* first() const { return tree_.min(); }
    [[nodiscard]] LockWaiter* next(LockWaiter& waiter) const { return tree_.next(waiter); }
    [[nodiscard]] bool empty() const { return tree_.empty(); }
    [[nodiscard]] bool only(LockWaiter& waiter) const {
        return first() == &waiter && next(waiter) == nullptr;
    }

    // Ends the wait of one of them: it has got what it waits for.
    void grant(LockWaiter& waiter) {
        remove(waiter);
        S::unpark(waiter.thread);
    }

    // Waits until somebody grants; the waiter is out of the list then. Errors: ETIMEDOUT, EINTR
    // (interrupted).
    [[nodiscard]] Errno wait(Section<S>& section, LockWaiter& me, uint64_t deadline_ns,
                             WaitsFor what) {
        while (me.node.is_linked()) {
            bool timed_out = false;
            if (!interrupted<S>()) {
                section.open();
                timed_out = S::park(deadline_ns, what) == Wake::timed_out;
                section.close();
            }
            if (me.node.is_linked() && (timed_out || interrupted<S>())) {
                remove(me);
                return timed_out ? Errno::timedout : Errno::intr;
            }
        }
        return Errno::ok;
    }

  private:
    RbTree<&LockWaiter::node, MoreUrgent> tree_;
};

// Ends of misuse; `lock` is "mutex" or so. They panic and name all that have to do with it.
[[noreturn, gnu::cold]] void lock_held_already(const char* lock, const char* name,
                                               const Thread& self);
[[noreturn, gnu::cold]] void lock_not_held(const char* lock, const char* name, const Thread& self,
                                           const Thread* holder);

// Panics when waiting for `lock` would end a circle of threads that wait for one another. All
// blocked_on are guarded by a lock that the caller holds.
void lock_cycle_check(const Thread& self, const LockWord& lock);

} // namespace detail
} // namespace uk
