// SPDX-License-Identifier: BSD-3-Clause
// What <string.h> and <strings.h> have beyond lib/base: state, heap, bits, old names.
#include <stdlib.h>
#include <string.h>

int strcoll(const char* a, const char* b) {
    return strcmp(a, b);
}

size_t strxfrm(char* dst, const char* src, size_t n) {
    size_t length = strlen(src);
    if (n > length) {
        memcpy(dst, src, length + 1);
    }
    return length;
}

char* strtok(char* s, const char* delim) {
    static char* rest;
    return strtok_r(s, delim, &rest);
}

static char* duplicate(const char* s, size_t length) {
    char* copy = static_cast<char*>(malloc(length + 1));
    if (copy != nullptr) {
        memcpy(copy, s, length);
        copy[length] = '\0';
    }
    return copy;
}

char* strdup(const char* s) {
    return duplicate(s, strlen(s));
}

char* strndup(const char* s, size_t n) {
    return duplicate(s, strnlen(s, n));
}

int ffs(int value) {
    return __builtin_ffs(value);
}

int ffsl(long value) {
    return __builtin_ffsl(value);
}

int ffsll(long long value) {
    return __builtin_ffsll(value);
}

void bcopy(const void* src, void* dst, size_t n) {
    memmove(dst, src, n);
}

void bzero(void* dst, size_t n) {
    memset(dst, 0, n);
}

char* index(const char* s, int c) {
    return strchr(s, c);
}

char* rindex(const char* s, int c) {
    return strrchr(s, c);
}
