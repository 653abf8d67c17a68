// SPDX-License-Identifier: BSD-3-Clause
// The scanf family: one engine over a string or a stream, which it never reads further than one
// character past the last match.
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "number_scan.hpp"
#include "locks.hpp"

namespace {

// Where characters come from: a text, or else a stream.
class Source {
    const char* text_;
    FILE* stream_;

  public:
    size_t taken = 0;

    Source(const char* text, FILE* stream) : text_(text), stream_(stream) {}

    int get() {
        int c;
        if (stream_ != nullptr) {
            c = fgetc(stream_);
        } else {
            c = *text_ != '\0' ? static_cast<unsigned char>(*text_++) : EOF;
        }
        taken += c != EOF ? 1 : 0;
        return c;
    }

    void unget(int c) {
        if (c == EOF) {
            return;
        }
        taken--;
        if (stream_ != nullptr) {
            ungetc(c, stream_);
        } else {
            text_--;
        }
    }

    // Skips white space; false at the end of the input.
    bool skip_space() {
        int c = get();
        while (isspace(c)) {
            c = get();
        }
        unget(c);
        return c != EOF;
    }
};

enum class Length : uint8_t { none, hh, h, l, ll };

struct Conversion {
    bool discard = false;
    size_t width = 0; // 0: none given
    Length length = Length::none;
    char letter = 0;
};

// The characters between the brackets of %[...].
class CharSet {
    uint8_t bits_[32] = {};

  public:
    void add(unsigned char c) { bits_[c / 8] |= static_cast<uint8_t>(1U << c % 8); }
    bool has(int c) const { return c != EOF && (bits_[c / 8] >> c % 8 & 1) != 0; }
    void invert() {
        for (uint8_t& byte : bits_) {
            byte = static_cast<uint8_t>(~byte);
        }
    }

    // Reads the set behind "%["; returns where it ends, nullptr if it does not.
    const char* parse(const char* format) {
        bool inverted = *format == '^';
        format += inverted ? 1 : 0;
        for (bool first = true; *format != ']' || first; first = false, format++) {
            if (*format == '\0') {
                return nullptr;
            }
            unsigned from = static_cast<unsigned char>(format[0]);
            unsigned to = from;
            if (format[1] == '-' && format[2] != ']' && format[2] != '\0') {
                to = static_cast<unsigned char>(format[2]);
                format += 2;
            }
            for (unsigned c = from; c <= to; c++) {
                add(static_cast<unsigned char>(c));
            }
        }
        if (inverted) {
            invert();
        }
        return format + 1;
    }
};

// What one step of the format came to.
enum class Outcome : uint8_t { matched, mismatch, end };

class Scan {
    Source& source_;
    struct Args {
        va_list ap;
    } args_;
    int assigned_ = 0;

    void store_integer(const Conversion& conversion, uint64_t value);
    Outcome integer(const Conversion& conversion, int base, bool is_signed);
    Outcome floating(const Conversion& conversion);
    Outcome text(const Conversion& conversion, const CharSet& set, bool terminate);
    Outcome convert(const Conversion& conversion, const CharSet& set);
    const char* parse(const char* format, Conversion& conversion, CharSet& set);

