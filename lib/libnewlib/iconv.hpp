// SPDX-License-Identifier: BSD-3-Clause
// Private: encodings of text, one character at a time. Pure; Unicode 15, ISO 8859-1, RFC 2781.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

namespace newlib::encoding {

enum class Form : uint8_t { utf8, utf16, utf32, ucs2, ascii, latin1 };

struct Encoding {
    Form form;
    uint8_t unit;  // bytes: the least a character takes
    bool is_big;   // its units begin with the highest byte
    bool has_mark; // begins with U+FEFF, which says in which order they are
};

constexpr uint32_t kMark = 0xfeff, kMost = 0x10ffff;

// What a decoder finds besides characters; above all of them.
constexpr uint32_t kWrong = 0xfffffffe; // no text
constexpr uint32_t kShort = 0xffffffff; // the input ends within a character

struct Name {
    const char* name; // letters and digits only
    Encoding encoding;
};

// As glibc has them: the order of the machine, here little-endian, where the name leaves it open.
inline constexpr Name kNames[] = {
    {"UTF8", {Form::utf8, 1, false, false}},         {"UTF16", {Form::utf16, 2, false, true}},
    {"UTF16LE", {Form::utf16, 2, false, false}},     {"UTF16BE", {Form::utf16, 2, true, false}},
    {"UTF32", {Form::utf32, 4, false, true}},        {"UTF32LE", {Form::utf32, 4, false, false}},
    {"UTF32BE", {Form::utf32, 4, true, false}},      {"UCS2", {Form::ucs2, 2, false, false}},
    {"UCS2LE", {Form::ucs2, 2, false, false}},       {"UCS2BE", {Form::ucs2, 2, true, false}},
    {"UCS4", {Form::utf32, 4, true, false}},         {"UCS4LE", {Form::utf32, 4, false, false}},
    {"UCS4BE", {Form::utf32, 4, true, false}},       {"WCHART", {Form::utf32, 4, false, false}},
    {"ASCII", {Form::ascii, 1, false, false}},       {"USASCII", {Form::ascii, 1, false, false}},
    {"ANSIX341968", {Form::ascii, 1, false, false}}, {"646", {Form::ascii, 1, false, false}},
    {"C", {Form::ascii, 1, false, false}},           {"ISO88591", {Form::latin1, 1, false, false}},
    {"88591", {Form::latin1, 1, false, false}},      {"LATIN1", {Form::latin1, 1, false, false}},
    {"L1", {Form::latin1, 1, false, false}},
};

/// The encoding of that name, or null: case and what is neither letter nor digit do not count.
inline const Encoding* find(const char* name, size_t length) {
    char plain[16] = {};
    size_t size = 0;
    for (size_t i = 0; i < length; i++) {
        const char c = name[i];
        const bool is_small = c >= 'a' && c <= 'z';
        if (is_small || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
            if (size == sizeof(plain) - 1) {
                return nullptr;
            }
            plain[size++] = is_small ? static_cast<char>(c - 'a' + 'A') : c;
        }
    }
    for (const Name& each : kNames) {
        if (strcmp(each.name, plain) == 0) {
            return &each.encoding;
        }
    }
    return nullptr;
}

constexpr bool is_surrogate(uint32_t character) {
    return character >= 0xd800 && character <= 0xdfff;
}

inline uint32_t load(const unsigned char* from, size_t unit, bool is_big) {
    uint32_t value = 0;
    for (size_t i = 0; i < unit; i++) {
        value = value << 8 | from[is_big ? i : unit - 1 - i];
    }
    return value;
}

inline void store(unsigned char* to, size_t unit, bool is_big, uint32_t value) {
    for (size_t i = 0; i < unit; i++, value >>= 8) {
        to[is_big ? unit - 1 - i : i] = static_cast<unsigned char>(value);
    }
}

// What follows the first byte decides it all: its range keeps out long forms, surrogates and what
// is above the last character (table 3-7 of Unicode's chapter 3).
inline uint32_t decode_utf8(const unsigned char* in, size_t left, size_t& size) {
    const unsigned first = in[0];
    size = 1;
    if (first < 0x80) {
        return first;
    }
    if (first < 0xc2 || first > 0xf4) {
        return kWrong;
    }
    const size_t all = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    uint32_t value = first & (0xffU >> (all + 1));
    unsigned low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    unsigned high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    for (; size < all; size++) {
        if (size == left) {
            return kShort;
        }
        if (in[size] < low || in[size] > high) {
            return kWrong;
        }
        value = value << 6 | (in[size] & 0x3fU);
        low = 0x80;
        high = 0xbf;
    }
    return value;
}

inline uint32_t decode_utf16(const unsigned char* in, size_t left, bool is_big, size_t& size) {
    const uint32_t first = load(in, 2, is_big);
    if (!is_surrogate(first)) {
        return first;
    }
    if (first >= 0xdc00) {
        return kWrong;
    }
    if (left < 4) {
        return kShort;
    }
    const uint32_t second = load(in + 2, 2, is_big);
    if (second < 0xdc00 || second > 0xdfff) {
        return kWrong;
    }
    size = 4;
    return 0x10000 + ((first & 0x3ff) << 10 | (second & 0x3ff));
}

/// The character that the input, which is not empty, begins with, and how many bytes it takes; or
/// kWrong, kShort.
inline uint32_t decode(const Encoding& from, const unsigned char* in, size_t left, size_t& size) {
    size = from.unit;
    if (left < from.unit) {
        return kShort;
    }
    switch (from.form) {
    case Form::utf8:
        return decode_utf8(in, left, size);
    case Form::utf16:
        return decode_utf16(in, left, from.is_big, size);
    case Form::ascii:
        return in[0] < 0x80 ? in[0] : kWrong;
    case Form::latin1:
        return in[0];
    default:
        break;
    }
    const uint32_t value = load(in, from.unit, from.is_big);
    return value > kMost || is_surrogate(value) ? kWrong : value;
}

/// The bytes of a character, at most 4; none: the encoding has no place for it.
inline size_t encode(const Encoding& to, uint32_t character, unsigned char out[4]) {
    switch (to.form) {
    case Form::ascii:
    case Form::latin1:
        out[0] = static_cast<unsigned char>(character);
        return character < (to.form == Form::ascii ? 0x80U : 0x100U) ? 1 : 0;
    case Form::utf8: {
        if (character < 0x80) {
            out[0] = static_cast<unsigned char>(character);
            return 1;
        }
        const size_t size = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
        for (size_t i = size - 1; i != 0; i--, character >>= 6) {
            out[i] = static_cast<unsigned char>(0x80 | (character & 0x3f));
        }
        out[0] = static_cast<unsigned char>(0xf00U >> size | character);
        return size;
    }
    case Form::utf16:
        if (character >= 0x10000) {
            character -= 0x10000;
            store(out, 2, to.is_big, 0xd800 | character >> 10);
            store(out + 2, 2, to.is_big, 0xdc00 | (character & 0x3ff));
            return 4;
        }
        break;
    case Form::ucs2:
        if (character >= 0x10000) {
            return 0;
        }
        break;
    default:
        break;
    }
    store(out, to.unit, to.is_big, character);
    return to.unit;
}

enum class End : uint8_t { done, wrong, short_of_input, no_room };

struct Text {
    const char* at;
    size_t left;
};
struct Room {
    char* at;
    size_t left;
};

/// One conversion: its two encodings and where it is in its text.
class Converter {
    Encoding from_;
    Encoding to_;
    bool ignores_;
    bool reads_mark_ = true;  // the next character may be the mark
    bool wrote_mark_ = false; // it stands in the output

