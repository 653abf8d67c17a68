// SPDX-License-Identifier: BSD-3-Clause
// strsep and strtok_r.
#include "string_impl.hpp"

extern "C" char* strsep(char** __restrict string, const char* __restrict delim) {
    char* token = *string;
    if (token == nullptr)
        return nullptr;
    char* end = token + strcspn(token, delim);
    if (*end != '\0')
        *end++ = '\0';
    else
        end = nullptr;
    *string = end;
    return token;
}

extern "C" char* strtok_r(char* __restrict s, const char* __restrict delim,
                          char** __restrict save) {
    if (s == nullptr)
        s = *save;
    s += strspn(s, delim);
    char* end = s + strcspn(s, delim);
    *save = end;
    if (end == s)
        return nullptr;
    if (*end != '\0') {
        *end = '\0';
        *save = end + 1;
    }
    return s;
}