  public:
    Scan(Source& source, va_list ap) : source_(source) { va_copy(args_.ap, ap); }
    void finish() { va_end(args_.ap); }
    int run(const char* format);
};

void Scan::store_integer(const Conversion& conversion, uint64_t value) {
    void* where = va_arg(args_.ap, void*);
    switch (conversion.length) {
    case Length::hh:
        *static_cast<signed char*>(where) = static_cast<signed char>(value);
        break;
    case Length::h:
        *static_cast<short*>(where) = static_cast<short>(value);
        break;
    case Length::none:
        *static_cast<int*>(where) = static_cast<int>(value);
        break;
    default:
        *static_cast<long*>(where) = static_cast<long>(value);
        break;
    }
}

// Feeds a number scanner with at most `width` characters.
template <class Scanner>
Outcome feed(Source& source, Scanner& scanner, size_t width) {
    int c = EOF;
    for (size_t left = width != 0 ? width : SIZE_MAX; left > 0; left--) {
        c = source.get();
        if (c == EOF || !scanner.feed(c)) {
            source.unget(c);
            break;
        }
    }
    return scanner.length() != 0 && scanner.good() == scanner.length() ? Outcome::matched
                                                                       : Outcome::mismatch;
}

Outcome Scan::integer(const Conversion& conversion, int base, bool is_signed) {
    nolibc::IntegerScanner number(base);
    Outcome outcome = feed(source_, number, conversion.width);
    if (outcome != Outcome::matched || conversion.discard) {
        return outcome;
    }
    bool range = false;
    uint64_t value = is_signed ? static_cast<uint64_t>(nolibc::signed_value(number, range))
                               : nolibc::unsigned_value(number, range);
    if (range) {
        errno = ERANGE;
    }
    Conversion pointer_sized = conversion;
    if (conversion.letter == 'p') {
        pointer_sized.length = Length::l;
    }
    store_integer(pointer_sized, value);
    assigned_++;
    return outcome;
}

Outcome Scan::floating(const Conversion& conversion) {
#ifdef CONFIG_LIBNOLIBC_FLOAT
    nolibc::FloatScanner number;
    Outcome outcome = feed(source_, number, conversion.width);
    if (outcome != Outcome::matched || conversion.discard) {
        return outcome;
    }
    bool range = false;
    if (conversion.length == Length::none) {
        *va_arg(args_.ap, float*) = number.to_float(range);
    } else {
        *va_arg(args_.ap, double*) = number.to_double(range);
    }
    if (range) {
        errno = ERANGE;
    }
    assigned_++;
    return outcome;
#else
    (void)conversion;
    return Outcome::mismatch;
#endif
}

// %c, %s and %[: characters of the set, up to the width.
Outcome Scan::text(const Conversion& conversion, const CharSet& set, bool terminate) {
    char* to = conversion.discard ? nullptr : va_arg(args_.ap, char*);
    size_t limit = conversion.width != 0 ? conversion.width : SIZE_MAX;
    size_t count = 0;
    int c = EOF;
    while (count < limit) {
        c = source_.get();
        if (!set.has(c)) {
            source_.unget(c);
            break;
        }
        if (to != nullptr) {
            to[count] = static_cast<char>(c);
        }
        count++;
    }
    if (count == 0) {
        return c == EOF ? Outcome::end : Outcome::mismatch;
    }
    if (!terminate && count < limit) { // %5c wants five
        return Outcome::mismatch;
    }
    if (to != nullptr) {
        if (terminate) {
            to[count] = '\0';
        }
        assigned_++;
    }
    return Outcome::matched;
}

Outcome Scan::convert(const Conversion& conversion, const CharSet& set) {
    switch (conversion.letter) {
    case 'd':
        return integer(conversion, 10, true);
    case 'i':
        return integer(conversion, 0, true);
    case 'u':
        return integer(conversion, 10, false);
    case 'o':
        return integer(conversion, 8, false);
    case 'x':
    case 'X':
    case 'p':
        return integer(conversion, 16, false);
    case 'a':
    case 'A':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        return floating(conversion);
    case 'c':
        return text(conversion, set, false);
    case 's':
    case '[':
        return text(conversion, set, true);
    default:
        return Outcome::mismatch;
    }
}

// Reads what stands behind '%'; returns where it ends, nullptr if it is not understood.
const char* Scan::parse(const char* format, Conversion& conversion, CharSet& set) {
    if (*format == '*') {
        conversion.discard = true;
        format++;
    }
    for (; isdigit(static_cast<unsigned char>(*format)); format++) {
        size_t digit = static_cast<size_t>(*format - '0');
        conversion.width =
            conversion.width < INT_MAX ? conversion.width * 10 + digit : conversion.width;
    }
    switch (*format) {
    case 'h':
        format++;
        conversion.length = *format == 'h' ? Length::hh : Length::h;
        format += *format == 'h' ? 1 : 0;
        break;
    case 'l':
        format++;
        conversion.length = *format == 'l' ? Length::ll : Length::l;
        format += *format == 'l' ? 1 : 0;
        break;
    case 'j':
    case 'z':
    case 't':
    case 'q':
    case 'L':
        conversion.length = Length::ll;
        format++;
        break;
    default:
        break;
    }
    conversion.letter = *format;
    bool is_text = *format == 'c' || *format == 's' || *format == '[';
    if (*format == '\0' || (is_text && conversion.length != Length::none)) {
        return nullptr;
    }
    format++;
    switch (conversion.letter) {
    case '[':
        return set.parse(format);
    case 's':
        for (int c = 0; c < 256; c++) {
            if (!isspace(c)) {
                set.add(static_cast<unsigned char>(c));
            }
        }
        return format;
    case 'c':
        conversion.width = conversion.width != 0 ? conversion.width : 1;
        set.invert();
        return format;
    default:
        return format;
    }
}

int Scan::run(const char* format) {
    Outcome outcome = Outcome::matched;
    while (*format != '\0' && outcome == Outcome::matched) {
        if (isspace(static_cast<unsigned char>(*format))) {
            source_.skip_space();
            format++;
            continue;
        }
        if (*format != '%' || format[1] == '%') {
            format += *format == '%' ? 1 : 0;
            bool more = *format != '%' || source_.skip_space();
            int c = more ? source_.get() : EOF;
            if (c != static_cast<unsigned char>(*format++)) {
                source_.unget(c);
                outcome = c == EOF ? Outcome::end : Outcome::mismatch;
            }
            continue;
        }
        Conversion conversion;
        CharSet set;
        format = parse(format + 1, conversion, set);
        if (format == nullptr) {
            break;
        }
        if (conversion.letter == 'n') {
            store_integer(conversion, source_.taken);
            continue;
        }
        bool keeps_space = conversion.letter == 'c' || conversion.letter == '[';
        if (!keeps_space && !source_.skip_space()) {
            outcome = Outcome::end;
            break;
        }
        outcome = convert(conversion, set);
    }
    // As every libc has it: EOF also if something was matched but nothing assigned.
    return outcome == Outcome::end && assigned_ == 0 ? EOF : assigned_;
}

int scan(Source source, const char* format, va_list args) {
    Scan scan(source, args);
    int assigned = scan.run(format);
    scan.finish();
    return assigned;
}

} // namespace

int vsscanf(const char* text, const char* format, va_list args) {
    return scan(Source(text, nullptr), format, args);
}

int vfscanf(FILE* stream, const char* format, va_list args) {
    const nolibc::Hold hold(stream);
    return scan(Source(nullptr, stream), format, args);
}

int vscanf(const char* format, va_list args) {
    return vfscanf(stdin, format, args);
}

int sscanf(const char* text, const char* format, ...) {
    va_list args;
    va_start(args, format);
    int assigned = vsscanf(text, format, args);
    va_end(args);
    return assigned;
}

int fscanf(FILE* stream, const char* format, ...) {
    va_list args;
    va_start(args, format);
    int assigned = vfscanf(stream, format, args);
    va_end(args);
    return assigned;
}

int scanf(const char* format, ...) {
    va_list args;
    va_start(args, format);
    int assigned = vfscanf(stdin, format, args);
    va_end(args);
    return assigned;
}
