// SPDX-License-Identifier: BSD-3-Clause
// What is answered to a request.
#include "server.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <uk/http/file.hpp>

#include "system.hpp"

namespace httpd {

using uk::http::Method;
using uk::http::Request;
using uk::http::Status;

namespace {

constexpr size_t kMostPath = 1024;
constexpr uint64_t kMostBody = 64 * 1024; // that is skipped to keep a connection
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kPrometheus = "text/plain; version=0.0.4; charset=utf-8";

// Dynamic text is put together here and sent before anything else is.
constexpr size_t kMostBodyText = 16 * 1024;
char g_body[kMostBodyText];

// A path as a Location: what could mean something else is written as %xx.
void add_encoded(Text& out, std::string_view path) {
    for (const char& each : path) {
        const auto byte = static_cast<unsigned char>(each);
        const bool plain = (each >= '0' && each <= '9') || (each >= 'a' && each <= 'z') ||
                           (each >= 'A' && each <= 'Z') ||
                           std::string_view("/-._~").find(each) != std::string_view::npos;
        if (plain)
            out.add({&each, 1});
        else
            out.add("%").add(byte / 16U, 16).add(byte % 16U, 16);
    }
}

bool unchanged(const Request& request, const File& file) {
    if (!request.if_none_match.empty())
        return uk::http::matches(request.if_none_match, file.tag);
    int64_t since = 0;
    return file.changed > 0 && uk::http::parse_date(request.if_modified_since, since) &&
           file.changed <= since;
}

// Whether the part is of the file that the client knows.
bool may_have_part(const Request& request, const File& file) {
    int64_t since = 0;
    return request.if_range.empty() || request.if_range == file.tag ||
           (uk::http::parse_date(request.if_range, since) && since == file.changed);
}

} // namespace

// A part of the replies. What lies right behind the part before becomes one with it.
void Server::push(std::string_view part) {
    if (part.empty())
        return;
    if (parts_count_ > 0) {
        iovec& before = parts_[parts_count_ - 1];
        if (static_cast<char*>(before.iov_base) + before.iov_len == part.data()) {
            before.iov_len += part.size();
            return;
        }
    }
    parts_[parts_count_++] = {const_cast<char*>(part.data()), part.size()};
}

// Status line and what all replies have. The caller has seen that there is room.
Text Server::head(Status status, const Connection& c) {
    const auto number = static_cast<unsigned>(status);
    counts_.answers[number / 100 - 2]++;
    Text text({heads_ + heads_size_, kHeads - heads_size_});
    if (status == Status::ok)
        text.add("HTTP/1.1 200 OK\r\n");
    else
        text.add("HTTP/1.1 ").add(number).add(" ").add(uk::http::reason(status)).add("\r\n");
    text.add({date_, date_size_});
    if (c.last)
        text.add("Connection: close\r\n");
    else if (c.says_keep)
        text.add("Connection: keep-alive\r\n");
    return text;
}

void Server::end_head(const Text& text, uint64_t length) {
    Text end({heads_ + heads_size_ + text.size(), kHeads - heads_size_ - text.size()});
    end.add("Content-Length: ").add(length).add("\r\n\r\n");
    const size_t size = text.size() + end.size();
    push({heads_ + heads_size_, size});
    heads_size_ += size;
}

void Server::answer_error(Connection& c, Status status, const Request& request,
                          std::string_view more) {
    Text text = head(status, c);
    text.add("Content-Type: text/plain; charset=utf-8\r\n").add(more);
    const std::string_view reason = uk::http::reason(status);
    constexpr size_t kNumber = 4, kEnd = 1; // "404 " and the line's end
    end_head(text, kNumber + reason.size() + kEnd);
    if (request.method == Method::head)
        return;
    Text body({heads_ + heads_size_, kHeads - heads_size_});
    body.add(static_cast<unsigned>(status)).add(" ").add(reason).add("\n");
    push(body.view());
    heads_size_ += body.size();
}

void Server::answer_text(Connection& c, const Request& request, std::string_view type,
                         std::string_view body) {
    Text text = head(Status::ok, c);
    text.add("Content-Type: ").add(type).add("\r\nCache-Control: no-store\r\n");
    end_head(text, body.size());
    if (request.method != Method::head)
        push(body);
}

void Server::answer_file(Connection& c, const Request& request, File& file) {
    if (unchanged(request, file)) {
        Text text = head(Status::not_modified, c);
        text.add(file.fields).add("\r\n");
        push(text.view());
        heads_size_ += text.size();
        return;
    }
    uk::http::Range range;
    if (!request.range.empty() && request.method == Method::get && may_have_part(request, file))
        range = uk::http::parse_range(request.range, file.size);
    if (range.kind == uk::http::RangeKind::none) {
        char room[64];
        Text field(room);
        field.add("Content-Range: bytes */").add(file.size).add("\r\n");
        return answer_error(c, Status::range_not_satisfiable, request, field.view());
    }
    const bool part = range.kind == uk::http::RangeKind::part;
    const uint64_t first = part ? range.first : 0;
    const uint64_t size = part ? range.size : file.size;
    const bool sends = request.method != Method::head && size > 0;
    if (sends && !file.cached) {
        c.file = files_.open_file(file);
        struct stat facts {};
        // One that has changed since is looked at anew by the next request.
        if (c.file < 0 || fstat(c.file, &facts) != 0 ||
            static_cast<uint64_t>(facts.st_size) != file.size) {
            if (c.file >= 0)
                close(c.file);
            c.file = -1;
            return answer_error(c, Status::unavailable, request);
        }
        c.file_at = first;
        c.file_size = size;
    }
    Text text = head(part ? Status::partial_content : Status::ok, c);
    text.add(file.fields);
    if (part)
        text.add("Content-Range: bytes ")
            .add(first)
            .add("-")
            .add(first + size - 1)
            .add("/")
            .add(file.size)
            .add("\r\n");
    end_head(text, size);
    if (sends && file.cached)
        push(file.data.substr(static_cast<size_t>(first), static_cast<size_t>(size)));
}

// Paths that are no files.
bool Server::answer_special(Connection& c, const Request& request, std::string_view path) {
    if (path == "/metrics" || path == "/api/status" || path == "/api/image") {
        // The body's room is everybody's: what was answered before leaves first.
        flush(c);
        Text body(g_body);
        const bool metrics = path == "/metrics";
        std::string_view text;
        if (path == "/api/image") {
            text = system_image();
            if (text.empty()) {
                answer_error(c, Status::not_found, request);
                return true;
            }
        } else {
            metrics ? write_metrics(body) : write_status(body);
            text = body.view();
        }
        if (body.cut())
            answer_error(c, Status::server_error, request);
        else
            answer_text(c, request, metrics ? kPrometheus : kJson, text);
        flush(c);
        return true;
    }
    return false;
}

void Server::answer(Connection& c, Status parsed, const Request& request) {
    counts_.requests++;
    // After what was not understood nobody knows where the next request begins.
    const bool understood = parsed == Status::ok || parsed == Status::method_not_allowed;
    const bool too_long = understood && request.length > kMostBody;
    c.hurt = !understood || too_long || (request.waits && request.length > 0);
    c.last = stopping_ || c.hurt || !request.keep_alive;
    c.says_keep = request.says_keep;
    if (understood && !c.hurt)
        c.skip = request.length;
    if (too_long)
        return answer_error(c, Status::content_too_large, request);
    if (parsed == Status::method_not_allowed)
        return answer_error(c, parsed, request, "Allow: GET, HEAD\r\n");
    if (parsed != Status::ok)
        return answer_error(c, parsed, request);

    char room[kMostPath];
    const uk::http::Resolved resolved = uk::http::resolve(request.path, room);
    if (resolved.status != Status::ok)
        return answer_error(c, resolved.status, request);
    if (answer_special(c, request, resolved.path))
        return;
    File* file = files_.find(resolved.path, static_cast<int64_t>(second_));
    if (file == nullptr) {
        // Files that are in replies under way must not be dropped.
        flush(c);
        const Status status = files_.load(resolved.path, static_cast<int64_t>(second_), file);
        if (status == Status::moved) {
            char text[3 * kMostPath + 32];
            Text location(text);
            location.add("Location: ");
            add_encoded(location, resolved.path);
            return answer_error(c, status, request, location.add("/\r\n").view());
        }
        if (status != Status::ok)
            return answer_error(c, status, request);
    }
    answer_file(c, request, *file);
}

} // namespace httpd
