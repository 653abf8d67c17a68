// SPDX-License-Identifier: BSD-3-Clause
// What compilers call for 128-bit integers where the processor has no instruction: division and
// shifts by a distance that is not a constant (names and meaning: GCC internals, "Integer library
// routines"). The compiler's own library is left out, as it may use registers that we reserve.
#include <cstdint>

namespace {

using Wide = unsigned __int128;

// Only shifts by constants here: others would call the functions below.
constexpr uint64_t high(Wide value) {
    return static_cast<uint64_t>(value >> 64);
}
constexpr uint64_t low(Wide value) {
    return static_cast<uint64_t>(value);
}
constexpr Wide join(uint64_t upper, uint64_t lower) {
    return Wide{upper} << 64 | lower;
}

constexpr Wide shift_left(Wide value, unsigned by) {
    if (by >= 64) {
        return join(low(value) << (by - 64), 0);
    }
    return by == 0 ? value : join(high(value) << by | low(value) >> (64 - by), low(value) << by);
}

constexpr Wide shift_right(Wide value, unsigned by) {
    if (by >= 64) {
        return join(0, high(value) >> (by - 64));
    }
    return by == 0 ? value : join(high(value) >> by, high(value) << (64 - by) | low(value) >> by);
}

constexpr unsigned leading_zeros(Wide value) {
    return static_cast<unsigned>(high(value) != 0 ? __builtin_clzll(high(value))
                                                  : 64 + __builtin_clzll(low(value)));
}

struct Quotient {
    Wide whole;
    Wide rest;
};

// Bit by bit, from the divisor's place at the top of the dividend. `by` is not 0.
constexpr Quotient divide(Wide value, Wide by) {
    if (by > value) {
        return {0, value};
    }
    if (high(value) == 0) {
        return {low(value) / low(by), low(value) % low(by)};
    }
    unsigned places = leading_zeros(by) - leading_zeros(value);
    by = shift_left(by, places);
    Quotient result{0, value};
    for (unsigned i = 0; i <= places; i++) {
        result.whole <<= 1;
        if (result.rest >= by) {
            result.rest -= by;
            result.whole |= 1;
        }
        by >>= 1;
    }
    return result;
}

static_assert(divide(~Wide{0}, 10).whole == ~Wide{0} / 10);
static_assert(divide(~Wide{0}, ~Wide{0} - 5).rest == 5);
static_assert(divide(Wide{7} << 100, Wide{3} << 70).rest == (Wide{7} << 100) % (Wide{3} << 70));
static_assert(shift_right(shift_left(Wide{5} << 3, 100), 90) == Wide{5} << 13);

} // namespace

extern "C" {
Wide __udivti3(Wide value, Wide by);
Wide __umodti3(Wide value, Wide by);
Wide __ashlti3(Wide value, int by);
Wide __lshrti3(Wide value, int by);
}

Wide __udivti3(Wide value, Wide by) {
    return divide(value, by).whole;
}

Wide __umodti3(Wide value, Wide by) {
    return divide(value, by).rest;
}

Wide __ashlti3(Wide value, int by) {
    return shift_left(value, static_cast<unsigned>(by));
}

Wide __lshrti3(Wide value, int by) {
    return shift_right(value, static_cast<unsigned>(by));
}
