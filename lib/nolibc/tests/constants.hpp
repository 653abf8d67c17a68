// SPDX-License-Identifier: BSD-3-Clause
// Private to the tests: how constants of two sets of headers are compared.
#pragma once

#include <stddef.h>

struct NamedNumber {
    const char* name;
    long long value;
};
struct NamedText {
    const char* name;
    const char* value;
};

/// The library's; constants_nolibc.cpp.
extern const NamedNumber* const nolibc_numbers;
extern const size_t nolibc_number_count;
extern const NamedText* const nolibc_texts;
