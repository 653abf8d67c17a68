// SPDX-License-Identifier: BSD-3-Clause
// The server: one thread that waits in epoll_wait() and serves all connections.
//
// A request of a kept connection for a small file is three calls: epoll_wait, read, writev. Nothing
// is allocated for it; a connection takes sizeof(Connection), and memory for text only while a
// request has come in part, or a client does not take its reply.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <sys/uio.h>

#include <uk/http/request.hpp>

#include "files.hpp"
#include "text.hpp"

namespace httpd {

#ifdef CONFIG_APPHTTPD_PORT
inline constexpr unsigned kPort = CONFIG_APPHTTPD_PORT;
#else // a process of Linux
inline constexpr unsigned kPort = 80;
#endif

struct Settings {
    const char* address = "0.0.0.0";
    const char* root = "/www";
    unsigned port = kPort;
    unsigned connections = 4096;
    unsigned idle_seconds = 15; // between requests
};

// Why a connection waits, which says how long it may.
enum class Waits : uint8_t {
    request, // nothing of the next one has come
    head,    // a part of it has; this time is not made longer by further parts
    room,    // for the client to take the reply
    end,     // for the client's end, after the last reply
    count
};

// What is left of something that lies elsewhere: a piece of memory that belongs to a connection.
struct Rest {
    char* data = nullptr;
    uint32_t size = 0, room = 0;
};

struct Connection {
    Connection* next = nullptr; // of those that wait for the same
    Connection* before = nullptr;
    uint64_t deadline_ms = 0;
    int fd = -1;
    int file = -1; // what is being sent from it: `file_size` bytes from `file_at`
    uint64_t file_at = 0, file_size = 0;
    uint64_t skip = 0;          // bytes of a body that nobody reads
    Rest input;                 // what has come and has not been understood
    Rest output;                // what the socket did not take
    uint32_t looked = 0;        // of the input, for the end of a head
    Waits waits = Waits::count; // count: nothing yet
    bool watched = false;       // is in the epoll set
    bool writes = false;        // epoll tells of room, not of what comes
    bool says_keep = false;     // the reply says that the connection stays
    bool dead = false;          // to be closed as soon as nobody looks at it
    bool last = false;          // closed behind what is being sent
    bool hurt = false;          // ... and the client may still be sending
};

// What has happened, for those who look.
struct Counts {
    uint64_t connections = 0, requests = 0, bytes_sent = 0;
    uint64_t answers[4] = {}; // 2xx to 5xx
    uint64_t timeouts = 0, refused = 0;
    unsigned open = 0;
};

class Server {
  public:
    explicit Server(const Settings& settings) : settings_(settings) {}

    // Takes the port. 0, or the errno of what did not work, which is named.
    int start(const char*& what);
    // Serves until `stop` becomes true, which a signal handler may do: the signals that do are
    // blocked, and taken only while it waits. Then finishes what is under way. 0, or an errno.
    int run(const volatile bool& stop);

    [[nodiscard]] const Counts& counts() const { return counts_; }

  private:
    // connection.cpp
    void receive(Connection& c);
    void discard(Connection& c);
    void serve(Connection& c, char* text, size_t size);
    bool take_all(Connection& c, char* text, size_t size);
    size_t take(Connection& c, std::string_view text);
    void keep_input(Connection& c, std::string_view text);
    void flush(Connection& c);
    void keep_output(Connection& c, size_t sent);
    bool drain(Connection& c);
    bool send_output(Connection& c);
    bool send_file(Connection& c);
    void settle(Connection& c);

    // server.cpp
    void accept_all();
    void close_now(Connection& c);
    void wait_for(Connection& c, Waits what);
    void leave_list(Connection& c);
    void listen_again(bool on);
    void watch(Connection& c, bool writes);
    void expire();
    void begin_stop();
    int next_timeout() const;
    void look_at_clock();

    // reply.cpp
    void answer(Connection& c, uk::http::Status parsed, const uk::http::Request& request);
    void answer_file(Connection& c, const uk::http::Request& request, File& file);
    void answer_text(Connection& c, const uk::http::Request& request, std::string_view type,
                     std::string_view body);
    void answer_error(Connection& c, uk::http::Status status, const uk::http::Request& request,
                      std::string_view more = {});
    Text head(uk::http::Status status, const Connection& c);
    void end_head(const Text& text, uint64_t length);
    void push(std::string_view part);
    bool answer_special(Connection& c, const uk::http::Request& request, std::string_view path);

    // status.cpp
    void write_status(Text& out) const;
    void write_metrics(Text& out) const;

    static constexpr size_t kParts = 64;
    static constexpr size_t kHeads = 16 * 1024;
    static constexpr size_t kMostReply = 1024; // fields of one reply

    Settings settings_;
    Files files_;
    Counts counts_;
    int poll_ = -1, listener_ = -1;
    bool listening_ = false, stopping_ = false;
    uint64_t now_ms_ = 0, second_ = ~uint64_t{0}, stop_ms_ = 0;
    int64_t wall_ = 0;
    Connection* first_[static_cast<size_t>(Waits::count)] = {};
    Connection* last_[static_cast<size_t>(Waits::count)] = {};
    Connection* free_ = nullptr;

    // The replies that are being put together, all of one connection.
    size_t parts_count_ = 0, heads_size_ = 0;
    iovec parts_[kParts];
    char heads_[kHeads];
    char date_[64]; // "Date: ...\r\n"
    size_t date_size_ = 0;
};

} // namespace httpd
