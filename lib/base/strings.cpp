// SPDX-License-Identifier: BSD-3-Clause
// Parsers and helpers for text from users.
#include <uk/base/strings.hpp>

#include <uk/string.h>

namespace uk {

namespace {

constexpr unsigned kNoDigit = 255;

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

constexpr unsigned digit_of(char c) {
    if (c >= '0' && c <= '9')
        return static_cast<unsigned>(c - '0');
    const char l = lower(c);
    return l >= 'a' && l <= 'z' ? static_cast<unsigned>(l - 'a') + 10 : kNoDigit;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    if (a.size() != b.size())
        return false;
    for (std::size_t i = 0; i < a.size(); i++)
        if (lower(a[i]) != lower(b[i]))
            return false;
    return true;
}

/// Takes a prefix 0x 0o 0b off `text` and returns its base.
unsigned take_base(std::string_view& text) {
    if (text.size() > 2 && text[0] == '0') {
        const char letter = lower(text[1]);
        const unsigned base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
        if (base != 0) {
            text.remove_prefix(2);
            return base;
        }
    }
    return 10;
}

} // namespace

Result<std::uint64_t> parse_u64(std::string_view text, unsigned base) {
    if (base == 1 || base > 36)
        return Errno::inval;
    if (base == 0)
        base = take_base(text);
    if (text.empty())
        return Errno::inval;
    std::uint64_t value = 0;
    bool fits = true;
    for (const char c : text) {
        const unsigned digit = digit_of(c);
        if (digit >= base)
            return Errno::inval; // also behind an overflow: junk is junk
        fits = fits && !__builtin_mul_overflow(value, base, &value) &&
               !__builtin_add_overflow(value, digit, &value);
    }
    if (!fits)
        return Errno::range;
    return value;
}

Result<std::int64_t> parse_i64(std::string_view text, unsigned base) {
    const bool negative = !text.empty() && text[0] == '-';
    if (negative || (!text.empty() && text[0] == '+'))
        text.remove_prefix(1);
    const std::uint64_t magnitude = UK_TRY(parse_u64(text, base));
    constexpr std::uint64_t kMax = INT64_MAX;
    if (magnitude > kMax + (negative ? 1 : 0))
        return Errno::range;
    return static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
}

Result<std::uint64_t> parse_size(std::string_view text) {
    std::string_view number = text;
    // "KiB" and "KB" mean K. Hexadecimal digits end in no suffix: 0x1B is 27.
    const bool hex = number.size() > 2 && number[0] == '0' && lower(number[1]) == 'x';
    if (!hex && number.size() > 1 && lower(number.back()) == 'b') {
        number.remove_suffix(1);
        if (lower(number.back()) == 'i') {
            number.remove_suffix(1);
            if (number.empty() || digit_of(number.back()) < 10)
                return Errno::inval; // "4iB"
        }
    }
    unsigned shift = 0;
    if (!number.empty()) {
        switch (lower(number.back())) {
        case 't':
            shift += 10;
            [[fallthrough]];
        case 'g':
            shift += 10;
            [[fallthrough]];
        case 'm':
            shift += 10;
            [[fallthrough]];
        case 'k':
            shift += 10;
            number.remove_suffix(1);
            break;
        default:
            break;
        }
    }
    const std::uint64_t value = UK_TRY(parse_u64(number));
    if (shift != 0 && value >> (64 - shift) != 0)
        return Errno::range;
    return value << shift;
}

Result<bool> parse_bool(std::string_view text) {
    for (const std::string_view yes : {"1", "y", "yes", "on", "true"})
        if (equals_ignoring_case(text, yes))
            return true;
    for (const std::string_view no : {"0", "n", "no", "off", "false"})
        if (equals_ignoring_case(text, no))
            return false;
    return Errno::inval;
}

unsigned edit_distance(std::string_view a, std::string_view b, unsigned limit) {
    constexpr std::size_t kMax = 63;
    // Not a == b: clang would make a function of std:: for it, which the application's copy could
    // replace.
    if (a.size() == b.size() && (a.empty() || memcmp(a.data(), b.data(), a.size()) == 0))
        return 0;
    if (a.size() > kMax || b.size() > kMax)
        return limit + 1;
    // Three rows of the table of distances between prefixes (optimal string alignment).
    unsigned char rows[3][kMax + 1];
    for (std::size_t j = 0; j <= b.size(); j++)
        rows[0][j] = static_cast<unsigned char>(j);
    for (std::size_t i = 1; i <= a.size(); i++) {
        unsigned char* const now = rows[i % 3];
        const unsigned char* const up = rows[(i + 2) % 3];
        const unsigned char* const up2 = rows[(i + 1) % 3];
        now[0] = static_cast<unsigned char>(i);
        for (std::size_t j = 1; j <= b.size(); j++) {
            unsigned best = up[j - 1] + (a[i - 1] != b[j - 1] ? 1U : 0U);
            best = up[j] + 1U < best ? up[j] + 1U : best;
            best = now[j - 1] + 1U < best ? now[j - 1] + 1U : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = up2[j - 2] + 1U < best ? up2[j - 2] + 1U : best;
            now[j] = static_cast<unsigned char>(best);
        }
    }
    const unsigned distance = rows[a.size() % 3][b.size()];
    return distance <= limit ? distance : limit + 1;
}

std::string_view closest_match(std::string_view word,
                               std::span<const std::string_view> candidates) {
    unsigned limit = static_cast<unsigned>(word.size() < 63 ? word.size() : 63) / 3;
    limit = limit == 0 ? 1 : limit;
    std::string_view best;
    for (const std::string_view candidate : candidates) {
        const unsigned distance = edit_distance(word, candidate, limit);
        if (distance > limit)
            continue;
        best = candidate;
        if (distance == 0)
            break;
        limit = distance - 1; // the next must be nearer
    }
    return best;
}

std::string_view trim(std::string_view text) {
    constexpr auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && blank(text.back()))
        text.remove_suffix(1);
    return text;
}

} // namespace uk
