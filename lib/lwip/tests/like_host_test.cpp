// SPDX-License-Identifier: BSD-3-Clause
// Two TCP connections, one over lwIP's loopback and one over the host's: what is done to one at
// random is done to the other, and both have to answer the same.
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <random>
#include <string>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <uk/fakes/effort.hpp>

#include "host_inet.hpp"

namespace {

using namespace inet_tests;

class HostPair {
  public:
    HostPair() {
        const int door = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in at = {};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        EXPECT_EQ(::bind(door, reinterpret_cast<sockaddr*>(&at), size), 0);
        EXPECT_EQ(::listen(door, 1), 0);
        EXPECT_EQ(::getsockname(door, reinterpret_cast<sockaddr*>(&at), &size), 0);
        fds[0] = ::socket(AF_INET, SOCK_STREAM, 0);
        EXPECT_EQ(::connect(fds[0], reinterpret_cast<sockaddr*>(&at), size), 0);
        fds[1] = ::accept(door, nullptr, nullptr);
        ::close(door);
        const int on = 1;
        for (const int fd : fds) {
            EXPECT_EQ(::fcntl(fd, F_SETFL, O_NONBLOCK), 0);
            EXPECT_EQ(::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), 0);
        }
    }
    HostPair(const HostPair&) = delete;
    HostPair& operator=(const HostPair&) = delete;
    ~HostPair() {
        for (const int fd : fds) {
            if (fd >= 0)
                ::close(fd);
        }
    }
    int fds[2] = {-1, -1};
};

std::string outcome(ssize_t result, const char* data) {
    if (result < 0)
        return "error " + std::to_string(errno);
    return data != nullptr ? std::string(data, static_cast<size_t>(result))
                           : std::to_string(result);
}
std::string outcome(const Result<size_t>& result, const char* data) {
    if (!result.ok())
        return "error " + std::to_string(static_cast<int>(result.code()));
    return data != nullptr ? std::string(data, result.value()) : std::to_string(result.value());
}

class Both {
  public:
    explicit Both(uint64_t seed) : random_(seed) {
        Pair pair = tcp_pair();
        ours_[0] = std::move(pair.client);
        ours_[1] = std::move(pair.server);
        for (const Ref<Socket>& one : ours_)
            EXPECT_TRUE(set(*one, UK_IPPROTO_TCP, UK_TCP_NODELAY, 1).ok());
    }

    void run(int steps) {
        for (int i = 0; i < steps && !::testing::Test::HasFailure(); i++) {
            const unsigned side = pick(2);
            if (!ours_[side])
                continue;
            step(side);
            for (const unsigned end : {0U, 1U})
                compare_state(end);
        }
    }

  private:
    unsigned pick(unsigned below) { return static_cast<unsigned>(random_() % below); }

    void note(std::string what) { history_ += what + "\n"; }
    void compare(const std::string& ours, const std::string& theirs) {
        EXPECT_EQ(ours, theirs) << history_;
    }

    void step(unsigned side) {
        const unsigned what = pick(100);
        if (what < 45)
            send_some(side);
        else if (what < 90)
            receive_some(side);
        else if (what < 94)
            shut(side);
        else if (what < 96)
            errors(side);
        else if (what < 97)
            leave(side);
    }

