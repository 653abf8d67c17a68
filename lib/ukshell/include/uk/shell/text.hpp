// SPDX-License-Identifier: BSD-3-Clause
// How commands read their options and show numbers. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace uk::shell {

struct Options {
    uint32_t given = 0;                    // bit n: the n-th letter of those that are known
    std::span<const char* const> others{}; // what comes behind the options
    char unknown = '\0';                   // a letter that is none of them, or 0

    [[nodiscard]] bool has(unsigned n) const { return (given >> n & 1) != 0; }
};

// "-la -x --" at the beginning of what comes behind words[0]. "-" alone is no option.
[[nodiscard]] Options read_options(std::span<const char* const> words, std::string_view known);

// "drwxr-xr-t" of st_mode.
struct ModeText {
    char text[11];
};
[[nodiscard]] ModeText mode_text(uint32_t mode);

// "2026-11-21 22:40:07" of seconds since 1970, UTC; years 1 to 9999, else the nearest of them.
struct DateText {
    char text[20];
};
[[nodiscard]] DateText date_text(int64_t seconds);

// "2 days, 3:04:05".
[[nodiscard]] std::string_view duration_text(uint64_t seconds, std::span<char> room);

// "c" of "/a/b/c" and of "c//"; "/" of "/".
[[nodiscard]] std::string_view base_name(std::string_view path);

// The number of "INT", "SIGINT" or "2"; -1 if there is none.
[[nodiscard]] int signal_number(std::string_view text);

// Into `room`, control characters as '?', so that no name steers the terminal; cut where it is
// full.
[[nodiscard]] std::string_view printable(std::string_view name, std::span<char> room);

} // namespace uk::shell
