// SPDX-License-Identifier: BSD-3-Clause
// Options against the host's sockets, control messages, and the way from a domain to its family.
#include <cstring>
#include <random>
#include <vector>

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <uk/abi/in.h>
#include <uk/socket/control.hpp>
#include <uk/socket/families.hpp>
#include <uk/socket/options.hpp>

// No address here faults, so nothing has to be repaired.
bool uk::user::detail::may_touch() {
    return true;
}

namespace {

using uk::Errno;
using uk::Ref;
using uk::Result;
using uk::SocketKind;
using uk::SocketOption;
using uk::SocketOptions;

std::span<std::byte> bytes_of(auto& value) {
    return std::as_writable_bytes(std::span(&value, 1));
}
long number(const auto& result) {
    return result.ok() ? static_cast<long>(result.value()) : -static_cast<long>(result.code());
}

// The same option of ours and of a datagram socket of the host.
class Both {
  public:
    ~Both() { close(host_); }
    template <class T>
    void set(int name, T value, size_t size = sizeof(T)) {
        const long host =
            setsockopt(host_, SOL_SOCKET, name, &value, static_cast<socklen_t>(size)) == 0 ? 0
                                                                                           : -errno;
        const auto ours = options_.option(
            {SocketOption::Way::set, UK_SOL_SOCKET, name, bytes_of(value).subspan(0, size)}, kKind);
        EXPECT_EQ(number(ours), host) << "option " << name;
    }
    template <class T>
    void same(int name) {
        T host, ours;
        memset(&host, 7, sizeof(T));
        memset(&ours, 7, sizeof(T));
        socklen_t size = sizeof(T);
        const int got = getsockopt(host_, SOL_SOCKET, name, &host, &size);
        const auto our =
            options_.option({SocketOption::Way::get, UK_SOL_SOCKET, name, bytes_of(ours)}, kKind);
        EXPECT_EQ(number(our), got == 0 ? static_cast<long>(size) : -errno) << "option " << name;
        EXPECT_EQ(memcmp(&host, &ours, sizeof(T)), 0) << "option " << name;
    }

