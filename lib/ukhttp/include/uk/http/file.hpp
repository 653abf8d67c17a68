// SPDX-License-Identifier: BSD-3-Clause
// What a request means for a file: its path, its kind, which part of it, whether the client has it
// already. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <uk/http/request.hpp>

namespace uk::http {

// The path of a request as one below a root: %xx decoded, "." and ".." resolved, single slashes;
// "/a/b" or, for a folder, "/a/". Written to `room` with a 0 behind it. Errors: bad_request (a
// wrong %xx, a byte 0, a way out of the root), not_found (a name that begins with a dot: such files
// are not for visitors), uri_too_long (no room).
struct Resolved {
    Status status = Status::ok;
    std::string_view path;
};
[[nodiscard]] Resolved resolve(std::string_view path, std::span<char> room);

// "text/html; charset=utf-8", by the name's end.
[[nodiscard]] std::string_view content_type(std::string_view path);

// What a Range field asks of a file of `size` bytes. `whole`: no range, one that is not understood,
// or more than one, which RFC 9110 lets a server answer with all of it.
enum class RangeKind : uint8_t { whole, part, none };
struct Range {
    RangeKind kind = RangeKind::whole;
    uint64_t first = 0, size = 0; // of `part`
};
[[nodiscard]] Range parse_range(std::string_view field, uint64_t size);

// Whether the tag (with its quotes) is in the list of an If-None-Match field.
[[nodiscard]] bool matches(std::string_view field, std::string_view tag);

// The form of RFC 9110, 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT". Seconds since 1970, years 1970 to
// 9999.
inline constexpr size_t kDateSize = 29;
void format_date(int64_t seconds, std::span<char, kDateSize> room);
// False for other forms, which clients have not sent for decades.
[[nodiscard]] bool parse_date(std::string_view text, int64_t& seconds);

} // namespace uk::http
