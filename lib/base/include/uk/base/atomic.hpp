// SPDX-License-Identifier: BSD-3-Clause
// Atomic<T>: the few atomic operations that there is use for. The order of each is in its name.
// Inlined even where the compiler expects few calls: a call is longer than they are.
//
// Instead of <atomic>: that header takes the compiler a quarter of a second for each file, and with
// the hosted headers that applications have it needs a system of its own.
#pragma once

#include <type_traits>

namespace uk {

template <class T>
class Atomic {
    static_assert(std::is_scalar_v<T> &&
                  sizeof(T) <= sizeof(void*)); // NOLINT(bugprone-sizeof-expression)

    T value_;

  public:
    constexpr explicit Atomic(T value = T{}) : value_(value) {}
    Atomic(const Atomic&) = delete;
    Atomic& operator=(const Atomic&) = delete;

    [[nodiscard, gnu::always_inline]] T load_relaxed() const {
        return __atomic_load_n(&value_, __ATOMIC_RELAXED);
    }
    [[nodiscard, gnu::always_inline]] T load_acquire() const {
        return __atomic_load_n(&value_, __ATOMIC_ACQUIRE);
    }
    [[gnu::always_inline]] void store_relaxed(T value) {
        __atomic_store_n(&value_, value, __ATOMIC_RELAXED);
    }
    [[gnu::always_inline]] void store_release(T value) {
        __atomic_store_n(&value_, value, __ATOMIC_RELEASE);
    }
    /// These return the value before.
    [[gnu::always_inline]] T fetch_add_relaxed(T by) {
        return __atomic_fetch_add(&value_, by, __ATOMIC_RELAXED);
    }
    [[gnu::always_inline]] T fetch_or_release(T bits) {
        return __atomic_fetch_or(&value_, bits, __ATOMIC_RELEASE);
    }
    [[gnu::always_inline]] T fetch_or_acq_rel(T bits) {
        return __atomic_fetch_or(&value_, bits, __ATOMIC_ACQ_REL);
    }
    [[gnu::always_inline]] T fetch_and_acq_rel(T bits) {
        return __atomic_fetch_and(&value_, bits, __ATOMIC_ACQ_REL);
    }
    [[gnu::always_inline]] T fetch_sub_acq_rel(T by) {
        return __atomic_fetch_sub(&value_, by, __ATOMIC_ACQ_REL);
    }
    [[gnu::always_inline]] T exchange_acquire(T value) {
        return __atomic_exchange_n(&value_, value, __ATOMIC_ACQUIRE);
    }
    [[gnu::always_inline]] T exchange_acq_rel(T value) {
        return __atomic_exchange_n(&value_, value, __ATOMIC_ACQ_REL);
    }
    /// Puts `wanted` in if the value is `expected`; whether it was. Order: acquire, if it was.
    [[gnu::always_inline]] bool replace_acquire(T expected, T wanted) {
        return __atomic_compare_exchange_n(&value_, &expected, wanted, false, __ATOMIC_ACQUIRE,
                                           __ATOMIC_RELAXED);
    }
    /// The same with order release, if it was.
    [[gnu::always_inline]] bool replace_release(T expected, T wanted) {
        return __atomic_compare_exchange_n(&value_, &expected, wanted, false, __ATOMIC_RELEASE,
                                           __ATOMIC_RELAXED);
    }
};

[[gnu::always_inline]] inline void fence_acquire() {
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
}
[[gnu::always_inline]] inline void fence_full() {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

} // namespace uk
