// SPDX-License-Identifier: BSD-3-Clause
// The port, the loop, and how long each connection may wait.
#include "server.hpp"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <new>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <uk/http/file.hpp>

namespace httpd {

namespace {

constexpr int kEvents = 64;
constexpr int kBacklog = 512;
constexpr uint64_t kStopMs = 5000; // for what is under way
constexpr uint64_t kHeadMs = 10'000;
constexpr uint64_t kRoomMs = 30'000;
constexpr uint64_t kEndMs = 2000;

uint64_t now_ms() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<uint64_t>(now.tv_sec) * 1000 +
           static_cast<uint64_t>(now.tv_nsec) / 1'000'000;
}

uint64_t limit_ms(Waits what, const Settings& settings) {
    switch (what) {
    case Waits::request:
        return uint64_t{settings.idle_seconds} * 1000;
    case Waits::head:
        return kHeadMs;
    case Waits::room:
        return kRoomMs;
    case Waits::end:
    case Waits::count:
        break;
    }
    return kEndMs;
}

// "127.0.0.1" as the four bytes that it has on the wire.
bool parse_address(const char* text, in_addr& address) {
    auto* bytes = reinterpret_cast<unsigned char*>(&address.s_addr);
    for (int i = 0; i < 4; i++) {
        unsigned value = 0, digits = 0;
        for (; *text >= '0' && *text <= '9' && digits < 3; text++, digits++)
            value = value * 10 + static_cast<unsigned>(*text - '0');
        if (digits == 0 || value > 255 || *text != (i < 3 ? '.' : '\0'))
            return false;
        bytes[i] = static_cast<unsigned char>(value);
        text++;
    }
    return true;
}

} // namespace

int Server::start(const char*& what) {
    what = settings_.root;
    if (!files_.open(settings_.root))
        return errno;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    auto* port = reinterpret_cast<unsigned char*>(&address.sin_port);
    port[0] = static_cast<unsigned char>(settings_.port >> 8);
    port[1] = static_cast<unsigned char>(settings_.port);
    what = settings_.address;
    if (!parse_address(settings_.address, address.sin_addr))
        return EINVAL;
    what = "socket";
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener_ < 0)
        return errno;
    const int on = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    // Inherited by connections where the system does so: replies are whole, nothing is to be
    // gathered.
    setsockopt(listener_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    what = "the port";
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        listen(listener_, kBacklog) != 0)
        return errno;
    what = "epoll";
    poll_ = epoll_create1(EPOLL_CLOEXEC);
    epoll_event event{};
    event.events = EPOLLIN;
    if (poll_ < 0 || epoll_ctl(poll_, EPOLL_CTL_ADD, listener_, &event) != 0)
        return errno;
    listening_ = true;
    look_at_clock();
    return 0;
}

int Server::run(const volatile bool& stop) {
    sigset_t waiting;
    sigprocmask(SIG_SETMASK, nullptr, &waiting);
    sigdelset(&waiting, SIGTERM);
    sigdelset(&waiting, SIGINT);
    while (!stopping_ || counts_.open > 0) {
        epoll_event events[kEvents];
        const int count = epoll_pwait(poll_, events, kEvents, next_timeout(), &waiting);
        if (count < 0 && errno != EINTR)
            return errno;
        look_at_clock();
        for (int i = 0; i < count; i++) {
            auto* const c = static_cast<Connection*>(events[i].data.ptr);
            if (c == nullptr)
                accept_all();
            else if (!c->writes)
                receive(*c);
            else
                serve(*c, c->input.data, c->input.size);
        }
        if (stop && !stopping_)
            begin_stop();
        expire();
    }
    close(poll_);
    return 0;
}

void Server::accept_all() {
    while (listening_) {
        const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            // Without descriptors or memory the next one waits until a connection has ended.
            if ((errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) &&
                counts_.open > 0)
                listen_again(false);
            return;
        }
        // The one that has been idle for longest makes room. The new one takes its memory, so an
        // event that was on its way to the old one finds a connection, on which nothing has come.
        Connection*& idle = first_[static_cast<size_t>(Waits::request)];
        if (counts_.open >= settings_.connections && idle != nullptr)
            close_now(*idle);
        Connection* c = free_;
        if (c != nullptr)
            free_ = c->next;
        else
            c = static_cast<Connection*>(malloc(sizeof(Connection)));
        if (c == nullptr || counts_.open >= settings_.connections) {
            counts_.refused++;
            close(fd);
            free(c);
            continue;
        }
        new (c) Connection;
        c->fd = fd;
        counts_.open++;
        counts_.connections++;
        watch(*c, false);
        if (c->dead)
            close_now(*c);
        else
            wait_for(*c, Waits::request);
    }
}