  private:
    static constexpr SocketKind kKind{UK_AF_INET, UK_SOCK_DGRAM, UK_IPPROTO_UDP};
    SocketOptions options_;
    int host_ = socket(AF_INET, SOCK_DGRAM, 0);
};

TEST(SocketOptions, AreTheHosts) {
    Both both;
    for (const int name : {SO_TYPE, SO_DOMAIN, SO_PROTOCOL, SO_ERROR, SO_ACCEPTCONN, SO_RCVLOWAT,
                           SO_SNDLOWAT, SO_REUSEADDR, 9999}) {
        both.same<int>(name);
        both.same<char>(name);
        both.same<uint64_t>(name);
    }
    both.same<ucred>(SO_PEERCRED);
    for (const int name :
         {SO_REUSEADDR, SO_REUSEPORT, SO_KEEPALIVE, SO_BROADCAST, SO_DONTROUTE, SO_OOBINLINE}) {
        for (const int value : {1, 0, 7, -1}) {
            both.set(name, value);
            both.same<int>(name);
        }
        both.set(name, 1, 3);
    }
    for (const int value : {0, 1, 5000, 50'000, 100'000}) { // more is the host's sysctl
        for (const int name : {SO_SNDBUF, SO_RCVBUF}) {
            both.set(name, value);
            both.same<int>(name);
        }
    }
    for (const int name : {SO_TYPE, SO_ERROR, SO_ACCEPTCONN, 9999})
        both.set(name, 1);
}

TEST(SocketOptions, TimeoutsAndLinger) {
    Both both;
    for (const int name : {SO_RCVTIMEO, SO_SNDTIMEO}) {
        both.same<timeval>(name);
        for (const timeval value : {timeval{1, 500'000}, timeval{0, 4'000}, timeval{0, 0},
                                    timeval{3, 1'000'000}, timeval{0, -1}, timeval{-5, 0}}) {
            both.set(name, value);
            both.same<timeval>(name);
        }
        both.set(name, timeval{1, 0}, 8);
    }
    both.same<linger>(SO_LINGER);
    for (const linger value : {linger{1, 5}, linger{1, 0}, linger{0, 3}, linger{-1, 9}})
        both.set(SO_LINGER, value);
    both.set(SO_LINGER, linger{1, 2}, 4);
    both.set(SO_LINGER, linger{1, 2});
    both.same<linger>(SO_LINGER);
}

TEST(SocketOptions, ErrorIsToldOnce) {
    SocketOptions options;
    options.set_error(Errno::connrefused);
    int got = 0;
    const SocketOption ask{SocketOption::Way::get, UK_SOL_SOCKET, UK_SO_ERROR, bytes_of(got)};
    EXPECT_EQ(number(options.option(ask, {})), 4);
    EXPECT_EQ(got, ECONNREFUSED);
    EXPECT_EQ(number(options.option(ask, {})), 4);
    EXPECT_EQ(got, 0);
}

// As CMSG_FIRSTHDR and CMSG_NXTHDR of the host go through it.
TEST(SocketOptions, ConnectionsInherit) {
    SocketOptions listener, connection;
    listener.set(SocketOptions::kListening | SocketOptions::kKeepAlive, true);
    listener.set_error(Errno::io);
    connection.inherit(listener);
    EXPECT_TRUE(connection.has(SocketOptions::kKeepAlive));
    EXPECT_FALSE(connection.has(SocketOptions::kListening));
    EXPECT_FALSE(connection.has_error());
}

TEST(Control, ReaderFindsWhatIsThere) {
    std::minstd_rand random(3);
    for (int round = 0; round < 2000; round++) {
        alignas(8) std::byte memory[256] = {};
        const size_t size = random() % (sizeof(memory) + 1);
        for (size_t at = 0; at + sizeof(uk_cmsghdr) <= size;) {
            const uk_cmsghdr head{random() % 8 == 0 ? random() % 300 : 16 + random() % 40,
                                  UK_SOL_SOCKET, static_cast<int>(random() % 5)};
            memcpy(memory + at, &head, sizeof(head));
            at += (head.cmsg_len + 7) & ~size_t{7};
            if (head.cmsg_len < 16)
                break;
        }
        uk::ControlReader reader({memory, size});
        size_t place = 0;
        for (uk::ControlMessage one;;) {
            const Result<bool> next = reader.next(one);
            if (size - std::min(place, size) < sizeof(uk_cmsghdr)) {
                ASSERT_TRUE(next.ok() && !next.value());
                break;
            }
            uk_cmsghdr head;
            memcpy(&head, memory + place, sizeof(head));
            if (head.cmsg_len < sizeof(head) || head.cmsg_len > size - place) {
                ASSERT_EQ(next.code(), Errno::inval);
                break;
            }
            ASSERT_TRUE(next.ok() && next.value());
            ASSERT_EQ(one.type, head.cmsg_type);
            ASSERT_EQ(one.data.data(), memory + place + sizeof(head));
            ASSERT_EQ(one.data.size(), head.cmsg_len - sizeof(head));
            place += (head.cmsg_len + 7) & ~size_t{7};
        }
    }
}

TEST(Control, WriterCutsAtTheEnd) {
    alignas(8) char memory[64];
    const char text[] = "0123456789";
    for (size_t room = 0; room <= sizeof(memory); room++) {
        memset(memory, '#', sizeof(memory));
        uk::ControlWriter writer(uk::Vaddr::of(memory), room);
        ASSERT_TRUE(writer.put(1, 2, text, 10).ok());
        ASSERT_TRUE(writer.put(1, 3, text, 10).ok());
        EXPECT_EQ(writer.cut(), room < 32 + 26) << room;
        EXPECT_LE(writer.used(), room);
        for (size_t at = writer.used(); at < sizeof(memory); at++)
            ASSERT_EQ(memory[at], '#') << room;
        if (room >= 26)
            EXPECT_EQ(memcmp(memory + 16, text, 10), 0);
    }
}

struct Thing {
    int row;
    int refs = 1;
    void ref_retain() { refs++; }
    void ref_release() { refs--; }
};
using Family = uk::BasicSocketFamily<Thing>;

Thing g_first{1}, g_second{2}, g_other{3};

TEST(Families, FirstThatWantsIt) {
    static const Family second{.domain = 2,
                               .name = "second",
                               .order = 5,
                               .create = [](const SocketKind&, uint32_t) -> Result<Ref<Thing>> {
                                   return Ref<Thing>::share(g_second);
                               }};
    static const Family first{.domain = 2,
                              .name = "first",
                              .order = 1,
                              .create = [](const SocketKind& kind, uint32_t) -> Result<Ref<Thing>> {
                                  if (kind.type == UK_SOCK_RAW)
                                      return Errno::afnosupport;
                                  if (kind.type != UK_SOCK_STREAM)
                                      return Errno::socktnosupport;
                                  return Ref<Thing>::share(g_first);
                              }};
    static const Family other{
        .domain = 1,
        .name = "other",
        .create = [](const SocketKind&, uint32_t status) -> Result<Ref<Thing>> {
            if (status != 7)
                return Errno::nomem;
            return Ref<Thing>::share(g_other);
        },
        .pair = [](const SocketKind&, uint32_t) -> Result<uk::SocketPair<Thing>> {
            return uk::SocketPair<Thing>{Ref<Thing>::share(g_other), Ref<Thing>::share(g_first)};
        }};
    const Family* const table[] = {&second, &other, &first};
    const auto row = [&](int domain, int type, uint32_t status = 0) {
        const auto made = uk::make_socket<Thing>(table, {domain, type, 0}, status);
        return made.ok() ? made.value()->row : -static_cast<int>(made.code());
    };
    EXPECT_EQ(row(2, UK_SOCK_STREAM), 1);
    EXPECT_EQ(row(2, UK_SOCK_RAW), 2);
    EXPECT_EQ(row(2, UK_SOCK_DGRAM), -ESOCKTNOSUPPORT);
    EXPECT_EQ(row(1, UK_SOCK_STREAM, 7), 3);
    EXPECT_EQ(row(1, UK_SOCK_STREAM), -ENOMEM);
    EXPECT_EQ(row(3, UK_SOCK_STREAM), -EAFNOSUPPORT);
    EXPECT_EQ(row(-1, UK_SOCK_STREAM), -EAFNOSUPPORT);
    EXPECT_EQ(row(99, UK_SOCK_STREAM), -EAFNOSUPPORT);
    EXPECT_EQ(row(2, 11), -EINVAL);
    EXPECT_EQ(row(2, -1), -EINVAL);
    const auto pair = uk::make_socket_pair<Thing>(table, {1, UK_SOCK_STREAM, 0}, 0);
    ASSERT_TRUE(pair.ok());
    EXPECT_EQ(pair.value().first->row, 3);
    EXPECT_EQ(uk::make_socket_pair<Thing>(table, {2, UK_SOCK_STREAM, 0}, 0).code(),
              Errno::opnotsupp);
}

} // namespace