    // False: no room.
    bool put(uint32_t character, Room& out, bool& has_place) {
        unsigned char bytes[8];
        size_t size = 0;
        if (to_.has_mark && !wrote_mark_) {
            size = encode(to_, kMark, bytes);
        }
        const size_t own = encode(to_, character, bytes + size);
        has_place = own != 0;
        size += own;
        if (!has_place) {
            return true;
        }
        if (size > out.left) {
            return false;
        }
        memcpy(out.at, bytes, size);
        out = {out.at + size, out.left - size};
        wrote_mark_ = true;
        return true;
    }

    // Whether the text begins with a mark, which is none of its characters.
    bool take_mark(uint32_t character) {
        constexpr uint32_t kTurned16 = 0xfffe, kTurned32 = 0xfffe0000;
        if (character == kMark) {
            return true;
        }
        if (character == (from_.form == Form::utf16 ? kTurned16 : kTurned32)) {
            from_.is_big = !from_.is_big;
            return true;
        }
        return false;
    }

    // Counts what was left out.
    End step(Text& in, Room& out, size_t& ignored) {
        const auto* bytes = reinterpret_cast<const unsigned char*>(in.at);
        if (from_.has_mark && reads_mark_) {
            if (in.left < from_.unit) {
                return End::short_of_input;
            }
            reads_mark_ = false;
            if (take_mark(load(bytes, from_.unit, from_.is_big))) {
                in = {in.at + from_.unit, in.left - from_.unit};
                return End::done;
            }
        }
        size_t size = 0;
        const uint32_t character = decode(from_, bytes, in.left, size);
        if (character == kShort) {
            return End::short_of_input;
        }
        bool has_place = true;
        if (character != kWrong && !put(character, out, has_place)) {
            return End::no_room;
        }
        if (character == kWrong || !has_place) {
            if (!ignores_) {
                return End::wrong;
            }
            ignored++;
        }
        in = {in.at + size, in.left - size};
        return End::done;
    }

  public:
    Converter(const Encoding& to, const Encoding& from, bool ignores)
        : from_(from), to_(to), ignores_(ignores) {}

    /// As far as it goes; both stand behind what was converted.
    End convert(Text& in, Room& out, size_t& ignored) {
        End end = End::done;
        while (end == End::done && in.left != 0) {
            end = step(in, out, ignored);
        }
        return end;
    }

    /// The next text is a new one.
    void restart() {
        if (from_.has_mark) {
            from_.is_big = false;
        }
        reads_mark_ = true;
        wrote_mark_ = false;
    }
};

} // namespace newlib::encoding
