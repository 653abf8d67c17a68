// SPDX-License-Identifier: BSD-3-Clause
// Private to the format engine: what its integer core (format.cpp) and its floating-point part
// (format_float.cpp) share.
#pragma once

#include <uk/format.h>

#include <climits>
#include <cstdarg>
#include <cstddef>

namespace uk::detail {

/// One conversion, as parsed from the format.
struct FormatSpec {
    static constexpr unsigned kLeft = 1;  // -
    static constexpr unsigned kPlus = 2;  // +
    static constexpr unsigned kSpace = 4; // blank
    static constexpr unsigned kAlt = 8;   // #
    static constexpr unsigned kZero = 16; // 0

    enum class Length : unsigned char { none, hh, h, l, ll, j, z, t };

    unsigned flags = 0;
    int width = 0;
    int precision = -1; // -1: none given
    Length length = Length::none;
    char conversion = 0; // 0: the format is not understood

    bool has(unsigned flag) const { return (flags & flag) != 0; }
    bool upper() const { return conversion >= 'A' && conversion <= 'Z'; }
    /// '-', '+', ' ' or 0.
    char sign(bool negative) const {
        return negative ? '-' : has(kPlus) ? '+' : has(kSpace) ? ' ' : '\0';
    }
};

/// The way out: counts, stops at the first failure.
class FormatOutput {
    uk_format_sink sink_;
    void* ctx_;
    std::size_t total_ = 0; // <= INT_MAX
    int error_ = 0;

  public:
    FormatOutput(uk_format_sink sink, void* ctx) : sink_(sink), ctx_(ctx) {}

    bool failed() const { return error_ < 0; }
    void fail(int error) {
        if (!failed())
            error_ = error;
    }
    int result() const { return failed() ? error_ : static_cast<int>(total_); }

    void write(const char* data, std::size_t len);
    /// `n` times the character c, a blank or '0'; nothing when n <= 0.
    void fill(char c, long long n);
};

/// A va_list that can be handed on by reference on every ABI.
struct FormatArgs {
    va_list ap;
};

/// Formats one of a A e E f F g G. Only in images with floating-point formatting.
void format_float(FormatOutput& out, const FormatSpec& spec, FormatArgs& args);

} // namespace uk::detail
