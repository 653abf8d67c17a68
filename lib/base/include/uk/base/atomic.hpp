// SPDX-License-Identifier: BSD-3-Clause
// Atomic<T>: the few atomic operations that headers for applications need.
//
// Kernel sources use <atomic>. A header that applications include may not: with the toolchain's
// hosted headers, which applications have, it needs a system of its own. The order of each
// operation is in its name.
#pragma once

#include <type_traits>

namespace uk {

template <class T>
class Atomic {
    static_assert(std::is_integral_v<T> && sizeof(T) <= sizeof(void*));

    T value_;

  public:
    constexpr explicit Atomic(T value = 0) : value_(value) {}
    Atomic(const Atomic&) = delete;
    Atomic& operator=(const Atomic&) = delete;

    [[nodiscard]] T load_relaxed() const { return __atomic_load_n(&value_, __ATOMIC_RELAXED); }
    [[nodiscard]] T load_acquire() const { return __atomic_load_n(&value_, __ATOMIC_ACQUIRE); }
    void store_relaxed(T value) { __atomic_store_n(&value_, value, __ATOMIC_RELAXED); }
    void store_release(T value) { __atomic_store_n(&value_, value, __ATOMIC_RELEASE); }
    /// These return the value before.
    T fetch_add_relaxed(T by) { return __atomic_fetch_add(&value_, by, __ATOMIC_RELAXED); }
    T fetch_or_release(T bits) { return __atomic_fetch_or(&value_, bits, __ATOMIC_RELEASE); }
    T fetch_sub_acq_rel(T by) { return __atomic_fetch_sub(&value_, by, __ATOMIC_ACQ_REL); }
    /// Puts `wanted` in if the value is `expected`; whether it was. Order: acquire, if it was.
    bool replace_acquire(T expected, T wanted) {
        return __atomic_compare_exchange_n(&value_, &expected, wanted, false, __ATOMIC_ACQUIRE,
                                           __ATOMIC_RELAXED);
    }
    /// The same with order release, if it was.
    bool replace_release(T expected, T wanted) {
        return __atomic_compare_exchange_n(&value_, &expected, wanted, false, __ATOMIC_RELEASE,
                                           __ATOMIC_RELAXED);
    }
};

} // namespace uk
