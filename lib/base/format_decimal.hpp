// SPDX-License-Identifier: BSD-3-Clause
// Private to the format engine: the exact decimal expansion of mantissa * 2^exponent, produced as
// far as needed.
//
// The digits form one stream in groups ("limbs") of nine. Position 0 is the first digit of the
// first stored limb, lead() the first digit that is not zero, point() the first digit after the
// decimal point (negative when zero limbs between the point and the first stored limb are left
// out). Positions not stored are zeros.
#pragma once

#include <cstdint>

namespace uk::detail {

template <class Mantissa, int kLimbs, int kWords>
class Decimal {
    static constexpr std::uint32_t kBase = 1000000000;
    static constexpr std::uint32_t kPow10[10] = {1,      10,      100,      1000,      10000,
                                                 100000, 1000000, 10000000, 100000000, kBase};

    std::uint32_t
        limbs_[kLimbs + 1]; // limb 0 stands at limbs_[first_]; one spare in front for a carry
    int first_ = 1;
    int count_ = 0;
    int point_ = 0; // limbs before the decimal point
    // The binary fraction still to be converted: words_[low_..top_) of words_[0..width_),
    // little-endian, the binary point above words_[width_ - 1]. Empty (low_ == top_) when all
    // digits are stored.
    std::uint32_t words_[kWords];
    int low_ = 0;
    int top_ = 0;
    int width_ = 0;

    std::uint32_t& limb(int i) { return limbs_[first_ + i]; }

    /// Integer * 2^shift + carry, in limbs that are little-endian for the time being.
    void multiply_integer(unsigned shift) {
        std::uint64_t carry = 0;
        for (int i = 0; i < count_; i++) {
            carry += static_cast<std::uint64_t>(limb(i)) << shift;
            limb(i) = static_cast<std::uint32_t>(carry % kBase);
            carry /= kBase;
        }
        for (; carry != 0; carry /= kBase)
            limb(count_++) = static_cast<std::uint32_t>(carry % kBase);
    }

    void set_integer(Mantissa integer, int exponent) {
        for (; integer != 0; integer /= kBase)
            limb(count_++) = static_cast<std::uint32_t>(integer % kBase);
        for (; exponent > 0; exponent -= 32)
            multiply_integer(exponent < 32 ? static_cast<unsigned>(exponent) : 32);
        for (int i = 0, j = count_ - 1; i < j; i++, j--) {
            const std::uint32_t t = limb(i);
            limb(i) = limb(j);
            limb(j) = t;
        }
        point_ = count_;
    }

    /// fraction / 2^bits, fraction < 2^bits.
    void set_fraction(Mantissa fraction, int bits) {
        width_ = (bits + 31) / 32;
        const int slack = width_ * 32 - bits; // 0..31: moves the binary point to a word boundary
        std::uint32_t carry = 0;
        for (; fraction != 0 || carry != 0; top_++) {
            const auto word = static_cast<std::uint32_t>(fraction);
            words_[top_] = word << slack | carry;
            carry = slack == 0 ? 0 : word >> (32 - slack);
            fraction >>= 32;
        }
        drop_zero_words();
    }

    void drop_zero_words() {
        while (low_ < top_ && words_[low_] == 0)
            low_++;
    }

    bool exact() const { return low_ == top_; }

    /// The next nine digits of the fraction.
    std::uint32_t next_limb() {
        std::uint64_t carry = 0;
        for (int i = low_; i < top_; i++) {
            carry += static_cast<std::uint64_t>(words_[i]) * kBase;
            words_[i] = static_cast<std::uint32_t>(carry);
            carry >>= 32;
        }
        if (top_ < width_ && carry != 0) {
            words_[top_++] = static_cast<std::uint32_t>(carry);
            carry = 0;
        }
        drop_zero_words();
        return static_cast<std::uint32_t>(carry);
    }

    /// Stores limbs until limb `index` is there or nothing is left.
    void produce(long long index) {
        while (count_ <= index && !exact())
            limb(count_++) = next_limb();
    }

    void add_one_before(int index) { // carries into the limbs in front of `index`
        for (int i = index - 1; i >= 0; i--) {
            if (++limb(i) < kBase)
                return;
            limb(i) = 0;
        }
        limbs_[--first_] = 1;
        count_++;
        point_++;
    }

  public:
    Decimal(Mantissa mantissa, int exponent) {
        constexpr int kBits = sizeof(Mantissa) * 8;
        if (exponent >= 0) {
            set_integer(mantissa, exponent);
            return;
        }
        const int bits = -exponent;
        if (bits < kBits) {
            set_integer(mantissa >> bits, 0);
            mantissa &= (Mantissa{1} << bits) - 1;
        }
        set_fraction(mantissa, bits);
        if (count_ != 0 || exact())
            return;
        // No integer part: leave out zero limbs, so that the first stored limb is not zero.
        std::uint32_t first = next_limb();
        for (; first == 0; point_--)
            first = next_limb();
        limb(count_++) = first;
    }
    Decimal(const Decimal&) = delete;
    Decimal& operator=(const Decimal&) = delete;

    long long point() const { return 9LL * point_; }
    long long stored() const { return 9LL * count_; }
    long long lead() {
        if (count_ == 0)
            return 0;
        int digits = 1;
        while (digits < 9 && limb(0) >= kPow10[digits])
            digits++;
        return 9 - digits;
    }
    /// The exponent in d.ddd * 10^x; 0 for the value zero.
    int exponent10() { return count_ == 0 ? 0 : static_cast<int>(point() - lead() - 1); }
    /// Digits from lead() to the last one stored that is not zero.
    long long significant() {
        long long end = stored();
        for (int i = count_ - 1; i >= 0; i--, end -= 9) {
            if (limb(i) == 0)
                continue;
            for (std::uint32_t v = limb(i); v % 10 == 0; v /= 10)
                end--;
            return end - lead();
        }
        return 0;
    }

    /// Rounds so that no digit at or behind `position` is left (to nearest, ties to even).
    void round_at(long long position) {
        if (position < 0) { // in the zeros in front of the first stored limb, and not next to it
            count_ = 0;
            low_ = top_;
            return;
        }
        produce(position / 9);
        const long long index_wide = position / 9;
        if (index_wide >= count_)
            return; // exact before the cut
        const int index = static_cast<int>(index_wide);
        const std::uint32_t unit = kPow10[9 - position % 9]; // 10 .. 10^9
        const std::uint32_t rest = limb(index) % unit;
        const std::uint32_t kept = limb(index) - rest;
        bool more = !exact();
        for (int i = index + 1; i < count_ && !more; i++)
            more = limb(i) != 0;
        const bool odd =
            unit == kBase ? index > 0 && limb(index - 1) % 2 != 0 : kept / unit % 2 != 0;
        const bool up = rest > unit / 2 || (rest == unit / 2 && (more || odd));
        low_ = top_ = 0;
        count_ = index + 1;
        limb(index) = kept;
        if (!up)
            return;
        if (unit == kBase || (limb(index) += unit) == kBase) {
            limb(index) = 0;
            add_one_before(index);
        }
    }

    /// Writes the digits of limb i from digit `skip` on; returns how many (9 - skip).
    int limb_text(int i, int skip, char* text) {
        std::uint32_t value = limb(i);
        for (int d = 8; d >= skip; d--, value /= 10)
            text[d - skip] = static_cast<char>('0' + value % 10);
        return 9 - skip;
    }
};

} // namespace uk::detail
