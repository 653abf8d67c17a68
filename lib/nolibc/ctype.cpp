// SPDX-License-Identifier: BSD-3-Clause
// <ctype.h> of the C locale: arithmetic on ASCII, no table.
#include <ctype.h>

namespace {

constexpr bool between(int c, int low, int high) {
    return static_cast<unsigned>(c) - static_cast<unsigned>(low) <=
           static_cast<unsigned>(high - low);
}

} // namespace

int isdigit(int c) {
    return between(c, '0', '9');
}

int islower(int c) {
    return between(c, 'a', 'z');
}

int isupper(int c) {
    return between(c, 'A', 'Z');
}

int isalpha(int c) {
    return between(c | 0x20, 'a', 'z');
}

int isalnum(int c) {
    return isalpha(c) || isdigit(c);
}

int isxdigit(int c) {
    return isdigit(c) || between(c | 0x20, 'a', 'f');
}

int isblank(int c) {
    return c == ' ' || c == '\t';
}

int isspace(int c) {
    return c == ' ' || between(c, '\t', '\r');
}

int iscntrl(int c) {
    return between(c, 0, 31) || c == 127;
}

int isprint(int c) {
    return between(c, ' ', '~');
}

int isgraph(int c) {
    return between(c, '!', '~');
}

int ispunct(int c) {
    return isgraph(c) && !isalnum(c);
}

int isascii(int c) {
    return between(c, 0, 127);
}

int toascii(int c) {
    return c & 127;
}

int tolower(int c) {
    return isupper(c) ? c + ('a' - 'A') : c;
}

int toupper(int c) {
    return islower(c) ? c - ('a' - 'A') : c;
}
