// SPDX-License-Identifier: BSD-3-Clause
// Formats and arguments made at random, printed into strings. Left out is what C leaves to the
// library: %p, %n, %La, the sign of a NaN, how many digits are before the point of a subnormal %a.
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "random.h"

enum { kMost = 1024 };

static char format[128];
static char* end;
static int width, precision; // INT_MIN: not by an argument

static void put(const char* text) {
    end = stpcpy(end, text);
}

static void flags(const char* allowed) {
    while (below(3) == 0)
        *end++ = allowed[below((unsigned)strlen(allowed))];
}

static void field(unsigned most_precision) {
    width = precision = INT_MIN;
    if (below(3) == 0)
        end += sprintf(end, "%d", 1 + (int)below(40));
    else if (below(4) == 0) {
        put("*");
        width = (int)below(60) - 30;
    }
    if (below(3) == 0)
        end += sprintf(end, ".%d", (int)below(most_precision));
    else if (below(6) == 0) {
        put(".*");
        precision = (int)below(most_precision) - 3;
    }
}

static void literal(void) {
    static const char* const kTexts[] = {"", "a", "%%", "[", "text ", "\xc3\xbc", "|", ""};
    put(kTexts[below(8)]);
}

// Prints with what the format needs before its value; `size` cuts off.
#define PRINT(text, size, value)                                                                   \
    (width != INT_MIN       ? precision != INT_MIN                                                 \
                                  ? snprintf(text, size, format, width, precision, value)          \
                                  : snprintf(text, size, format, width, value)                     \
           : precision != INT_MIN ? snprintf(text, size, format, precision, value)                 \
                            : snprintf(text, size, format, value))

static int print_integer(char* text, size_t size) {
    static const char* const kLengths[] = {"hh", "h", "", "l", "ll", "j", "z", "t"};
    const unsigned length = below(8), shift = below(64);
    const uint64_t value = below(4) ? random_bits() >> shift : below(3) - 1u;

    flags("-+ #0");
    field(25);
    put(kLengths[length]);
    *end++ = "diuoxXdd"[below(8)];
    literal();
    switch (length) {
    case 0:
    case 1:
    case 2:
        return PRINT(text, size, (int)value);
    case 3:
        return PRINT(text, size, (long)value);
    case 4:
        return PRINT(text, size, (long long)value);
    case 5:
        return PRINT(text, size, (intmax_t)value);
    case 6:
        return PRINT(text, size, (size_t)value);
    default:
        return PRINT(text, size, (ptrdiff_t)value);
    }
}

static int print_double(char* text, size_t size) {
    double value = random_double();

    flags("-+ #0");
    field(30);
    *end = "eEfFgGgfaA"[below(10)];
    if ((*end | 32) == 'a' && fabs(value) < DBL_MIN)
        value = 0;
    end++;
    literal();
    return PRINT(text, size, value);
}

static int print_long_double(char* text, size_t size) {
    // Eleven bits: with the 53 of a double they fit the shortest long double.
    const long double factor = 1 + (long double)below(1024) / 1024;
    const long double value = (long double)random_double() * factor;

    flags("-+ #0");
    field(90);
    put("L");
    *end++ = "eEfFgG"[below(6)];
    literal();
    return PRINT(text, size, value);
}

static int print_text(char* text, size_t size) {
    static const char* const kTexts[] = {"", "a", "hello",
                                         "a longer text than fields are wide, mostly"};
    static const wchar_t* const kWide[] = {L"", L"a", L"hello",
                                           L"a longer text of wide characters"};
    const unsigned which = below(4), kind = below(4);

    flags("-");
    if (kind < 2) {
        field(20);
        put(kind == 0 ? "s" : "ls");
        literal();
        return kind == 0 ? PRINT(text, size, kTexts[which]) : PRINT(text, size, kWide[which]);
    }
    width = precision = INT_MIN;
    if (below(2))
        end += sprintf(end, "%d", 1 + (int)below(20));
    put(kind == 2 ? "c" : "lc");
    literal();
    return kind == 2 ? PRINT(text, size, 'a' + (int)which)
                     : PRINT(text, size, (wint_t)(L'a' + which));
}

static int print_by_position(char* text, size_t size) {
    static const char* const kFormats[] = {
        "%2$s %1$d %4$.*3$f",
        "%4$g|%1$*3$d|%2$-8s",
        "%1$d %1$x %1$o %2$s %3$i %4$a",
        "%4$e%4$f%2$s%1$+d%3$d",
    };
    put(kFormats[below(4)]);
    const double value = (double)below(10000) / 64;
    const int first = (int)below(1000) - 500, digits = (int)below(12);
    return snprintf(text, size, format, first, "word", digits, value);
}

void print_answers(unsigned count) {
    static int (*const kKinds[])(char*, size_t) = {
        print_integer, print_integer,     print_double, print_double,
        print_double,  print_long_double, print_text,   print_by_position};
    static char text[kMost];

    for (unsigned i = 0; i < count; i++) {
        const unsigned kind = below(8);
        const size_t size = below(8) ? kMost : below(30);
        end = format;
        if (kind != 7) {
            literal();
            put("%");
        }
        memset(format + (end - format), 0, sizeof(format) - (size_t)(end - format));
        memset(text, '~', sizeof(text));
        const int length = kKinds[kind](text, size);
        *end = '\0';
        if (kind == 7 || strchr(format, '*') == NULL)
            width = precision = INT_MIN;
        printf("%u \"%s\" %d %d %zu: %d [%.*s]\n", i, format, width, precision, size, length,
               (int)size, size ? text : "");
        // The other ways to a string and to a stream say the same.
        if (kind == 2) {
            char* made = NULL;
            const double value = random_double();
            const int all = asprintf(&made, "%.10g %d %s", value, (int)count, text);
            char again[2 * kMost];
            if (all != sprintf(again, "%.10g %d %s", value, (int)count, text) ||
                strcmp(made, again) != 0)
                printf("asprintf and sprintf differ: %s, %s\n", made, again);
            free(made);
            printf("%.17g %.3Lf %5.1f|%-12e|\n", value, (long double)value, value, value);
        }
    }
}
