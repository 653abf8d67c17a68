// SPDX-License-Identifier: BSD-3-Clause
// Random operations on sockets of AF_UNIX, ours and the host's side by side: the same results, the
// same bytes, the same readiness.
#include <random>
#include <sstream>
#include <vector>

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <uk/fakes/effort.hpp>

#include "host_unix.hpp"

namespace unix_tests {
namespace {

class LikeHost : public testing::Test {
  protected:
    struct Slot {
        Ref<Socket> ours;
        int host = -1;
        int type = 0;
    };
    static constexpr size_t kMostSlots = 12, kNames = 4;
    static constexpr int kHostFlags = SOCK_NONBLOCK | SOCK_CLOEXEC;

    ~LikeHost() override {
        while (!slots_.empty())
            close_slot(0);
        HostUnix::close_all();
    }

    unsigned below(size_t most) { return static_cast<unsigned>(random_() % most); }
    template <class T>
    T one_of(std::initializer_list<T> list) {
        return list.begin()[below(list.size())];
    }
    Slot& any() { return slots_[below(slots_.size())]; }
    int any_type() { return one_of<int>({SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET}); }

    // The same abstract name for both; another one for each test process.
    uk::SocketAddress any_name() {
        if (below(12) == 0) { // nonsense
            uk::SocketAddress wrong = address_of("@x");
            wrong.size = one_of({0u, 1u, 3u, 111u});
            const uint16_t family = one_of<uint16_t>({AF_UNIX, AF_INET, AF_UNSPEC});
            memcpy(wrong.bytes, &family, 2);
            return wrong;
        }
        return address_of("@uk-like-host-" + std::to_string(getpid()) + "-" +
                          std::to_string(below(kNames)));
    }
    static const sockaddr* host_of(const uk::SocketAddress& address) {
        return reinterpret_cast<const sockaddr*>(address.bytes);
    }
    static long host_number(long result) { return result < 0 ? -errno : result; }

    void open_pair() {
        const int type = any_type();
        int fds[2];
        ASSERT_EQ(socketpair(AF_UNIX, type | kHostFlags, 0, fds), 0);
        auto [a, b] = make_pair(type, UK_O_NONBLOCK);
        note("pair", fds[0], fds[1], "type", type);
        slots_.push_back({a, fds[0], type});
        slots_.push_back({b, fds[1], type});
    }
    void open_one() {
        const int type = any_type();
        slots_.push_back(
            {make_socket(type, UK_O_NONBLOCK), socket(AF_UNIX, type | kHostFlags, 0), type});
        note("socket", slots_.back().host, "type", type);
    }
    void close_slot(size_t index) {
        note("close", slots_[index].host);
        ::close(slots_[index].host);
        slots_.erase(slots_.begin() + static_cast<long>(index));
    }

    void bind_some() {
        Slot& slot = any();
        const uk::SocketAddress name = any_name();
        if (name.size == 2 && name.family() == AF_UNIX)
            return; // the names that it chooses differ
        const long host = host_number(::bind(slot.host, host_of(name), name.size));
        note("bind", slot.host, "size", name.size, "=", host);
        ASSERT_EQ(number(slot.ours->bind(name)), host);
    }
    void listen_some() {
        Slot& slot = any();
        const unsigned backlog = below(4);
        const long host = host_number(::listen(slot.host, static_cast<int>(backlog)));
        note("listen", slot.host, backlog, "=", host);
        ASSERT_EQ(number(slot.ours->listen(backlog)), host);
    }
    void connect_some() {
        Slot& slot = any();
        const uk::SocketAddress name = any_name();
        const long host = host_number(::connect(slot.host, host_of(name), name.size));
        note("connect", slot.host, "family", name.family(), "size", name.size, "=", host);
        ASSERT_EQ(number(slot.ours->connect(name)), host);
    }
    void accept_some() {
        Slot& slot = any();
        if (slots_.size() >= kMostSlots)
            return;
        sockaddr_un theirs{};
        socklen_t size = sizeof(theirs);
        const long host = host_number(
            accept4(slot.host, reinterpret_cast<sockaddr*>(&theirs), &size, kHostFlags));
        uk::SocketAddress peer;
        auto ours = slot.ours->accept(UK_O_NONBLOCK, &peer);
        note("accept", slot.host, "=", host);
        ASSERT_EQ(ours.ok() ? 0 : number(ours), host < 0 ? host : 0);
        if (host < 0)
            return;
        same_address(peer, theirs, size);
        slots_.push_back({ours.take(), static_cast<int>(host), slot.type});
    }
    static long number(const Result<Ref<Socket>>& result) {
        return -static_cast<long>(result.code());
    }
    static long number(const Result<>& result) { return unix_tests::number(result); }

