// SPDX-License-Identifier: BSD-3-Clause
// Paths, kinds and parts of files.
#include <uk/http/file.hpp>
#include <uk/http/text.hpp>

namespace uk::http {

namespace {

constexpr int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    const char small = lower(c);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

// Takes one byte, which may be written as %xx. -1: wrong, or 0.
int take_byte(std::string_view& text) {
    int byte = static_cast<unsigned char>(text[0]);
    size_t taken = 1;
    if (byte == '%') {
        if (text.size() < 3)
            return -1;
        const int high = hex_digit(text[1]);
        const int low = hex_digit(text[2]);
        if (high < 0 || low < 0)
            return -1;
        byte = high * 16 + low;
        taken = 3;
    }
    text.remove_prefix(taken);
    return byte == 0 ? -1 : byte;
}

struct Kind {
    std::string_view end, type;
};
constexpr Kind kKinds[] = {
    {"html", "text/html; charset=utf-8"},
    {"htm", "text/html; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},
    {"js", "text/javascript; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"json", "application/json"},
    {"txt", "text/plain; charset=utf-8"},
    {"md", "text/plain; charset=utf-8"},
    {"csv", "text/csv; charset=utf-8"},
    {"xml", "application/xml"},
    {"svg", "image/svg+xml"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"gif", "image/gif"},
    {"webp", "image/webp"},
    {"ico", "image/x-icon"},
    {"woff2", "font/woff2"},
    {"pdf", "application/pdf"},
    {"wasm", "application/wasm"},
    {"gz", "application/gzip"},
    {"zip", "application/zip"},
    {"mp4", "video/mp4"},
    {"webm", "video/webm"},
};

} // namespace

Resolved resolve(std::string_view path, std::span<char> room) {
    size_t size = 0;
    // The name that is being written began here, behind its slash.
    size_t name = 0;
    const auto end_name = [&]() -> Status {
        const std::string_view text(room.data() + name, size - name);
        if (text == "..") {
            if (name <= 1)
                return Status::bad_request;
            size = name - 1; // without the slash; then without the name before it
            while (size > 0 && room[size - 1] != '/')
                size--;
        } else if (text == ".") {
            size = name;
        } else if (!text.empty() && text[0] == '.') {
            return Status::not_found;
        }
        return Status::ok;
    };
    while (!path.empty()) {
        const int byte = take_byte(path);
        if (byte < 0)
            return {Status::bad_request, {}};
        if (size + 1 >= room.size())
            return {Status::uri_too_long, {}};
        if (byte == '/') {
            if (size > 0) {
                if (const Status status = end_name(); status != Status::ok)
                    return {status, {}};
            }
            if (size == 0 || room[size - 1] != '/')
                room[size++] = '/';
            name = size;
        } else if (size == 0) {
            return {Status::bad_request, {}};
        } else {
            room[size++] = static_cast<char>(byte);
        }
    }
    if (size == 0)
        return {Status::bad_request, {}};
    if (const Status status = end_name(); status != Status::ok)
        return {status, {}};
    room[size] = '\0';
    return {Status::ok, {room.data(), size}};
}

std::string_view content_type(std::string_view path) {
    const size_t slash = path.rfind('/');
    const size_t dot = path.rfind('.');
    if (dot != std::string_view::npos && (slash == std::string_view::npos || dot > slash)) {
        for (const Kind& kind : kKinds) {
            if (equals_ignoring_case(path.substr(dot + 1), kind.end))
                return kind.type;
        }
    }
    return "application/octet-stream";
}

Range parse_range(std::string_view field, uint64_t size) {
    constexpr std::string_view kUnit = "bytes=";
    if (!equals_ignoring_case(field.substr(0, kUnit.size()), kUnit) ||
        field.find(',') != std::string_view::npos)
        return {};
    field = trimmed(field.substr(kUnit.size()));
    const size_t dash = field.find('-');
    if (dash == std::string_view::npos)
        return {};
    const std::string_view from = field.substr(0, dash);
    const std::string_view to = field.substr(dash + 1);
    uint64_t first = 0, last = 0;
    if (from.empty()) { // the last so many bytes
        if (!parse_number(to, last))
            return {};
        const uint64_t count = last < size ? last : size;
        if (count == 0)
            return {RangeKind::none};
        return {RangeKind::part, size - count, count};
    }
    if (!parse_number(from, first) || (!to.empty() && !parse_number(to, last)))
        return {};
    if (to.empty())
        last = UINT64_MAX;
    if (last < first)
        return {};
    if (first >= size)
        return {RangeKind::none};
    return {RangeKind::part, first, (last < size ? last : size - 1) - first + 1};
}

bool matches(std::string_view field, std::string_view tag) {
    if (trimmed(field) == "*")
        return true;
    for (std::string_view each; take_item(field, each);) {
        if (each.substr(0, 2) == "W/")
            each.remove_prefix(2);
        if (each == tag)
            return true;
    }
    return false;
}

} // namespace uk::http
