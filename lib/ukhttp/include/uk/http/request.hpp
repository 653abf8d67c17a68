// SPDX-License-Identifier: BSD-3-Clause
// The head of an HTTP/1.1 request (RFC 9112), read where it lies. Pure: no memory, no system, no
// header of this tree, so that it is compiled for any machine.
//
//     const size_t size = uk::http::head_size(text, looked);        // 0: its end has not come yet
//     uk::http::Request request;
//     const uk::http::Status status = uk::http::parse_head(text.substr(0, size), request);
//
// Strict where leniency has let requests be smuggled past other servers: no folded headers, no
// space before a colon, no bare CR or LF, one length, one host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace uk::http {

enum class Status : uint16_t {
    ok = 200,
    partial_content = 206,
    moved = 301,
    not_modified = 304,
    bad_request = 400,
    forbidden = 403,
    not_found = 404,
    method_not_allowed = 405,
    request_timeout = 408,
    length_required = 411,
    content_too_large = 413,
    uri_too_long = 414,
    range_not_satisfiable = 416,
    headers_too_large = 431,
    server_error = 500,
    not_implemented = 501,
    unavailable = 503,
    version_not_supported = 505
};
// "Not Found"; of the numbers above.
[[nodiscard]] std::string_view reason(Status status);

enum class Method : uint8_t { get, head, other };

inline constexpr size_t kMostHead = 8192;    // bytes of a whole head
inline constexpr size_t kMostTarget = 4096;  // of its target
inline constexpr size_t kMostHeaders = 100;  // lines
inline constexpr size_t kMostEmptyLines = 2; // before a request: some clients end bodies so

// All text is part of the head that was parsed, and lives as long. Empty: was not there.
struct Request {
    Method method = Method::other;
    bool keep_alive = false; // after the reply; false in all requests that were not understood
    bool says_keep = false;  // HTTP/1.0: the reply must say so, too
    bool waits = false;      // "Expect: 100-continue"
    std::string_view method_name;
    std::string_view path;  // with %xx as it came; begins with a slash
    std::string_view query; // behind the question mark
    std::string_view host;
    std::string_view if_none_match, if_modified_since, range, if_range;
    uint64_t length = 0; // of the body
};

// The bytes of `text` up to the end of its first head, which is there; or 0. `looked`: how many of
// them have been looked at before, which is 0 at first and kept between calls, so that a head that
// comes byte by byte is read once.
[[nodiscard]] size_t head_size(std::string_view text, size_t& looked);

// `head`: as head_size() measured it. Status::ok: the request is one for GET or HEAD and
// `request` is filled in. Otherwise what is to be answered; then the connection ends, but for
// method_not_allowed, where `request` is filled in, too, and its body can be skipped.
[[nodiscard]] Status parse_head(std::string_view head, Request& request);

} // namespace uk::http
