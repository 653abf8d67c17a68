// SPDX-License-Identifier: BSD-3-Clause
// CondVar: waiting for a change of data that a mutex guards.
//
//     uk::LockGuard guard(g_lock);
//     UK_TRY(g_changed.wait_until(g_lock, [] { return !g_ring.empty(); }, deadline));
#pragma once

#include <uk/base/result.hpp>
#include <uk/lock/mutex.hpp>

namespace uk {

// The name is static text for reports. It must outlive all calls.
template <LockFace S>
class BasicCondVar : LockWord {
  public:
    constexpr BasicCondVar() = default;
    constexpr explicit BasicCondVar(const char* text) : LockWord(text) {}
    BasicCondVar(const BasicCondVar&) = delete;
    BasicCondVar& operator=(const BasicCondVar&) = delete;

    // Gives the mutex back, waits to be woken, and locks the mutex again, also after an error, and
    // without a deadline. No wake-up that comes after the mutex was given back is lost, and none
    // happens for nothing; but others may have changed the data first. The caller holds the mutex.
    // Blocks. Errors: ETIMEDOUT, EINTR. Thread context.
    [[nodiscard]] Result<> wait(BasicMutex<S>& mutex, uint64_t deadline_ns = kNever);

    // Waits until done() is true; called with the mutex held, once at least. Blocks. Errors:
    // ETIMEDOUT, EINTR (it is still false). Thread context.
    template <class Done>
    [[nodiscard]] Result<> wait_until(BasicMutex<S>& mutex, Done done,
                                      uint64_t deadline_ns = kNever) {
        for (Result<> result; !done();) {
            UK_TRY(result);
            result = wait(mutex, deadline_ns);
        }
        return ok();
    }

    // Wakes the most urgent waiter; false when there is none. With the mutex held or without, from
    // anywhere, handlers included. Does not block.
    bool wake_one();
    // Wakes all that wait now and returns how many; interrupts are off meanwhile.
    size_t wake_all();

  private:
    [[no_unique_address]] detail::WaitersLock<S> lock_;
    detail::Waiters<S> waiters_;
};

template <LockFace S>
Result<> BasicCondVar<S>::wait(BasicMutex<S>& mutex, uint64_t deadline_ns) {
    detail::LockWaiter me(S::current());
    Errno how = Errno::ok;
    {
        detail::Section<S> section(lock_);
        waiters_.add(me);
    }
    mutex.unlock();
    {
        detail::Section<S> section(lock_);
        how = waiters_.wait(section, me, deadline_ns, {"condition", this});
    }
    mutex.lock();
    return how;
}

template <LockFace S>
bool BasicCondVar<S>::wake_one() {
    detail::Section<S> section(lock_);
    detail::LockWaiter* first = waiters_.first();
    if (first != nullptr)
        waiters_.grant(*first);
    return first != nullptr;
}

template <LockFace S>
size_t BasicCondVar<S>::wake_all() {
    detail::Section<S> section(lock_);
    size_t count = 0;
    for (; detail::LockWaiter* first = waiters_.first(); count++)
        waiters_.grant(*first);
    return count;
}

} // namespace uk
