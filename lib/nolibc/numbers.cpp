// SPDX-License-Identifier: BSD-3-Clause
// strtol and its family, strtod and strtof, and the integer arithmetic of <stdlib.h>.
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

#include "number_scan.hpp"

using nolibc::FloatScanner;
using nolibc::IntegerScanner;

namespace {

const char* skip_space(const char* text) {
    while (isspace(static_cast<unsigned char>(*text))) {
        text++;
    }
    return text;
}

// Feeds a scanner with the text and says where the number ends: at the text itself if there is
// none.
template <class Scanner>
void scan(Scanner& scanner, const char* text, char** end) {
    const char* start = skip_space(text);
    for (const char* p = start; scanner.feed(static_cast<unsigned char>(*p)); p++) {
    }
    if (end != nullptr) {
        *end = const_cast<char*>(scanner.good() != 0 ? start + scanner.good() : text);
    }
}

template <class Result>
Result in_range(Result value, bool range) {
    if (range) {
        errno = ERANGE;
    }
    return value;
}

bool bad_base(const char* text, char** end, int base) {
    if (base == 0 || (base >= 2 && base <= 36)) {
        return false;
    }
    errno = EINVAL;
    if (end != nullptr) {
        *end = const_cast<char*>(text);
    }
    return true;
}

} // namespace

long long strtoll(const char* text, char** end, int base) {
    if (bad_base(text, end, base)) {
        return 0;
    }
    IntegerScanner number(base);
    scan(number, text, end);
    bool range = false;
    long long value = nolibc::signed_value(number, range);
    return in_range(value, range);
}

unsigned long long strtoull(const char* text, char** end, int base) {
    if (bad_base(text, end, base)) {
        return 0;
    }
    IntegerScanner number(base);
    scan(number, text, end);
    bool range = false;
    unsigned long long value = nolibc::unsigned_value(number, range);
    return in_range(value, range);
}

static_assert(sizeof(long) == sizeof(long long) && sizeof(intmax_t) == sizeof(long long));

long strtol(const char* text, char** end, int base) {
    return strtoll(text, end, base);
}

unsigned long strtoul(const char* text, char** end, int base) {
    return strtoull(text, end, base);
}

intmax_t strtoimax(const char* text, char** end, int base) {
    return strtoll(text, end, base);
}

uintmax_t strtoumax(const char* text, char** end, int base) {
    return strtoull(text, end, base);
}

int atoi(const char* text) {
    return static_cast<int>(strtoll(text, nullptr, 10));
}

long atol(const char* text) {
    return strtoll(text, nullptr, 10);
}

long long atoll(const char* text) {
    return strtoll(text, nullptr, 10);
}

double strtod(const char* text, char** end) {
    FloatScanner number;
    scan(number, text, end);
    bool range = false;
    double value = number.to_double(range);
    return in_range(value, range);
}

float strtof(const char* text, char** end) {
    FloatScanner number;
    scan(number, text, end);
    bool range = false;
    float value = number.to_float(range);
    return in_range(value, range);
}

double atof(const char* text) {
    return strtod(text, nullptr);
}

int abs(int value) {
    return value < 0 ? -value : value;
}

long labs(long value) {
    return value < 0 ? -value : value;
}

long long llabs(long long value) {
    return value < 0 ? -value : value;
}

intmax_t imaxabs(intmax_t value) {
    return value < 0 ? -value : value;
}

div_t div(int numerator, int denominator) {
    return {numerator / denominator, numerator % denominator};
}

ldiv_t ldiv(long numerator, long denominator) {
    return {numerator / denominator, numerator % denominator};
}

lldiv_t lldiv(long long numerator, long long denominator) {
    return {numerator / denominator, numerator % denominator};
}

imaxdiv_t imaxdiv(intmax_t numerator, intmax_t denominator) {
    return {numerator / denominator, numerator % denominator};
}
