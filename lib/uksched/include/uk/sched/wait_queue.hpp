// SPDX-License-Identifier: BSD-3-Clause
// WaitQueue: where threads wait for something that others announce.
//
//     constinit uk::WaitQueue g_filled;
//     g_filled.wait_until([] { return !g_ring.empty(); });     // consumer
//     g_ring.push(x); g_filled.wake_one();                     // producer, also a handler
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/base/rbtree.hpp>
#include <uk/base/result.hpp>
#include <uk/sched/thread.hpp>
#include <uk/spinlock/basic.hpp>

namespace uk {

// Waiters live on the stacks of those who wait: nothing is allocated, waiting cannot fail for lack
// of memory. The most urgent is woken first, among equals the one that came first; urgency is that
// of the moment of waiting. Queueing and waking are O(log waiters). S is a scheduler's face:
// current(), park(), unpark(), Locks.
template <class S>
class BasicWaitQueue {
    using Lock = BasicIrqSpinlock<typename S::Locks, LockRank::wait_queue>;
    using LockState = typename Lock::State;

    struct Waiter {
        Thread* thread = nullptr;
        unsigned priority = 0;
        RbNode<Waiter> node{};
    };
    struct MoreUrgent {
        bool operator()(const Waiter& a, const Waiter& b) const { return a.priority > b.priority; }
    };

  public:
    constexpr BasicWaitQueue() = default;
    BasicWaitQueue(const BasicWaitQueue&) = delete;
    BasicWaitQueue& operator=(const BasicWaitQueue&) = delete;

    // Waits until somebody wakes. Blocks. Errors: ETIMEDOUT.
    [[nodiscard]] Result<> wait(uint64_t deadline_ns = kNever, WaitsFor what = {"wake-up"}) {
        return wait_locked(lock_.lock(), deadline_ns, what);
    }

    // Waits until done() is true. It is called with the queue's lock held and interrupts off, once
    // at least, and again after each wake-up; it may change what it looks at. A change that makes
    // it true is announced by a wake that comes after. Blocks. Errors: ETIMEDOUT.
    template <class Done>
    [[nodiscard]] Result<> wait_until(Done done, uint64_t deadline_ns = kNever,
                                      WaitsFor what = {"condition"}) {
        for (Result<> result;;) {
            LockState state = lock_.lock();
            if (done()) {
                lock_.unlock(state);
                return ok();
            }
            if (!result.ok()) {
                lock_.unlock(state);
                return result;
            }
            result = wait_locked(state, deadline_ns, what);
        }
    }

    // Wakes the first waiter; false when there is none. From anywhere, handlers included.
    bool wake_one() {
        LockGuard guard(lock_);
        return wake_first();
    }
    // Wakes all that wait now, and returns how many. Interrupts are off meanwhile.
    size_t wake_all() {
        LockGuard guard(lock_);
        size_t count = 0;
        while (wake_first())
            count++;
        return count;
    }
    // A glance: may be wrong by the time it is looked at.
    [[nodiscard]] bool empty() const { return waiters_.empty(); }

  private:
    // A waiter leaves only after it took the lock again, so its thread is there while we hold it.
    bool wake_first() {
        Waiter* first = waiters_.min();
        if (first == nullptr)
            return false;
        waiters_.erase(*first);
        S::unpark(*first->thread);
        return true;
    }

    // The lock is held on entry, not on return.
    Result<> wait_locked(LockState state, uint64_t deadline_ns, WaitsFor what) {
        Thread& self = S::current();
        Waiter waiter{&self, self.priority};
        waiters_.insert_multi(waiter);
        lock_.unlock(state);
        for (;;) {
            const Wake how = S::park(deadline_ns, what);
            LockGuard guard(lock_);
            if (!waiter.node.is_linked())
                return ok();
            if (how == Wake::timed_out) {
                waiters_.erase(waiter);
                return Errno::timedout;
            }
        }
    }

    [[no_unique_address]] Lock lock_;
    RbTree<&Waiter::node, MoreUrgent> waiters_;
};

} // namespace uk
