// SPDX-License-Identifier: BSD-3-Clause
// RFC 9112: request line and header fields.
#include <uk/http/request.hpp>
#include <uk/http/text.hpp>

namespace uk::http {

namespace {

// RFC 9110, 5.6.2.
constexpr bool is_token(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}
bool is_token(std::string_view text) {
    for (const char c : text) {
        if (!is_token(c))
            return false;
    }
    return !text.empty();
}
constexpr bool is_visible(char c) {
    return c > ' ' && c < 0x7f;
}
bool is_value(std::string_view text) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < ' ' && c != '\t') || byte == 0x7f)
            return false;
    }
    return true;
}

// Takes a line and its CRLF away from `text`. False: it ends in something else.
bool take_line(std::string_view& text, std::string_view& line) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos || end == 0 || text[end - 1] != '\r')
        return false;
    line = text.substr(0, end - 1);
    text.remove_prefix(end + 1);
    return true;
}

Status parse_version(std::string_view text, bool& is_1_1) {
    const auto digit = [&](size_t at) { return text[at] >= '0' && text[at] <= '9'; };
    if (text.size() != 8 || text.substr(0, 5) != "HTTP/" || text[6] != '.' || !digit(5) ||
        !digit(7))
        return Status::bad_request;
    is_1_1 = text[7] != '0';
    return text[5] == '1' ? Status::ok : Status::version_not_supported;
}

// "/path?query", or the same behind "http://host". `authority`: that host.
Status parse_target(std::string_view target, Request& request, std::string_view& authority) {
    for (const char c : target) {
        if (!is_visible(c))
            return Status::bad_request;
    }
    if (equals_ignoring_case(target.substr(0, 7), "http://")) {
        target.remove_prefix(7);
        authority = target.substr(0, target.find_first_of("/?"));
        target.remove_prefix(authority.size());
        if (authority.empty())
            return Status::bad_request;
        if (target.empty())
            target = "/";
    }
    target = target.substr(0, target.find('#'));
    const size_t mark = target.find('?');
    request.path = target.substr(0, mark);
    request.query = mark == std::string_view::npos ? "" : target.substr(mark + 1);
    if (request.path.empty() && !authority.empty())
        request.path = "/";
    return !request.path.empty() && request.path[0] == '/' ? Status::ok : Status::bad_request;
}

Status parse_method(std::string_view name, Request& request) {
    if (!is_token(name))
        return Status::bad_request;
    request.method_name = name;
    request.method = name == "GET" ? Method::get : name == "HEAD" ? Method::head : Method::other;
    if (request.method != Method::other)
        return Status::ok;
    for (const std::string_view known :
         {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"}) {
        if (name == known)
            return Status::method_not_allowed;
    }
    return Status::not_implemented;
}

// What the lines say together.
struct Fields {
    bool has_host = false, has_length = false, has_coding = false;
    bool close = false, keep = false;
    size_t count = 0;
};

Status take_length(std::string_view value, Request& request, Fields& fields) {
    uint64_t length = 0;
    if (!parse_number(value, length) || (fields.has_length && length != request.length))
        return Status::bad_request;
    fields.has_length = true;
    request.length = length;
    return Status::ok;
}

void take_connection(std::string_view value, Fields& fields) {
    for (std::string_view each; take_item(value, each);) {
        fields.close |= equals_ignoring_case(each, "close");
        fields.keep |= equals_ignoring_case(each, "keep-alive");
    }
}

Status take_field(std::string_view name, std::string_view value, Request& request, Fields& fields) {
    const auto is = [&](std::string_view other) { return equals_ignoring_case(name, other); };
    if (is("host")) {
        if (fields.has_host || value.find_first_of(" \t,") != std::string_view::npos)
            return Status::bad_request;
        fields.has_host = true;
        request.host = value;
    } else if (is("content-length")) {
        return take_length(value, request, fields);
    } else if (is("transfer-encoding")) {
        fields.has_coding = true;
    } else if (is("connection")) {
        take_connection(value, fields);
    } else if (is("expect")) {
        request.waits = equals_ignoring_case(value, "100-continue");
    } else if (is("if-none-match")) {
        request.if_none_match = value;
    } else if (is("if-modified-since")) {
        request.if_modified_since = value;
    } else if (is("range")) {
        request.range = value;
    } else if (is("if-range")) {
        request.if_range = value;
    }
    return Status::ok;
}

Status parse_fields(std::string_view text, Request& request, Fields& fields) {
    for (std::string_view line;;) {
        if (!take_line(text, line))
            return Status::bad_request;
        if (line.empty())
            return Status::ok;
        const size_t colon = line.find(':');
        if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
            return Status::bad_request;
        const std::string_view value = trimmed(line.substr(colon + 1));
        if (!is_value(value))
            return Status::bad_request;
        if (++fields.count > kMostHeaders)
            return Status::headers_too_large;
        if (const Status status = take_field(line.substr(0, colon), value, request, fields);
            status != Status::ok)
            return status;
    }
}

// Method, target and version; `status` of a method that is understood but not served.
Status parse_line(std::string_view line, Request& request, bool& is_1_1, std::string_view& host,
                  Status& served) {
    const size_t first = line.find(' ');
    const size_t last = line.rfind(' ');
    if (first == std::string_view::npos || last == first)
        return Status::bad_request;
    const std::string_view target = line.substr(first + 1, last - first - 1);
    if (const Status status = parse_version(line.substr(last + 1), is_1_1); status != Status::ok)
        return status;
    served = parse_method(line.substr(0, first), request);
    if (served != Status::ok && served != Status::method_not_allowed)
        return served;
    if (target.size() > kMostTarget)
        return Status::uri_too_long;
    const Status status = parse_target(target, request, host);
    // "*" and "host:port" are for methods that are not served.
    return status != Status::ok && served != Status::ok ? served : status;
}

} // namespace

