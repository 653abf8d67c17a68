// SPDX-License-Identifier: BSD-3-Clause
// One connection: what comes, what is understood of it, what goes out.
#include "server.hpp"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

namespace httpd {

using uk::http::Request;
using uk::http::Status;

namespace {

// Everybody's: what one connection has received at once. What it does not use is copied.
constexpr size_t kMostInput = 16 * 1024;
char g_input[kMostInput];
static_assert(kMostInput > uk::http::kMostHead);

constexpr size_t kFileTurn = 1024 * 1024; // of a file, before others have their turn

// Room for `size` bytes; the text in it stays.
bool reserve(Rest& rest, size_t size) {
    if (rest.room >= size)
        return true;
    constexpr size_t kStep = 512;
    const size_t room = (size + kStep - 1) / kStep * kStep;
    auto* data = static_cast<char*>(realloc(rest.data, room));
    if (data == nullptr)
        return false;
    rest.data = data;
    rest.room = static_cast<uint32_t>(room);
    return true;
}
void release(Rest& rest) {
    free(rest.data);
    rest = {};
}

} // namespace

void Server::receive(Connection& c) {
    if (c.waits == Waits::end)
        return discard(c);
    char* text = g_input;
    size_t room = kMostInput;
    if (c.input.size > 0) {
        // A request in pieces: twice the room when it is full, so that bytes are seldom copied.
        if (!reserve(c.input, c.input.size == c.input.room ? 2 * c.input.room : c.input.room))
            return close_now(c);
        text = c.input.data;
        room = c.input.room;
    }
    const ssize_t got = read(c.fd, text + c.input.size, room - c.input.size);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0)
        return close_now(c);
    serve(c, text, c.input.size + static_cast<size_t>(got));
}

// After an answer that ends the connection the client may still be sending; it would lose the
// answer if its bytes found nobody.
void Server::discard(Connection& c) {
    const ssize_t got = read(c.fd, g_input, kMostInput);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
        close_now(c);
}

// Answers what has come, and what waited behind it.
void Server::serve(Connection& c, char* text, size_t size) {
    while (drain(c) && !c.last) {
        const bool some = take_all(c, text, size);
        flush(c);
        if (!some)
            break;
        text = c.input.data;
        size = c.input.size;
    }
    settle(c);
}

// Whether at least one request was understood.
bool Server::take_all(Connection& c, char* text, size_t size) {
    size_t at = 0;
    const uint64_t before = counts_.requests;
    while (at < size && !c.dead && !c.last && c.output.size == 0 && c.file < 0) {
        const size_t taken = take(c, {text + at, size - at});
        if (taken == 0)
            break;
        at += taken;
    }
    if (counts_.requests != before)
        leave_list(c);
    if (c.last && at < size)
        c.hurt = true;
    keep_input(c, c.last ? std::string_view() : std::string_view(text + at, size - at));
    return counts_.requests != before;
}

// Bytes that were used; 0 if more must come first.
size_t Server::take(Connection& c, std::string_view text) {
    if (c.skip > 0) {
        const size_t size = c.skip < text.size() ? static_cast<size_t>(c.skip) : text.size();
        c.skip -= size;
        return size;
    }
    if (parts_count_ + 4 > kParts || heads_size_ + kMostReply > kHeads) {
        flush(c);
        if (c.dead || c.output.size > 0)
            return 0;
    }
    size_t looked = c.looked;
    const size_t size = uk::http::head_size(text, looked);
    c.looked = static_cast<uint32_t>(looked);
    Request request;
    if (size > uk::http::kMostHead || (size == 0 && text.size() >= uk::http::kMostHead)) {
        const size_t line = text.find('\n');
        answer(c, line > uk::http::kMostTarget ? Status::uri_too_long : Status::headers_too_large,
               request);
        return text.size();
    }
    if (size == 0)
        return 0;
    c.looked = 0;
    answer(c, uk::http::parse_head(text.substr(0, size), request), request);
    return size;
}