    void same_address(const uk::SocketAddress& ours, const sockaddr_un& host, socklen_t size) {
        ASSERT_EQ(ours.size, size);
        ASSERT_EQ(memcmp(ours.bytes, &host, size), 0);
    }

    void send_some() {
        Slot& slot = any();
        int waiting = 0; // never near the end, as the host counts otherwise
        if (ioctl(slot.host, TIOCOUTQ, &waiting) == 0 && waiting > 30'000)
            return;
        std::string text(one_of({0u, 1u, below(100), below(100), below(5000)}), '\0');
        if (slot.type == SOCK_SEQPACKET && text.empty())
            text = "x"; // kernels differ in whether nothing unread is unread when its reader goes
        for (char& c : text)
            c = static_cast<char>(random_());
        const int flags = MSG_NOSIGNAL;
        const bool addressed = slot.type != SOCK_STREAM && below(3) == 0;
        const uk::SocketAddress name = any_name();
        if (addressed && name.size == 0)
            return;
        const bool attached = below(6) == 0 && !text.empty();
        std::string control = attached ? rights(std::initializer_list<int>{our_file_}) : "";
        msghdr message{};
        iovec piece{text.data(), text.size()};
        message.msg_iov = &piece;
        message.msg_iovlen = 1;
        if (addressed) {
            message.msg_name = const_cast<sockaddr*>(host_of(name));
            message.msg_namelen = name.size;
        }
        std::string host_control = control;
        if (attached) {
            memcpy(host_control.data() + 16, &host_file_, sizeof(int));
            message.msg_control = host_control.data();
            message.msg_controllen = host_control.size();
        }
        const long host = host_number(sendmsg(slot.host, &message, flags));
        const long ours =
            send(*slot.ours, text, flags, addressed ? &name : nullptr, as_control(control));
        note("send", slot.host, "bytes", text.size(), addressed ? "addressed" : "",
             attached ? "with rights" : "", "=", host);
        if (ours == -EPIPE && host == -ENOTCONN && slot.type == SOCK_DGRAM)
            return; // what Linux looked at first before 6.14
        ASSERT_EQ(ours, host);
    }
    void receive_some() {
        Slot& slot = any();
        const size_t most = one_of({0u, 1u, below(100), below(3000), 9000u});
        const int flags =
            one_of<int>({0, 0, 0, MSG_PEEK, MSG_TRUNC, MSG_PEEK | MSG_TRUNC, MSG_WAITALL});
        if (slot.type == SOCK_STREAM && (flags & MSG_TRUNC) != 0)
            return; // the host forgets the bytes without copying them
        const size_t room = one_of({0u, 24u, 40u});
        std::string text(most, '\0');
        char control[64];
        sockaddr_un from{};
        iovec piece{text.data(), most};
        msghdr message{};
        message.msg_name = &from;
        message.msg_namelen = sizeof(from);
        message.msg_iov = &piece;
        message.msg_iovlen = 1;
        message.msg_control = control;
        message.msg_controllen = room;
        const long host = host_number(recvmsg(slot.host, &message, flags | MSG_CMSG_CLOEXEC));
        const Received ours = receive(*slot.ours, most, flags, room);
        note("receive", slot.host, "most", most, "flags", flags, "room", room, "=", host);
        ASSERT_EQ(ours.result, host);
        if (host < 0)
            return;
        ASSERT_EQ(ours.text, text.substr(0, ours.text.size()));
        // Who peeks into a stream sees descriptors there that come with later bytes.
        if (slot.type != SOCK_STREAM || (flags & MSG_PEEK) == 0) {
            ASSERT_EQ(ours.flags | (ours.cut ? MSG_CTRUNC : 0),
                      message.msg_flags & ~(MSG_CMSG_CLOEXEC | MSG_EOR));
            ASSERT_EQ(ours.control.size(), message.msg_controllen);
        }
        same_address(ours.from, from, message.msg_namelen);
        for (const int fd : fds_in(ours.control))
            HostUnix::close_fd(fd);
        for (const int fd : fds_in(std::string(control, message.msg_controllen)))
            ::close(fd);
    }
    void shut_some() {
        Slot& slot = any();
        const int how = static_cast<int>(below(3));
        note("shutdown", slot.host, how);
        ASSERT_EQ(number(slot.ours->shutdown(how)), host_number(::shutdown(slot.host, how)));
    }
    void ask_some() {
        Slot& slot = any();
        for (const bool peer : {false, true}) {
            sockaddr_un name{};
            socklen_t size = sizeof(name);
            auto* const address = reinterpret_cast<sockaddr*>(&name);
            const long host = host_number(peer ? getpeername(slot.host, address, &size)
                                               : getsockname(slot.host, address, &size));
            uk::SocketAddress ours;
            const auto side = peer ? uk::SocketSide::peer : uk::SocketSide::local;
            ASSERT_EQ(number(slot.ours->name(side, ours)), host);
            if (host == 0)
                same_address(ours, name, size);
        }
        int theirs = 0, ours = 0;
        socklen_t size = sizeof(theirs);
        const int name = one_of({SO_ERROR, SO_ACCEPTCONN, SO_TYPE});
        ASSERT_EQ(getsockopt(slot.host, SOL_SOCKET, name, &theirs, &size), 0);
        ASSERT_TRUE(slot.ours
                        ->option({uk::SocketOption::Way::get, SOL_SOCKET, name,
                                  std::as_writable_bytes(std::span(&ours, 1))})
                        .ok());
        note("option", name, "of", slot.host, "=", theirs);
        ASSERT_EQ(ours, theirs);
        long host = host_number(ioctl(slot.host, FIONREAD, &theirs));
        auto got = slot.ours->ioctl(UK_FIONREAD, reinterpret_cast<uintptr_t>(&ours));
        ASSERT_EQ(unix_tests::number(got), host);
        if (host == 0) {
            ASSERT_EQ(ours, theirs);
        }
    }
    void poll_all() {
        for (Slot& slot : slots_) {
            pollfd one{slot.host, POLLIN | POLLOUT | POLLRDHUP | POLLRDNORM | POLLWRNORM, 0};
            (void)poll(&one, 1, 0);
            const uint32_t asked =
                POLLIN | POLLOUT | POLLRDHUP | POLLRDNORM | POLLWRNORM | POLLHUP | POLLERR;
            ASSERT_EQ(slot.ours->ready() & asked, static_cast<uint32_t>(one.revents)) << slot.host;
        }
    }

    void step() {
        const unsigned what = below(100);
        if (slots_.size() < 2 || (what < 8 && slots_.size() + 2 <= kMostSlots)) {
            if (below(2) == 0)
                open_pair();
            else
                open_one();
        } else if (what < 12) {
            close_slot(below(slots_.size()));
        } else if (what < 18) {
            bind_some();
        } else if (what < 22) {
            listen_some();
        } else if (what < 30) {
            connect_some();
        } else if (what < 36) {
            accept_some();
        } else if (what < 62) {
            send_some();
        } else if (what < 86) {
            receive_some();
        } else if (what < 89) {
            shut_some();
        } else if (what < 94) {
            ask_some();
        } else {
            note("poll");
            poll_all();
        }
    }

    // What was done, for whoever looks for a difference.
    template <class... Parts>
    void note(const Parts&... parts) {
        std::ostringstream text;
        ((text << parts << ' '), ...);
        trace_.push_back(text.str());
    }
    std::string last_steps() {
        std::string text;
        for (size_t i = trace_.size() > 400 ? trace_.size() - 400 : 0; i < trace_.size(); i++)
            text += trace_[i] + "\n";
        return text;
    }

    std::vector<std::string> trace_;
    std::minstd_rand random_;
    std::vector<Slot> slots_;
    int our_file_ = -1, host_file_ = -1; // what is passed: no sockets of this family
};

TEST_F(LikeHost, RandomOperations) {
    signal(SIGPIPE, SIG_IGN);
    host_file_ = dup(STDERR_FILENO);
    for (unsigned seed = 1; seed <= uk::fakes::effort(60); seed++) {
        random_.seed(seed);
        our_file_ = HostUnix::add_file(host_file<PlainFile>(), false).value();
        for (int i = 0; i < 2000; i++) {
            step();
            if (HasFatalFailure()) {
                ADD_FAILURE() << "seed " << seed << ", step " << i << "\n" << last_steps();
                return;
            }
        }
        while (!slots_.empty())
            close_slot(0);
        HostUnix::close_all();
    }
    ::close(host_file_);
}

} // namespace
} // namespace unix_tests
