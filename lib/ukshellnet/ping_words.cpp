// SPDX-License-Identifier: BSD-3-Clause
// Options of ping.
#include "ping_words.hpp"

#include <stdarg.h>
#include <string_view>

#include <uk/base/strings.hpp>
#include <uk/format.h>

namespace uk::shell {
namespace {

[[gnu::format(printf, 2, 3)]] PingMistake mistake(bool misused, const char* format, ...) {
    PingMistake out;
    out.misused = misused;
    va_list parts;
    va_start(parts, format);
    (void)uk_vsnprintf(out.text, sizeof out.text, format, parts);
    va_end(parts);
    return out;
}

PingMistake read_times(const char* text, uint64_t& out) {
    const Result<uint64_t> number = parse_u64(text, 10);
    const bool is_number = number.ok() || number.code() == Errno::range;
    if (!is_number && !(text[0] == '-' && parse_u64(text + 1, 10).ok()))
        return mistake(false, "invalid argument: '%.20s'", text);
    if (!number.ok() || number.value() == 0 || number.value() > PingWords::kMost)
        return mistake(false, "invalid argument: '%.20s': out of range: 1 <= value <= %llu", text,
                       static_cast<unsigned long long>(PingWords::kMost));
    out = number.value();
    return {};
}

// One that begins with a dash, and perhaps takes the next: `at` is behind what was read.
PingMistake read_option(std::span<const char* const> words, size_t& at, PingWords& out) {
    const char* const word = words[at++];
    if (word[1] != 'c')
        return mistake(true, "invalid option -- '%.1s'", word + (word[1] == '-' ? 0 : 1));
    if (word[2] != '\0')
        return read_times(word + 2, out.times);
    if (at == words.size())
        return mistake(true, "option requires an argument -- 'c'");
    return read_times(words[at++], out.times);
}

} // namespace

PingMistake read_ping(std::span<const char* const> words, PingWords& out) {
    bool options = true;
    for (size_t at = 0; at < words.size();) {
        const std::string_view word = words[at];
        if (options && word == "--") {
            options = false;
            at++;
        } else if (options && word.size() > 1 && word[0] == '-') {
            const PingMistake wrong = read_option(words, at, out);
            if (wrong.text[0] != '\0')
                return wrong;
        } else if (out.name != nullptr) {
            return mistake(true, "one destination only, not '%.60s', too", words[at]);
        } else {
            out.name = words[at++];
        }
    }
    return out.name != nullptr ? PingMistake{} : mistake(true, "Destination address required");
}

size_t split_zone(const char* name, const char*& zone) {
    const std::string_view text = name;
    const size_t mark = text.find('%');
    zone = mark != text.npos ? name + mark + 1 : nullptr;
    return mark != text.npos ? mark : text.size();
}

} // namespace uk::shell
