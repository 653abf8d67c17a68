// SPDX-License-Identifier: BSD-3-Clause
// Small pieces of header fields. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace uk::http {

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

constexpr bool equals_ignoring_case(std::string_view one, std::string_view other) {
    if (one.size() != other.size())
        return false;
    for (size_t i = 0; i < one.size(); i++) {
        if (lower(one[i]) != lower(other[i]))
            return false;
    }
    return true;
}

// Without spaces and tabs at both ends.
constexpr std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

// Takes the next item of a list with commas away from it. False: there is no more.
constexpr bool take_item(std::string_view& list, std::string_view& item) {
    if (list.empty())
        return false;
    const size_t comma = list.find(',');
    item = trimmed(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    return true;
}

// Decimal digits and nothing else, below 2^63.
constexpr bool parse_number(std::string_view text, uint64_t& number) {
    number = 0;
    if (text.empty())
        return false;
    for (const char c : text) {
        if (c < '0' || c > '9' || number > (UINT64_MAX / 2 - 9) / 10)
            return false;
        number = number * 10 + static_cast<uint64_t>(c - '0');
    }
    return true;
}

} // namespace uk::http
