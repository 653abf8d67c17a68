// SPDX-License-Identifier: BSD-3-Clause
// Completion: something that happens once, and threads that wait for it.
#pragma once

#include <uk/base/result.hpp>
#include <uk/lock/waiters.hpp>

namespace uk {

// May live on the stack of the only thread that waits: complete() does not touch it any more when
// wait() returns success. The name is static text for reports.
template <LockFace S>
class BasicCompletion : LockWord {
  public:
    constexpr BasicCompletion() = default;
    constexpr explicit BasicCompletion(const char* text) : LockWord(text) {}
    BasicCompletion(const BasicCompletion&) = delete;
    BasicCompletion& operator=(const BasicCompletion&) = delete;

    // It has happened: everybody who waits goes on, who comes later does not wait. From anywhere,
    // handlers included; does not block; interrupts are off for O(waiters log waiters).
    void complete();
    // Blocks until it has happened. Errors: ETIMEDOUT, EINTR. Thread context.
    [[nodiscard]] Result<> wait(uint64_t deadline_ns = kNever);
    // A glance: not enough to let the completion go. From anywhere.
    [[nodiscard]] bool is_complete() const { return done_.load_acquire(); }
    // It can happen once more. From anywhere, while nobody waits.
    void reset() { done_.store_relaxed(false); }

  private:
    Atomic<bool> done_{false};
    [[no_unique_address]] detail::WaitersLock<S> lock_;
    detail::Waiters<S> waiters_;
};

template <LockFace S>
void BasicCompletion<S>::complete() {
    detail::Section<S> section(lock_);
    done_.store_release(true);
    while (detail::LockWaiter* first = waiters_.first())
        waiters_.grant(*first);
}

template <LockFace S>
Result<> BasicCompletion<S>::wait(uint64_t deadline_ns) {
    detail::LockWaiter me(S::current());
    detail::Section<S> section(lock_);
    if (done_.load_relaxed())
        return ok();
    waiters_.add(me);
    return waiters_.wait(section, me, deadline_ns, {"completion", this});
}

} // namespace uk
