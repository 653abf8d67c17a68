// SPDX-License-Identifier: BSD-3-Clause
// Sockets of AF_UNIX: names, connections, messages, descriptors, ends.
#include <thread>
#include <vector>

#include "host_unix.hpp"

// No address here faults, so nothing has to be repaired.
bool uk::user::detail::may_touch() {
    return true;
}

namespace unix_tests {
namespace {

class Unix : public testing::TestWithParam<int> {
  protected:
    ~Unix() override { HostUnix::close_all(); }
};

TEST_P(Unix, PairGoesBothWays) {
    auto [a, b] = make_pair(GetParam());
    EXPECT_EQ(send(*a, "hello"), 5);
    EXPECT_EQ(receive(*b, 100).text, "hello");
    EXPECT_EQ(send(*b, "you"), 3);
    EXPECT_EQ(receive(*a, 100).text, "you");
    EXPECT_EQ(receive(*a, 100, UK_MSG_DONTWAIT).result, -EAGAIN);
    a->set_status(UK_O_NONBLOCK);
    EXPECT_EQ(receive(*a, 100).result, -EAGAIN);
}

TEST_P(Unix, PeekLeavesWhatIsThere) {
    auto [a, b] = make_pair(GetParam());
    EXPECT_EQ(send(*a, "abcdef"), 6);
    EXPECT_EQ(receive(*b, 3, UK_MSG_PEEK).text, "abc");
    EXPECT_EQ(receive(*b, 100, UK_MSG_PEEK).text, "abcdef");
    EXPECT_EQ(receive(*b, 100).text, "abcdef");
}

TEST_P(Unix, ShutdownEndsOneWay) {
    auto [a, b] = make_pair(GetParam(), UK_O_NONBLOCK);
    EXPECT_EQ(send(*a, "last"), 4);
    EXPECT_TRUE(a->shutdown(UK_SHUT_WR).ok());
    EXPECT_EQ(send(*a, "more", UK_MSG_NOSIGNAL), -EPIPE);
    EXPECT_EQ(receive(*b, 10).text, "last");
    EXPECT_EQ(receive(*b, 10).result, GetParam() == UK_SOCK_DGRAM ? -EAGAIN : 0);
    EXPECT_EQ(send(*b, "back"), 4);
    EXPECT_EQ(receive(*a, 10).text, "back");
}

TEST_P(Unix, DescriptorsArePassed) {
    auto [a, b] = make_pair(GetParam());
    auto [c, d] = make_pair(UK_SOCK_STREAM);
    const int fd = HostUnix::add_file(c, false).value();
    const std::string control = rights({fd, fd});
    EXPECT_EQ(send(*a, "x", 0, nullptr, as_control(control)), 1);
    HostUnix::close_fd(fd);
    c.reset();
    const Received got = receive(*b, 10, 0, 64);
    EXPECT_EQ(got.result, 1);
    EXPECT_FALSE(got.cut);
    const std::vector<int> fds = fds_in(got.control);
    ASSERT_EQ(fds.size(), 2U);
    EXPECT_EQ(send(*Socket::of(*HostUnix::file_of(fds[1]).value()), "still there"), 11);
    EXPECT_EQ(receive(*d, 100).text, "still there");
    for (const int one : fds)
        HostUnix::close_fd(one);
    EXPECT_EQ(receive(*d, 100).result, 0);
    EXPECT_EQ(send(*a, "x", 0, nullptr, as_control(rights({99}))), -EBADF);
}

TEST_P(Unix, DescriptorsThatDoNotFitAreCut) {
    auto [a, b] = make_pair(GetParam());
    auto [c, d] = make_pair(UK_SOCK_STREAM);
    const int fd = HostUnix::add_file(c, false).value();
    const std::string control = rights({fd, fd, fd});
    for (const size_t room : {0U, 15U, 16U, 20U, 24U, 28U}) {
        EXPECT_EQ(send(*a, "x", 0, nullptr, as_control(control)), 1);
        const Received got = receive(*b, 10, 0, room);
        EXPECT_EQ(fds_in(got.control).size(), room < 20 ? 0 : (room - 16) / 4) << room;
        EXPECT_EQ(got.cut, room < 28) << room;
        for (const int one : fds_in(got.control))
            HostUnix::close_fd(one);
    }
}

// What nobody could ever receive again is refused, and what is on its way goes with its socket.
TEST_P(Unix, SocketsInFlightKeepNoCircle) {
    auto [a, b] = make_pair(GetParam());
    auto [c, d] = make_pair(GetParam());
    const int fd_a = HostUnix::add_file(a, false).value();
    const int fd_b = HostUnix::add_file(b, false).value();
    const int fd_c = HostUnix::add_file(c, false).value();
    const int fd_d = HostUnix::add_file(d, false).value();
    EXPECT_EQ(send(*a, "x", 0, nullptr, as_control(rights({fd_b}))), -ETOOMANYREFS);
    EXPECT_EQ(send(*a, "x", 0, nullptr, as_control(rights({fd_d}))), 1); // d waits at b
    EXPECT_EQ(send(*c, "x", 0, nullptr, as_control(rights({fd_b}))), -ETOOMANYREFS);
    EXPECT_EQ(send(*c, "x", 0, nullptr, as_control(rights({fd_a}))), -ETOOMANYREFS);
    EXPECT_EQ(fds_in(receive(*b, 10, 0, 64).control).size(), 1U);
    EXPECT_EQ(send(*c, "x", 0, nullptr, as_control(rights({fd_b, fd_c}))), 1);
}

TEST_P(Unix, CredentialsComeWhereTheyAreWanted) {
    auto [a, b] = make_pair(GetParam());
    int on = 1;
    ASSERT_TRUE(b->option({uk::SocketOption::Way::set, UK_SOL_SOCKET, UK_SO_PASSCRED,
                           std::as_writable_bytes(std::span(&on, 1))})
                    .ok());
    EXPECT_EQ(send(*a, "x"), 1);
    const Received got = receive(*b, 10, 0, 64);
    ASSERT_EQ(got.control.size(), 32U);
    uk_ucred from;
    memcpy(&from, got.control.data() + 16, sizeof(from));
    EXPECT_EQ(from.pid, 1);
    uk_ucred peer{};
    EXPECT_EQ(number(b->option({uk::SocketOption::Way::get, UK_SOL_SOCKET, UK_SO_PEERCRED,
                                std::as_writable_bytes(std::span(&peer, 1))})),
              12);
    EXPECT_EQ(peer.pid, 1);
}

TEST_P(Unix, NoMemoryAnywhere) {
    for (size_t left = 0; left < 12; left++) {
        auto [a, b] = make_pair(GetParam(), UK_O_NONBLOCK);
        const int fd = HostUnix::add_file(a, false).value();
        HostFiles::allocations_left = left;
        const long sent = send(*a, std::string(9000, 'x'), 0, nullptr, as_control(rights({fd})));
        HostFiles::allocations_left = ~size_t{0};
        EXPECT_TRUE(sent == 9000 || sent == -ENOMEM) << sent;
        EXPECT_EQ(receive(*b, 10000, 0, 64).result, sent == 9000 ? 9000 : -EAGAIN);
        HostUnix::close_all();
    }
    for (size_t left = 0; left < 4; left++) {
        HostFiles::allocations_left = left;
        const auto pair = UnixSocket::create_pair({UK_AF_UNIX, GetParam(), 0}, 0);
        HostFiles::allocations_left = ~size_t{0};
        EXPECT_EQ(pair.code(), Errno::nomem);
    }
}

TEST_P(Unix, ThreadsPassMany) {
    constexpr int kMany = 3000;
    auto [a, b] = make_pair(GetParam());
    std::thread sender([&, &a = a] {
        for (int i = 0; i < kMany; i++)
            EXPECT_EQ(send(*a, std::string(1 + i % 700, static_cast<char>('a' + i % 26))),
                      1 + i % 700);
        EXPECT_EQ(send(*a, ""), 0); // of packets an end as well
        EXPECT_TRUE(a->shutdown(UK_SHUT_WR).ok());
    });
    size_t total = 0;
    for (;;) {
        const Received got = receive(*b, 1000);
        if (got.result <= 0)
            break;
        total += got.text.size();
    }
    sender.join();
    size_t expected = 0;
    for (int i = 0; i < kMany; i++)
        expected += static_cast<size_t>(1 + i % 700);
    EXPECT_EQ(total, expected);
}

INSTANTIATE_TEST_SUITE_P(Types, Unix,
                         testing::Values(UK_SOCK_STREAM, UK_SOCK_DGRAM, UK_SOCK_SEQPACKET),
                         [](const auto& one) {
                             return one.param == UK_SOCK_STREAM  ? "Stream"
                                    : one.param == UK_SOCK_DGRAM ? "Datagram"
                                                                 : "Packet";
                         });

TEST(UnixNames, ConnectAndAccept) {
    for (const int type : {UK_SOCK_STREAM, UK_SOCK_SEQPACKET}) {
        for (const char* name : {"/tmp/server", "@server"}) {
            Ref<Socket> listener = make_socket(type), client = make_socket(type);
            EXPECT_EQ(number(client->connect(address_of(name))),
                      name[0] == '@' ? -ECONNREFUSED : -ENOENT);
            EXPECT_EQ(number(listener->listen(5)), -EINVAL);
            EXPECT_EQ(number(listener->bind(address_of(name))), 0);
            EXPECT_EQ(number(listener->bind(address_of(name))), -EINVAL);
            EXPECT_EQ(number(client->bind(address_of(name))), -EADDRINUSE);
            EXPECT_EQ(number(client->connect(address_of(name))), -ECONNREFUSED);
            EXPECT_EQ(number(listener->listen(5)), 0);
            listener->set_status(UK_O_NONBLOCK);
            EXPECT_EQ(listener->accept(0, nullptr).code(), Errno::again);
            EXPECT_EQ(listener->ready(), 0U);
            EXPECT_EQ(number(client->connect(address_of(name))), 0);
            EXPECT_EQ(listener->ready(), uint32_t{UK_POLLIN | UK_POLLRDNORM});
            EXPECT_EQ(number(client->connect(address_of(name))), -EISCONN);
            EXPECT_EQ(send(*client, "early"), 5);
            uk::SocketAddress peer;
            Ref<Socket> server = std::move(listener->accept(0, &peer)).value();
            EXPECT_EQ(peer.size, 2U);
            EXPECT_EQ(receive(*server, 10).text, "early");
            uk::SocketAddress own;
            EXPECT_TRUE(client->name(uk::SocketSide::peer, own).ok());
            EXPECT_EQ(own.size, address_of(name).size);
            EXPECT_EQ(memcmp(own.bytes, address_of(name).bytes, own.size), 0);
            HostUnix::unlink(name);
        }
    }
}

TEST(UnixNames, UnlinkedPathIsFree) {
    Ref<Socket> old = make_socket(UK_SOCK_DGRAM), young = make_socket(UK_SOCK_DGRAM),
                client = make_socket(UK_SOCK_DGRAM, UK_O_NONBLOCK);
    const uk::SocketAddress name = address_of("/tmp/name");
    EXPECT_EQ(number(old->bind(name)), 0);
    EXPECT_EQ(number(client->connect(name)), 0);
    HostUnix::unlink("/tmp/name");
    EXPECT_EQ(number(young->bind(name)), 0);
    EXPECT_EQ(send(*client, "to the old one"), 14);
    EXPECT_EQ(receive(*old, 100).text, "to the old one");
    EXPECT_EQ(send(*client, "to the young one", 0, &name), 16);
    EXPECT_EQ(receive(*young, 100).text, "to the young one");
    young.reset();
    EXPECT_EQ(send(*client, "x", 0, &name), -ECONNREFUSED);
    HostUnix::unlink("/tmp/name");
    EXPECT_EQ(send(*client, "x", 0, &name), -ENOENT);
}

TEST(UnixNames, ListenerThatGoesResetsThoseWhoWait) {
    Ref<Socket> listener = make_socket(UK_SOCK_STREAM),
                client = make_socket(UK_SOCK_STREAM, UK_O_NONBLOCK);
    EXPECT_EQ(number(listener->bind(address_of("@gone"))), 0);
    EXPECT_EQ(number(listener->listen(1)), 0);
    EXPECT_EQ(number(client->connect(address_of("@gone"))), 0);
    auto [c, d] = make_pair(UK_SOCK_STREAM);
    const int fd = HostUnix::add_file(c, false).value();
    EXPECT_EQ(send(*client, "x", 0, nullptr, as_control(rights({fd}))), -ETOOMANYREFS);
    listener.reset();
    EXPECT_EQ(receive(*client, 10).result, -ECONNRESET);
    EXPECT_EQ(receive(*client, 10).result, 0);
    EXPECT_EQ(send(*client, "x", UK_MSG_NOSIGNAL), -EPIPE);
    HostUnix::close_all();
}

TEST(UnixNames, ConnectWaitsForRoomInTheBacklog) {
    Ref<Socket> listener = make_socket(UK_SOCK_STREAM);
    EXPECT_EQ(number(listener->bind(address_of("@full"))), 0);
    EXPECT_EQ(number(listener->listen(0)), 0);
    Ref<Socket> first = make_socket(UK_SOCK_STREAM, UK_O_NONBLOCK),
                second = make_socket(UK_SOCK_STREAM, UK_O_NONBLOCK);
    EXPECT_EQ(number(first->connect(address_of("@full"))), 0);
    EXPECT_EQ(number(second->connect(address_of("@full"))), -EAGAIN);
    second->set_status(0);
    std::thread waits([&] { EXPECT_EQ(number(second->connect(address_of("@full"))), 0); });
    for (int i = 0; i < 2; i++)
        EXPECT_TRUE(listener->accept(0, nullptr).ok());
    waits.join();
}

TEST(UnixStream, WriterWaitsForRoom) {
    auto [a, b] = make_pair(UK_SOCK_STREAM);
    const std::string all(1'000'000, 'z');
    a->set_status(UK_O_NONBLOCK);
    const long first = send(*a, all);
    EXPECT_EQ(first, 212'992);
    EXPECT_EQ(send(*a, "x"), -EAGAIN);
    EXPECT_EQ(a->ready() & UK_POLLOUT, 0U);
    a->set_status(0);
    std::thread writer([&, &a = a] { EXPECT_EQ(send(*a, all), 1'000'000); });
    size_t got = 0;
    while (got < static_cast<size_t>(first) + all.size())
        got += receive(*b, 70'000).text.size();
    writer.join();
    EXPECT_NE(a->ready() & UK_POLLOUT, 0U);
}

TEST(UnixStream, WaitAllWaitsForAll) {
    auto [a, b] = make_pair(UK_SOCK_STREAM);
    std::thread writer([&, &a = a] {
        for (int i = 0; i < 10; i++)
            EXPECT_EQ(send(*a, std::string(10, static_cast<char>('0' + i))), 10);
    });
    EXPECT_EQ(receive(*b, 100, UK_MSG_WAITALL).result, 100);
    writer.join();
}

TEST(UnixStream, TimeoutIsEagain) {
    auto [a, b] = make_pair(UK_SOCK_STREAM);
    uk_timeval soon{0, 20'000};
    const auto value = std::as_writable_bytes(std::span(&soon, 1));
    for (const int name : {UK_SO_RCVTIMEO, UK_SO_SNDTIMEO})
        EXPECT_TRUE(a->option({uk::SocketOption::Way::set, UK_SOL_SOCKET, name, value}).ok());
    EXPECT_EQ(receive(*a, 1).result, -EAGAIN);
    EXPECT_EQ(send(*a, std::string(300'000, 'x')), 212'992);
}

TEST(UnixStream, WriteThatNobodyReadsIsSigpipe) {
    auto [a, b] = make_pair(UK_SOCK_STREAM);
    b.reset();
    const int before = HostFiles::broken_writes;
    EXPECT_EQ(send(*a, "x", UK_MSG_NOSIGNAL), -EPIPE);
    EXPECT_EQ(HostFiles::broken_writes, before);
    EXPECT_EQ(number(host_write(*a, "x", 1)), -EPIPE);
    EXPECT_EQ(HostFiles::broken_writes, before + 1);
    EXPECT_EQ(number(host_read(*a, nullptr, 0)), 0);
}

TEST(UnixDatagram, MessagesHaveSendersAndEnds) {
    Ref<Socket> server = make_socket(UK_SOCK_DGRAM), client = make_socket(UK_SOCK_DGRAM);
    const uk::SocketAddress name = address_of("@server");
    EXPECT_EQ(number(server->bind(name)), 0);
    EXPECT_EQ(send(*client, "who?", 0, &name), 4);
    EXPECT_EQ(receive(*server, 10).from.size, 0U);
    uk::SocketAddress some;
    some.size = 2;
    some.bytes[0] = std::byte{UK_AF_UNIX};
    some.bytes[1] = std::byte{0};
    EXPECT_EQ(number(client->bind(some)), 0);
    EXPECT_EQ(send(*client, "long text", 0, &name), 9);
    const Received got = receive(*server, 4, UK_MSG_TRUNC);
    EXPECT_EQ(got.result, 9);
    EXPECT_EQ(got.text, "long");
    EXPECT_EQ(got.flags, UK_MSG_TRUNC);
    EXPECT_EQ(got.from.size, 8U);
    EXPECT_EQ(send(*server, "answer", 0, &got.from), 6);
    EXPECT_EQ(receive(*client, 10).text, "answer");
    EXPECT_EQ(send(*client, std::string(300'000, 'x'), 0, &name), -EMSGSIZE);
    EXPECT_EQ(send(*client, "", 0, &name), 0);
    EXPECT_EQ(receive(*server, 10, UK_MSG_DONTWAIT).result, 0);
}

} // namespace
} // namespace unix_tests
