// SPDX-License-Identifier: BSD-3-Clause
// The two spinning locks as templates over a machine; <uk/spinlock.hpp> binds them to this image's.
#pragma once

#include <concepts>
#include <type_traits>

#include <uk/spinlock/rank.hpp>
#include <uk/spinlock/spin_word.hpp>

namespace uk {

// What a lock asks of the machine. All functions are static and inline.
template <class M>
concept LockMachine = requires(typename M::IrqState state, LockRank rank) {
    { M::irq_save() } -> std::same_as<typename M::IrqState>; // as in <uk/hal/irq.hpp>
    { M::irq_restore(state) } -> std::same_as<void>;
    { M::relax() } -> std::same_as<void>;
    { M::preempt_disable() } -> std::same_as<void>; // counts up, for this CPU
    { M::preempt_enable() } -> std::same_as<void>;  // counts down; the last one may switch threads
    { M::rank_push(rank) } -> std::same_as<void>;   // this CPU's HeldRanks
    { M::rank_pop(rank) } -> std::same_as<void>;
    requires std::same_as<decltype(M::kManyCpus), const bool>; // otherwise nobody to spin against
    requires std::same_as<decltype(M::kPreempts), const bool>; // threads are switched unasked
    requires std::same_as<decltype(M::kChecks), const bool>;   // ranks are checked
};

namespace detail {

struct NoWord {
    template <class Relax>
    void lock(Relax /*relax*/) {}
    [[nodiscard]] bool try_lock() { return true; }
    void unlock() {}
};

template <LockMachine M>
struct Relax {
    void operator()() const { M::relax(); }
};

// What both locks have: the word when there are several CPUs, the rank when ranks are checked.
template <LockMachine M, LockRank kRank>
class SpinCore {
  protected:
    void acquire() {
        if constexpr (M::kChecks)
            M::rank_push(kRank);
        word_.lock(Relax<M>{});
    }
    [[nodiscard]] bool try_acquire() {
        if (!word_.try_lock())
            return false;
        if constexpr (M::kChecks)
            M::rank_push(kRank);
        return true;
    }
    void release() {
        word_.unlock();
        if constexpr (M::kChecks)
            M::rank_pop(kRank);
    }

  private:
    [[no_unique_address]] std::conditional_t<M::kManyCpus, SpinWord, NoWord> word_{};
};

// Keeps the compiler from moving accesses out of a section that no atomic operation guards.
inline void compiler_barrier() {
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

// Whether a Spinlock of this machine does anything.
template <LockMachine M>
inline constexpr bool kSpinlockIsReal = M::kManyCpus || M::kPreempts || M::kChecks;

} // namespace detail

// Against threads and other CPUs, never against interrupt handlers. Disables preemption while held;
// the holder may not block. Nothing at all with one CPU and no preemption. Thread context only.
template <LockMachine M, LockRank kRank>
class BasicSpinlock : detail::SpinCore<M, kRank> {
    using Core = detail::SpinCore<M, kRank>;

  public:
    struct State {};

    constexpr BasicSpinlock() = default;
    BasicSpinlock(const BasicSpinlock&) = delete;
    BasicSpinlock& operator=(const BasicSpinlock&) = delete;

    State lock() {
        if constexpr (M::kPreempts)
            M::preempt_disable();
        Core::acquire();
        if constexpr (detail::kSpinlockIsReal<M>)
            detail::compiler_barrier();
        return {};
    }
    void unlock(State /*state*/ = {}) {
        if constexpr (detail::kSpinlockIsReal<M>)
            detail::compiler_barrier();
        Core::release();
        if constexpr (M::kPreempts)
            M::preempt_enable();
    }
};

// Against everything: threads, other CPUs, and handlers on this one, since interrupts are off while
// it is held. The only lock a handler may take. The holder may not block. From anywhere.
template <LockMachine M, LockRank kRank>
class BasicIrqSpinlock : detail::SpinCore<M, kRank> {
    using Core = detail::SpinCore<M, kRank>;

  public:
    using State = typename M::IrqState;

    constexpr BasicIrqSpinlock() = default;
    BasicIrqSpinlock(const BasicIrqSpinlock&) = delete;
    BasicIrqSpinlock& operator=(const BasicIrqSpinlock&) = delete;

    [[nodiscard]] State lock() {
        State state = M::irq_save();
        if constexpr (M::kPreempts)
            M::preempt_disable();
        Core::acquire();
        return state;
    }
    // `state` is what lock() returned. Interrupts come back first: what was pending is delivered
    // before this CPU looks whether another thread should run.
    void unlock(State state) {
        Core::release();
        M::irq_restore(state);
        if constexpr (M::kPreempts)
            M::preempt_enable();
    }

    // For those who have interrupts off before and after, as the scheduler has across a switch: no
    // preemption point at the end.
    void lock_irqs_off() { Core::acquire(); }
    void unlock_irqs_off() { Core::release(); }
};

// Holds a lock while it lives.
template <class Lock>
class [[nodiscard]] LockGuard {
  public:
    explicit LockGuard(Lock& lock) : lock_(lock), state_(lock.lock()) {}
    ~LockGuard() { lock_.unlock(state_); }
    LockGuard(const LockGuard&) = delete;
    LockGuard& operator=(const LockGuard&) = delete;

  private:
    Lock& lock_;
    [[no_unique_address]] typename Lock::State state_;
};

// Data that can only be reached while its lock is held:
//     constinit Guarded<Table, Spinlock<LockRank::subsystem>> g_table;
//     auto table = g_table.lock(); table->insert(x);
//     g_table.with([](Table& t) { return t.size(); });
template <class T, class Lock>
class Guarded {
  public:
    class [[nodiscard]] Access {
      public:
        explicit Access(Guarded& owner) : owner_(owner), guard_(owner.lock_) {}
        T& operator*() { return owner_.value_; }
        T* operator->() { return &owner_.value_; }

      private:
        Guarded& owner_;
        LockGuard<Lock> guard_;
    };

    template <class... Args>
    constexpr explicit Guarded(Args&&... args) : value_(static_cast<Args&&>(args)...) {}

    Access lock() { return Access(*this); }
    template <class Work>
    decltype(auto) with(Work work) {
        LockGuard guard(lock_);
        return work(value_);
    }

  private:
    [[no_unique_address]] Lock lock_;
    T value_;
};

} // namespace uk