void Server::watch(Connection& c, bool writes) {
    if (c.watched && c.writes == writes)
        return;
    epoll_event event{};
    event.events = writes ? EPOLLOUT : EPOLLIN;
    event.data.ptr = &c;
    if (epoll_ctl(poll_, c.watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, c.fd, &event) != 0)
        c.dead = true;
    c.watched = true;
    c.writes = writes;
}

void Server::listen_again(bool on) {
    epoll_event event{};
    event.events = on ? EPOLLIN : 0U;
    if (epoll_ctl(poll_, EPOLL_CTL_MOD, listener_, &event) == 0)
        listening_ = on;
}

void Server::leave_list(Connection& c) {
    if (c.waits == Waits::count)
        return;
    const auto which = static_cast<size_t>(c.waits);
    (c.before != nullptr ? c.before->next : first_[which]) = c.next;
    (c.next != nullptr ? c.next->before : last_[which]) = c.before;
    c.next = c.before = nullptr;
    c.waits = Waits::count;
}

// Connections that wait for the same wait equally long, so each list is in order of its ends.
void Server::wait_for(Connection& c, Waits what) {
    if (c.waits == Waits::head && what == Waits::head)
        return;
    leave_list(c);
    const auto which = static_cast<size_t>(what);
    c.waits = what;
    c.deadline_ms = now_ms_ + limit_ms(what, settings_);
    c.before = last_[which];
    (last_[which] != nullptr ? last_[which]->next : first_[which]) = &c;
    last_[which] = &c;
}

void Server::close_now(Connection& c) {
    leave_list(c);
    close(c.fd); // which takes it out of the epoll set
    if (c.file >= 0)
        close(c.file);
    free(c.input.data);
    free(c.output.data);
    counts_.open--;
    c.next = free_;
    free_ = &c;
    if (!listening_ && !stopping_)
        listen_again(true);
}

int Server::next_timeout() const {
    uint64_t first = stopping_ ? stop_ms_ : ~uint64_t{0};
    for (const Connection* c : first_) {
        if (c != nullptr && c->deadline_ms < first)
            first = c->deadline_ms;
    }
    if (first == ~uint64_t{0})
        return -1;
    return first <= now_ms_ ? 0 : static_cast<int>(first - now_ms_);
}

void Server::expire() {
    for (Connection*& first : first_) {
        while (first != nullptr &&
               (first->deadline_ms <= now_ms_ || (stopping_ && stop_ms_ <= now_ms_))) {
            Connection& c = *first;
            counts_.timeouts++;
            // Of a body that does not come the request was answered long ago.
            if (c.waits != Waits::head || c.skip > 0 || stopping_) {
                close_now(c);
                continue;
            }
            uk::http::Request nobody;
            answer(c, uk::http::Status::request_timeout, nobody);
            flush(c);
            (void)drain(c);
            leave_list(c);
            settle(c);
        }
    }
}

// No new connections and requests; those that have begun get their answers.
void Server::begin_stop() {
    stopping_ = true;
    stop_ms_ = now_ms_ + kStopMs;
    listening_ = false;
    close(listener_);
    while (Connection* idle = first_[static_cast<size_t>(Waits::request)])
        close_now(*idle);
}

// The time of this turn of the loop, and once a second the date that replies have. A machine
// without a clock sends none, as RFC 9110 wants it.
void Server::look_at_clock() {
    now_ms_ = now_ms();
    if (now_ms_ / 1000 == second_)
        return;
    second_ = now_ms_ / 1000;
    timespec wall{};
    date_size_ = 0;
    if (clock_gettime(CLOCK_REALTIME, &wall) != 0 || wall.tv_sec <= 0)
        return;
    char date[uk::http::kDateSize];
    uk::http::format_date(wall.tv_sec, date);
    Text text(date_);
    text.add("Server: microlith\r\nDate: ").add({date, sizeof date}).add("\r\n");
    date_size_ = text.size();
}

} // namespace httpd