// `text` lies in g_input or in the connection's own room.
void Server::keep_input(Connection& c, std::string_view text) {
    if (text.empty())
        return release(c.input);
    if (text.data() < c.input.data || text.data() >= c.input.data + c.input.room) {
        if (!reserve(c.input, text.size())) {
            c.dead = true;
            return;
        }
    }
    memmove(c.input.data, text.data(), text.size());
    c.input.size = static_cast<uint32_t>(text.size());
}

// Sends the replies that were put together, behind what waits already. What the socket does not
// take is kept.
void Server::flush(Connection& c) {
    size_t sent = 0;
    if (parts_count_ > 0 && c.output.size == 0 && !c.dead) {
        const ssize_t done = parts_count_ == 1
                                 ? write(c.fd, parts_[0].iov_base, parts_[0].iov_len)
                                 : writev(c.fd, parts_, static_cast<int>(parts_count_));
        if (done >= 0)
            sent = static_cast<size_t>(done);
        else if (errno != EAGAIN && errno != EINTR)
            c.dead = true;
        counts_.bytes_sent += sent;
    }
    if (!c.dead)
        keep_output(c, sent);
    parts_count_ = 0;
    heads_size_ = 0;
}

void Server::keep_output(Connection& c, size_t sent) {
    size_t total = 0;
    for (size_t i = 0; i < parts_count_; i++)
        total += parts_[i].iov_len;
    if (total == sent)
        return;
    if (!reserve(c.output, c.output.size + total - sent)) {
        c.dead = true;
        return;
    }
    for (size_t i = 0; i < parts_count_; i++) {
        const size_t skip = sent < parts_[i].iov_len ? sent : parts_[i].iov_len;
        sent -= skip;
        const size_t size = parts_[i].iov_len - skip;
        memcpy(c.output.data + c.output.size, static_cast<char*>(parts_[i].iov_base) + skip, size);
        c.output.size += static_cast<uint32_t>(size);
    }
}

// True: nothing waits to be sent any more.
bool Server::drain(Connection& c) {
    return !c.dead && send_output(c) && send_file(c);
}

bool Server::send_output(Connection& c) {
    if (c.output.size == 0)
        return true;
    const ssize_t done = write(c.fd, c.output.data, c.output.size);
    if (done < 0) {
        c.dead = errno != EAGAIN && errno != EINTR;
        return false;
    }
    counts_.bytes_sent += static_cast<size_t>(done);
    c.output.size -= static_cast<uint32_t>(done);
    if (c.output.size > 0) {
        memmove(c.output.data, c.output.data + done, c.output.size);
        return false;
    }
    release(c.output);
    return true;
}

bool Server::send_file(Connection& c) {
    for (size_t turn = 0; c.file >= 0 && c.file_size > 0 && turn < kFileTurn;) {
        auto at = static_cast<off_t>(c.file_at);
        const size_t wanted =
            c.file_size < kFileTurn ? static_cast<size_t>(c.file_size) : kFileTurn;
        const ssize_t done = sendfile(c.fd, c.file, &at, wanted);
        if (done < 0 && (errno == EAGAIN || errno == EINTR))
            return false;
        // A file that has become shorter: the length that was said cannot be kept.
        if (done <= 0) {
            c.dead = true;
            return false;
        }
        counts_.bytes_sent += static_cast<size_t>(done);
        turn += static_cast<size_t>(done);
        c.file_at += static_cast<size_t>(done);
        c.file_size -= static_cast<size_t>(done);
    }
    if (c.file >= 0 && c.file_size > 0)
        return false;
    if (c.file >= 0)
        close(c.file);
    c.file = -1;
    return true;
}

// What the connection waits for now.
void Server::settle(Connection& c) {
    if (c.dead)
        return close_now(c);
    if (c.output.size > 0 || c.file >= 0) {
        watch(c, true);
        return wait_for(c, Waits::room);
    }
    if (c.last || (stopping_ && c.input.size == 0 && c.skip == 0)) {
        if (!c.hurt)
            return close_now(c);
        release(c.input);
        shutdown(c.fd, SHUT_WR);
        watch(c, false);
        return wait_for(c, Waits::end);
    }
    watch(c, false);
    wait_for(c, c.input.size > 0 || c.skip > 0 ? Waits::head : Waits::request);
}

} // namespace httpd
