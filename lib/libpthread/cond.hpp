// SPDX-License-Identifier: BSD-3-Clause
// Private: a condition variable whose waiters give up their mutex themselves. Pure.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/lock/waiters.hpp>

#include "visitors.hpp"

namespace uk::pthread {

// All zero is a new one. It may go when nobody waits and nobody is inside any more.
template <LockFace S>
class Cond : LockWord {
    using Section = uk::detail::Section<S>;
    using Waiter = uk::detail::LockWaiter;

  public:
    // Queues up, calls unlock(), and waits to be woken: no wake-up that comes after unlock() has
    // begun is lost. Blocks. Errors: ETIMEDOUT, EINTR; then none was used up.
    template <class Unlock>
    Result<> wait(Unlock unlock, uint64_t deadline_ns) {
        Waiter me(S::current());
        visitors_.enter();
        {
            Section section(lock_);
            waiters_.add(me);
        }
        unlock();
        Errno how = Errno::ok;
        {
            Section section(lock_);
            how = waiters_.wait(section, me, deadline_ns, {"condition", this});
        }
        visitors_.leave();
        return how;
    }
    // The most urgent waiter; does not block.
    void wake_one() {
        Section section(lock_);
        if (Waiter* first = waiters_.first())
            waiters_.grant(*first);
    }
    // All that wait now; interrupts are off meanwhile.
    void wake_all() {
        Section section(lock_);
        while (Waiter* first = waiters_.first())
            waiters_.grant(*first);
    }
    [[nodiscard]] bool anybody_waits() {
        Section section(lock_);
        return !waiters_.empty();
    }
    [[nodiscard]] bool anybody_inside() const { return visitors_.anybody(); }

  private:
    uk::detail::Waiters<S> waiters_;
    Visitors visitors_;
    [[no_unique_address]] uk::detail::WaitersLock<S> lock_;
};

} // namespace uk::pthread
