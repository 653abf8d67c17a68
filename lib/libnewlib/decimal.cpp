// SPDX-License-Identifier: BSD-3-Clause
// What printf calls for a long double, in place of newlib's ldtoa.c: all digits, not 42, in
// an eighth of its size.
#include "decimal.hpp"

#include <assert.h>
#include <limits.h>
#include <reent.h>
#include <string.h>

namespace decimal = newlib::decimal;

extern "C" _Bigint* _Balloc(_reent* thread, int k); // of newlib: 2 to the k words of the thread
extern "C" void _Bfree(_reent* thread, _Bigint* number);

namespace {

constexpr bool kIsQuad = __LDBL_MANT_DIG__ == 113;
constexpr decimal::Bits kSign = decimal::Bits{1} << (kIsQuad ? 127 : 79);

// What the thread keeps until its next number: newlib's rule, so that the caller frees nothing. The
// caller cannot take an error, so too little memory ends the image, as it does with a double.
char* room(_reent* thread, size_t bytes) {
    if (_Bigint* last = _REENT_MP_RESULT(thread); last != nullptr) {
        last->_k = _REENT_MP_RESULT_K(thread);
        last->_maxwds = 1 << last->_k;
        _Bfree(thread, last);
        _REENT_MP_RESULT(thread) = nullptr;
    }
    int k = 0;
    while ((sizeof(__ULong) << k) < bytes)
        k++;
    _Bigint* const number = _Balloc(thread, k);
    if (number == nullptr)
        __assert_func(__FILE__, __LINE__, nullptr, "memory for the digits of a long double");
    _REENT_MP_RESULT(thread) = number;
    _REENT_MP_RESULT_K(thread) = k;
    return reinterpret_cast<char*>(number->_x);
}

} // namespace

extern "C" {

// 1: not a number, 2: infinite.
int _ldcheck(long double* value) {
    return __builtin_isnan(*value) ? 1 : 2 * (__builtin_isinf(*value) != 0);
}

// The digits of a finite number: in mode 3 `wanted` after the point, otherwise `wanted` in all,
// without zeros at the end; behind them is room for those.
char* _ldtoa_r(_reent* thread, long double value, int mode, int wanted, int* point, int* sign,
               char** end) {
    decimal::Bits bits = 0;
    memcpy(&bits, &value, kIsQuad ? 16 : 10);
    *sign = (bits & kSign) != 0;
    bits &= ~kSign;

    const decimal::Binary parts = decimal::parts<kIsQuad>(bits);
    const size_t limbs = decimal::limbs_of(parts.exponent);
    const size_t extra = static_cast<size_t>(wanted > 0 ? wanted : 0) + 2;
    char* const where = room(thread, limbs * (sizeof(uint32_t) + decimal::kLimbDigits) + extra);
    char* const text = where + limbs * sizeof(uint32_t);
    decimal::Digits digits = {0, 1};
    if (bits != 0) {
        digits = decimal::all_digits(parts, reinterpret_cast<uint32_t*>(where), text);
        const long keep = mode == 3 ? long{digits.point} + wanted : wanted;
        digits = decimal::rounded(text, digits, static_cast<int>(keep < INT_MAX ? keep : INT_MAX));
    }
    if (digits.length == 0 && mode == 3)
        digits.point = -wanted;
    text[digits.length] = '\0';
    *point = digits.point;
    *end = text + digits.length;
    return text;
}

} // extern "C"
