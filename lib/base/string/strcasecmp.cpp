// SPDX-License-Identifier: BSD-3-Clause
// strcasecmp and strncasecmp: ASCII letters only, whatever the locale.
#include "string_impl.hpp"

static int lower(unsigned char c) {
    return static_cast<unsigned>(c) - 'A' < 26U ? c + 32 : c;
}

extern "C" int strncasecmp(const char* a, const char* b, size_t n) {
    for (; n != 0; a++, b++, n--) {
        const int x = lower(static_cast<unsigned char>(*a));
        const int y = lower(static_cast<unsigned char>(*b));
        if (x != y || x == 0)
            return x - y;
    }
    return 0;
}

extern "C" int strcasecmp(const char* a, const char* b) {
    return strncasecmp(a, b, SIZE_MAX);
}