std::string_view reason(Status status) {
    switch (status) {
    case Status::ok:
        return "OK";
    case Status::partial_content:
        return "Partial Content";
    case Status::moved:
        return "Moved Permanently";
    case Status::not_modified:
        return "Not Modified";
    case Status::bad_request:
        return "Bad Request";
    case Status::forbidden:
        return "Forbidden";
    case Status::not_found:
        return "Not Found";
    case Status::method_not_allowed:
        return "Method Not Allowed";
    case Status::request_timeout:
        return "Request Timeout";
    case Status::length_required:
        return "Length Required";
    case Status::content_too_large:
        return "Content Too Large";
    case Status::uri_too_long:
        return "URI Too Long";
    case Status::range_not_satisfiable:
        return "Range Not Satisfiable";
    case Status::headers_too_large:
        return "Request Header Fields Too Large";
    case Status::not_implemented:
        return "Not Implemented";
    case Status::unavailable:
        return "Service Unavailable";
    case Status::version_not_supported:
        return "HTTP Version Not Supported";
    case Status::server_error:
        break;
    }
    return "Internal Server Error";
}

size_t head_size(std::string_view text, size_t& looked) {
    size_t start = 0; // of the request line, behind empty ones
    for (size_t lines = 0; lines < kMostEmptyLines && text.substr(start, 2) == "\r\n"; lines++)
        start += 2;
    // A line's end may have been seen before: three bytes are looked at again.
    size_t at = looked > start + 3 ? looked - 3 : start;
    for (; (at = text.find('\n', at)) != std::string_view::npos; at++) {
        const std::string_view next = text.substr(at + 1, 2);
        if (next.substr(0, 1) == "\n")
            return at + 2; // no such end, but the parser is the one who says so
        if (next == "\r\n")
            return at + 3;
    }
    looked = text.size();
    return 0;
}

Status parse_head(std::string_view head, Request& request) {
    request = Request{};
    std::string_view line;
    for (size_t lines = 0;; lines++) {
        if (lines > kMostEmptyLines || !take_line(head, line))
            return Status::bad_request;
        if (!line.empty())
            break;
    }
    bool is_1_1 = false;
    std::string_view authority;
    Status served = Status::ok;
    Status status = parse_line(line, request, is_1_1, authority, served);
    if (status != Status::ok && status != Status::method_not_allowed)
        return status;
    Fields fields;
    status = parse_fields(head, request, fields);
    if (status != Status::ok)
        return status;
    if ((is_1_1 && !fields.has_host) || (fields.has_coding && fields.has_length))
        return Status::bad_request;
    if (fields.has_coding)
        return Status::length_required;
    if (!authority.empty())
        request.host = authority;
    request.keep_alive = !fields.close && (is_1_1 || fields.keep);
    request.says_keep = request.keep_alive && !is_1_1;
    return served;
}

} // namespace uk::http