    void send_some(unsigned side) {
        if (on_the_way_ > 20'000)
            return;
        std::string text(pick(8) == 0 ? pick(5000) : pick(100), 'a');
        for (char& c : text)
            c = static_cast<char>('a' + next_++ % 26);
        note("send " + std::to_string(side) + " " + std::to_string(text.size()));
        const Result<size_t> ours = send(*ours_[side], text, UK_MSG_NOSIGNAL);
        const ssize_t theirs =
            ::send(host_.fds[side], text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        compare(outcome(ours, nullptr), outcome(theirs, nullptr));
        on_the_way_ += ours.ok() ? ours.value() : 0;
    }

    void receive_some(unsigned side) {
        constexpr int kFlags[] = {0, 0, 0, MSG_PEEK, MSG_TRUNC, MSG_WAITALL};
        const int flags = kFlags[pick(6)];
        const size_t size = 1 + (pick(4) == 0 ? pick(8000) : pick(150));
        note("receive " + std::to_string(side) + " " + std::to_string(size) + " flags " +
             std::to_string(flags));
        std::string mine(size, '\0'), other(size, '\0');
        const Result<size_t> ours = receive(*ours_[side], mine.data(), size, flags);
        const ssize_t theirs = ::recv(host_.fds[side], other.data(), size, flags | MSG_DONTWAIT);
        const bool has_data = (flags & MSG_TRUNC) == 0;
        compare(outcome(ours, has_data ? mine.data() : nullptr),
                outcome(theirs, has_data ? other.data() : nullptr));
        if (ours.ok() && (flags & MSG_PEEK) == 0)
            on_the_way_ -= ours.value() < on_the_way_ ? ours.value() : on_the_way_;
    }

    void shut(unsigned side) {
        const int how = static_cast<int>(pick(3));
        // Bytes that come after SHUT_RD: Linux keeps some of them, depending on its state.
        if (how != SHUT_WR)
            return;
        note("shutdown " + std::to_string(side));
        const Result<> ours = ours_[side]->shutdown(how);
        const int theirs = ::shutdown(host_.fds[side], how);
        compare(std::to_string(static_cast<int>(ours.code())),
                std::to_string(theirs < 0 ? errno : 0));
    }

    void errors(unsigned side) {
        note("SO_ERROR " + std::to_string(side));
        int theirs = 0;
        socklen_t size = sizeof theirs;
        EXPECT_EQ(::getsockopt(host_.fds[side], SOL_SOCKET, SO_ERROR, &theirs, &size), 0);
        compare(std::to_string(pending(*ours_[side])), std::to_string(theirs));
    }

    void leave(unsigned side) {
        note("close " + std::to_string(side));
        ours_[side].reset();
        ::close(host_.fds[side]);
        host_.fds[side] = -1;
    }

    // The host's packets may need a moment.
    void compare_state(unsigned side) {
        if (!ours_[side])
            return;
        std::string theirs;
        for (int i = 0; i < 2000; i++) {
            theirs = host_state(host_.fds[side]);
            if (theirs == state(*ours_[side]))
                return;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        compare(state(*ours_[side]), theirs);
    }
    static std::string state(Socket& socket) {
        constexpr uint32_t kSeen = UK_POLLIN | UK_POLLOUT | UK_POLLRDHUP | UK_POLLHUP | UK_POLLERR;
        int bytes = 0;
        EXPECT_TRUE(socket.ioctl(UK_FIONREAD, reinterpret_cast<uintptr_t>(&bytes)).ok());
        return "poll " + std::to_string(socket.ready() & kSeen) + ", " + std::to_string(bytes) +
               " bytes";
    }
    static std::string host_state(int fd) {
        pollfd one{fd, POLLIN | POLLOUT | POLLRDHUP, 0};
        EXPECT_GE(::poll(&one, 1, 0), 0);
        int bytes = 0;
        EXPECT_EQ(::ioctl(fd, FIONREAD, &bytes), 0);
        return "poll " + std::to_string(one.revents) + ", " + std::to_string(bytes) + " bytes";
    }

    std::mt19937_64 random_;
    Ref<Socket> ours_[2];
    HostPair host_;
    size_t on_the_way_ = 0;
    unsigned next_ = 0;
    std::string history_;
};

TEST(TcpLikeHost, RandomOperations) {
    const Stack stack;
    for (uint64_t seed = 0; seed < uk::fakes::effort(200) && !HasFailure(); seed++) {
        SCOPED_TRACE(seed);
        Both(seed).run(100);
    }
}

} // namespace
