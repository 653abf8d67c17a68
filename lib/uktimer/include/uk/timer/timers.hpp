// SPDX-License-Identifier: BSD-3-Clause
// BasicTimers: all timers of an image and the thread that serves them, over any scheduler. Users
// include <uk/timer.hpp>; this is for the library itself and for tests.
#pragma once

#include <concepts>
#include <cstdint>

#include <uk/assert.h>
#include <uk/base/atomic.hpp>
#include <uk/base/ref.hpp>
#include <uk/base/result.hpp>
#include <uk/sched/thread.hpp>
#include <uk/sched/wait_queue.hpp>
#include <uk/spinlock/basic.hpp>
#include <uk/timer.hpp>

namespace uk {

// A scheduler's face (uk::sched::Face) and more. All functions are static.
template <class S>
concept TimerFace = requires(ThreadEntry entry, void* argument) {
    { S::current() } -> std::same_as<Thread&>;
    { S::park(kNever, WaitsFor{}) } -> std::same_as<Wake>;
    { S::now() } -> std::same_as<uint64_t>;
    { S::may_block() } -> std::same_as<bool>; // the caller is in thread context
    { S::create(entry, argument) } -> std::same_as<Result<Ref<Thread>>>;
    { S::stopping() } -> std::same_as<bool>; // the thread shall end (tests)
};

// Contracts of the functions: <uk/timer.hpp>, where functions of the same names stand.
template <class S>
class BasicTimers {
    static_assert(TimerFace<S>);
    using Lock = BasicIrqSpinlock<typename S::Locks, LockRank::timer>;

  public:
    constexpr BasicTimers() = default;
    BasicTimers(const BasicTimers&) = delete;
    BasicTimers& operator=(const BasicTimers&) = delete;

    [[nodiscard]] Result<> prepare() {
        return stage_.load_acquire() == kThere ? ok() : make_thread();
    }
    [[nodiscard]] Result<> start(Timer& timer, uint64_t deadline);
    [[nodiscard]] Result<> start_after(Timer& timer, uint64_t ns) {
        uint64_t deadline = 0;
        const bool never = __builtin_add_overflow(S::now(), ns, &deadline);
        return start(timer, never ? kNever : deadline);
    }
    bool cancel(Timer& timer);
    [[nodiscard]] bool try_cancel(Timer& timer) {
        LockGuard guard(lock_);
        unarm(timer);
        return running_ != &timer;
    }
    [[nodiscard]] bool is_armed(const Timer& timer) {
        LockGuard guard(lock_);
        return timer.node_.is_linked();
    }
    // Null before the first start.
    [[nodiscard]] Thread* thread() { return thread_; }

  private:
    enum Stage : uint8_t { kNone, kStarting, kThere };

    [[gnu::noinline]] Result<> make_thread();
    bool unarm(Timer& timer) {
        const bool armed = timer.node_.is_linked();
        if (armed)
            queue_.remove(timer);
        return armed;
    }
    void serve();

    Atomic<uint8_t> stage_{kNone};
    Thread* thread_ = nullptr; // written before kThere, never again; a counted reference
    Lock lock_;                // guards what follows
    Timer::Queue queue_;
    uint64_t looks_at_ = 0;          // when the thread looks at the queue by itself; 0: it does now
    const Timer* running_ = nullptr; // whose function runs; only compared
    unsigned cancels_ = 0;           // who waits for the end of a function
    Atomic<unsigned> calls_{0};      // that have ended; written under the lock
    BasicWaitQueue<S> changed_;      // calls_, stage_
};

template <class S>
Result<> BasicTimers<S>::make_thread() {
    if (!S::may_block())
        return Errno::again;
    while (!stage_.replace_acquire(kNone, kStarting)) {
        if (stage_.load_acquire() == kThere)
            return ok();
        UK_TRY(changed_.wait_until([this] { return stage_.load_acquire() != kStarting; }, kNever,
                                   {"thread of the timers"}));
    }
    auto entry = [](void* timers) -> void* {
        static_cast<BasicTimers*>(timers)->serve();
        return nullptr;
    };
    Result<Ref<Thread>> made = S::create(entry, this);
    if (made.ok())
        thread_ = made.value().release();
    stage_.store_release(made.ok() ? kThere : kNone);
    changed_.wake_all();
    return made.ok() ? ok() : Result<>(made.error());
}

template <class S>
Result<> BasicTimers<S>::start(Timer& timer, uint64_t deadline) {
    UK_TRY(prepare());
    bool sooner = false;
    {
        LockGuard guard(lock_);
        if (timer.cancels_ != 0)
            return ok();
        unarm(timer);
        timer.deadline_ = deadline;
        queue_.add(timer);
        sooner = deadline < looks_at_;
        if (sooner)
            looks_at_ = deadline; // later ones that are not sooner need not wake it
    }
    if (sooner)
        S::unpark(*thread_);
    return ok();
}

template <class S>
bool BasicTimers<S>::cancel(Timer& timer) {
    UK_ASSERT(S::may_block());
    unsigned calls = 0;
    bool armed = false;
    {
        LockGuard guard(lock_);
        armed = unarm(timer);
        if (running_ != &timer || &S::current() == thread_)
            return armed;
        calls = calls_.load_relaxed();
        timer.cancels_++;
        cancels_++;
    }
    UK_MUST(changed_.wait_until([&] { return calls_.load_acquire() != calls; }, kNever,
                                {"a timer's function"}));
    LockGuard guard(lock_);
    timer.cancels_--;
    cancels_--;
    return armed;
}

// The thread. Once the function has been called its timer is not touched any more: it may be gone.
template <class S>
void BasicTimers<S>::serve() {
    while (!S::stopping()) {
        typename Lock::State state = lock_.lock();
        looks_at_ = 0;
        while (Timer* timer = queue_.take_due(queue_.empty() ? 0 : S::now())) {
            const TimerFunction function = timer->function_;
            void* const argument = timer->argument_;
            running_ = timer;
            lock_.unlock(state);
            function(argument);
            state = lock_.lock();
            running_ = nullptr;
            calls_.store_release(calls_.load_relaxed() + 1);
            if (cancels_ != 0)
                changed_.wake_all();
        }
        const uint64_t next = queue_.earliest();
        looks_at_ = next;
        lock_.unlock(state);
        (void)S::park(next, {"timer"}); // what became sooner since has left a permit
    }
}

} // namespace uk
