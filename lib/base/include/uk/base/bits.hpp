// SPDX-License-Identifier: BSD-3-Clause
// Arithmetic on bits: alignment, powers of two, logarithms, bit search, overflow-checked sums.
//
// All functions are constexpr, pure and may be used anywhere. "unsigned" means an unsigned integer
// type of at most 64 bits; T is deduced from the first argument.
#pragma once

#include <uk/assert.h>
#include <uk/base/result.hpp>

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>

namespace uk {

template <std::unsigned_integral T>
constexpr bool is_pow2(T value) {
    return value != 0 &&
           (value & static_cast<T>(value - 1)) == 0; // std::has_single_bit calls libgcc here
}

/// `value` rounded to a multiple of `align`, a power of two. Rounding up past the largest T wraps
/// to 0: use checked_align_up for a value from outside.
template <std::unsigned_integral T>
constexpr T align_down(T value, std::type_identity_t<T> align) {
    UK_ASSERT(is_pow2(align));
    return static_cast<T>(value & ~(align - 1));
}
template <std::unsigned_integral T>
constexpr T align_up(T value, std::type_identity_t<T> align) {
    UK_ASSERT(is_pow2(align));
    return static_cast<T>((value + (align - 1)) & ~(align - 1));
}
template <std::unsigned_integral T>
constexpr bool is_aligned(T value, std::type_identity_t<T> align) {
    UK_ASSERT(is_pow2(align));
    return (value & (align - 1)) == 0;
}
inline bool is_aligned(const volatile void* p, std::size_t align) {
    return is_aligned(reinterpret_cast<std::uintptr_t>(p), align);
}

/// The quotient, rounded up; no overflow for any n.
template <std::unsigned_integral T>
constexpr T div_round_up(T n, std::type_identity_t<T> d) {
    return static_cast<T>(n / d + (n % d != 0));
}

/// Position of the highest set bit: log2_floor(4096) == 12. value != 0.
template <std::unsigned_integral T>
constexpr unsigned log2_floor(T value) {
    UK_ASSERT(value != 0);
    return static_cast<unsigned>(std::bit_width(value)) - 1;
}
/// The smallest n with (1 << n) >= value: log2_ceil(4097) == 13. value != 0.
template <std::unsigned_integral T>
constexpr unsigned log2_ceil(T value) {
    UK_ASSERT(value != 0);
    return static_cast<unsigned>(std::bit_width(static_cast<T>(value - 1)));
}

template <std::unsigned_integral T>
constexpr unsigned popcount(T value) {
    return static_cast<unsigned>(std::popcount(value));
}
/// Find first (lowest) and last (highest) set bit, counted from 1; 0 when there is none.
template <std::unsigned_integral T>
constexpr unsigned ffs(T value) {
    return value == 0 ? 0 : static_cast<unsigned>(std::countr_zero(value)) + 1;
}
template <std::unsigned_integral T>
constexpr unsigned fls(T value) {
    return static_cast<unsigned>(std::bit_width(value));
}

/// A T with only bit n set, and one with bits hi..lo (inclusive) set.
template <std::unsigned_integral T = std::uint64_t>
constexpr T bit(unsigned n) {
    UK_ASSERT(n < sizeof(T) * 8);
    return static_cast<T>(T{1} << n);
}
template <std::unsigned_integral T = std::uint64_t>
constexpr T bit_mask(unsigned hi, unsigned lo) {
    UK_ASSERT(lo <= hi && hi < sizeof(T) * 8);
    return static_cast<T>((static_cast<T>(~T{0}) >> (sizeof(T) * 8 - 1 - (hi - lo))) << lo);
}

/// Sums that cannot wrap: the exact result, or Errno::overflow. Signed and unsigned.
template <std::integral T>
constexpr Result<T> checked_add(T a, std::type_identity_t<T> b) {
    T sum{};
    if (__builtin_add_overflow(a, b, &sum))
        return Errno::overflow;
    return sum;
}
template <std::integral T>
constexpr Result<T> checked_sub(T a, std::type_identity_t<T> b) {
    T difference{};
    if (__builtin_sub_overflow(a, b, &difference))
        return Errno::overflow;
    return difference;
}
template <std::integral T>
constexpr Result<T> checked_mul(T a, std::type_identity_t<T> b) {
    T product{};
    if (__builtin_mul_overflow(a, b, &product))
        return Errno::overflow;
    return product;
}
template <std::unsigned_integral T>
constexpr Result<T> checked_align_up(T value, std::type_identity_t<T> align) {
    T sum{};
    if (__builtin_add_overflow(value, static_cast<T>(align - 1), &sum))
        return Errno::overflow;
    return align_down(sum, align);
}

} // namespace uk
