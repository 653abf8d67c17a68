// SPDX-License-Identifier: BSD-3-Clause
// Numbers written at random, read by strtod and its kin and by sscanf: value, where it ended, errno
// where C says what it is.
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"

static char text[1200];
static char* end;

static void digits(const char* alphabet, unsigned most) {
    for (unsigned n = below(most); n > 0; n--)
        *end++ = alphabet[below((unsigned)strlen(alphabet))];
}

static void choose(const char* const* texts, unsigned count) {
    end = stpcpy(end, texts[below(count)]);
}

static void write_number(void) {
    static const char* const kBefore[] = {"", "", "", " ", "\t-", "-", "+", "0"};
    static const char* const kWords[] = {"inf", "INFINITY", "nan",    "infin",
                                         "NaN", "na",       "nan(1)", "i"};
    static const char* const kExponents[] = {"e", "E", "e-", "e+", "E-", "p", ""};
    static const char* const kAfter[] = {"", "", " ", "x", "e", ".", "5"};
    int precision;

    end = text;
    choose(kBefore, 8);
    switch (below(8)) {
    case 0:
        choose(kWords, 8);
        break;
    case 1:
        precision = 1 + (int)below(25);
        end += sprintf(end, "%.*g", precision, random_double());
        break;
    case 2:
        end = stpcpy(end, below(2) ? "0x" : "0X");
        digits("0123456789abcdefABCDEF", 20);
        if (below(2)) {
            *end++ = '.';
            digits("0123456789abcdef", 20);
        }
        if (below(2))
            end += sprintf(end, "p%d", (int)below(2200) - 1100);
        break;
    default:
        digits("0123456789", below(20) ? 22 : 800);
        if (below(2)) {
            *end++ = '.';
            digits("0123456789", below(20) ? 22 : 300);
        }
        if (below(2)) {
            choose(kExponents, 7);
            end += sprintf(end, "%u", below(below(3) ? 30 : 400));
        }
    }
    choose(kAfter, 7);
    *end = '\0';
}

static unsigned long long bits(double value) {
    unsigned long long made;

    memcpy(&made, &value, sizeof(made));
    return isnan(value) ? 0x7ff8000000000000 : made;
}

static void read_doubles(unsigned number) {
    char* stop;

    errno = 0;
    const double value = strtod(text, &stop);
    const int error = fabs(value) > DBL_MAX || value == 0 ? errno : 0;
    printf("%u \"%s\" strtod %016llx %td %d", number, text, bits(value), stop - text,
           error == ERANGE);
    const float small = strtof(text, &stop);
    printf(" strtof %016llx %td", bits((double)small), stop - text);
    const long double large = strtold(text, &stop);
    printf(" strtold %.20Lg %td", isnan(value) ? 0 : large, stop - text);
    printf(" atof %016llx\n", bits(atof(text)));
}

static void read_integers(unsigned number) {
    static const int kBases[] = {0, 2, 8, 10, 16, 36, 10, 10};
    const int base = kBases[below(8)];
    char* stop;

    errno = 0;
    const long long a = strtoll(text, &stop, base);
    printf("%u \"%s\" %d strtoll %lld %td %d", number, text, base, a, stop - text, errno == ERANGE);
    errno = 0;
    const unsigned long b = strtoul(text, &stop, base);
    printf(" strtoul %lu %td %d", b, stop - text, errno == ERANGE);
    printf(" atoi %d\n", (int)strtol(text, NULL, 10));
}

// Text that fits the format, for the most part.
static void scan(unsigned number) {
    int count, a = -1, b = -1, at = -1;
    unsigned c = 0;
    double d = -1;
    float e = -1;
    char word[40] = "", set[40] = "";
    long long big = -1;

    const uint64_t whole = random_bits(), large = random_bits() >> 1;
    const int precision = 1 + (int)below(16), width = (int)below(12);
    const double first = random_double(), second = random_double();
    const unsigned number_behind = below(1000), place = below(10);
    const char* const digit = below(3) ? "" : "g";

    end = text;
    end += sprintf(end, "%d %x, %.*g;%*g", (int)whole, (unsigned)(whole >> 32), precision, first,
                   width, (double)(float)second);
    end += sprintf(end, " %llx%s abc-%u]", (unsigned long long)large, digit, number_behind);
    if (below(4) == 0)
        text[place] = " -."[below(3)];
    count = sscanf(text, "%d%x , %lf;%f%llx %39[a-c]-%3s%n", &a, &c, &d, &e, &big, set, word, &at);
    printf("%u \"%s\" %d: %d %x %016llx %016llx %llx %s %s %d", number, text, count, a, c, bits(d),
           bits((double)e), big, set, word, at);
    count = sscanf(text, "%4d%*3d%i %2c%39s", &a, &b, set, word);
    printf(" again %d: %d %d %.2s %s\n", count, a, b, set, word);
}

void read_answers(unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        write_number();
        read_doubles(i);
        if (below(2)) {
            const char* const sign = below(2) ? "-" : "";
            end = text + sprintf(text, below(2) ? "%s" : "0x%s", sign);
            digits("0123456789abcdefz", 20);
            *end = '\0';
        }
        read_integers(i);
        scan(i);
    }
}
