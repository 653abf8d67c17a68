// SPDX-License-Identifier: BSD-3-Clause
// Private: a number of threads that go on together. Pure.
#pragma once

#include <cstdint>

#include <uk/lock/waiters.hpp>

#include "visitors.hpp"

namespace uk::pthread {

// Begins anew each time that all have come. It may go when nobody waits and nobody is inside.
template <LockFace S>
class Barrier {
    using Section = uk::detail::Section<S>;
    using Waiter = uk::detail::LockWaiter;

  public:
    constexpr explicit Barrier(uint32_t count) : count_(count) {}

    // True for one of them. Blocks until all have come. Errors: EINTR; then the caller has not come
    // yet, and comes again.
    Result<bool> wait() {
        Waiter me(S::current());
        visitors_.enter();
        const Result<bool> result = come(me);
        visitors_.leave();
        return result;
    }
    [[nodiscard]] bool anybody_waits() {
        Section section(lock_);
        return !waiters_.empty();
    }
    [[nodiscard]] bool anybody_inside() const { return visitors_.anybody(); }

  private:
    Result<bool> come(Waiter& me) {
        Section section(lock_);
        if (++here_ == count_) {
            here_ = 0;
            while (Waiter* first = waiters_.first())
                waiters_.grant(*first);
            return true;
        }
        waiters_.add(me);
        const Errno how = waiters_.wait(section, me, kNever, {"barrier"});
        if (how == Errno::ok)
            return false;
        here_--;
        return how;
    }

    uk::detail::Waiters<S> waiters_;
    uint32_t count_;
    uint32_t here_ = 0;
    Visitors visitors_;
    [[no_unique_address]] uk::detail::WaitersLock<S> lock_;
};

} // namespace uk::pthread
