// SPDX-License-Identifier: BSD-3-Clause
// Raw sockets and those for ping, over lwIP's loopback.
#include "../sockets/raw_socket.hpp"
#include "../sockets/udp_socket.hpp"
#include "host_inet.hpp"

namespace {

using namespace inet_tests;
using RawSocket = uk::lwip::RawSocket<HostInet>;
using UdpSocket = uk::lwip::UdpSocket<HostInet>;

constexpr uint32_t kIn = UK_POLLIN | UK_POLLRDNORM;

class Raw : public ::testing::Test {
    Stack stack_;
};

Ref<Socket> raw(int domain, int type, int protocol, uint32_t status = UK_O_NONBLOCK) {
    return std::move(RawSocket::make({domain, type, protocol}, status)).value();
}
Ref<Socket> ping(int domain = UK_AF_INET) {
    const int protocol = domain == UK_AF_INET ? UK_IPPROTO_ICMP : UK_IPPROTO_ICMPV6;
    return raw(domain, UK_SOCK_DGRAM, protocol);
}
std::string request(int domain, const std::string& text, char type = 0) {
    const char echo = domain == UK_AF_INET ? '\x08' : '\x80';
    return std::string(1, type != 0 ? type : echo) + std::string("\0\xee\xee\1\1\0\7", 7) + text;
}
Result<size_t> send_to(Socket& socket, const std::string& text, const uk::SocketAddress& to) {
    return send_bytes(socket, text.data(), text.size(), 0, &to);
}
uk::SocketAddress loopback(int domain) {
    return domain == UK_AF_INET ? v4(0) : v6(0, "::1");
}

TEST_F(Raw, PingHearsItsOwnReplies) {
    for (const int domain : {UK_AF_INET, UK_AF_INET6}) {
        const Ref<Socket> one = ping(domain), other = ping(domain);
        EXPECT_EQ(receive(*one), "<EAGAIN>");
        EXPECT_EQ(send_to(*one, request(domain, "hello"), loopback(domain)).value(), 13U);
        EXPECT_EQ(one->ready() & kIn, kIn);
        const std::string reply = receive(*one);
        ASSERT_EQ(reply.size(), 13U);
        EXPECT_EQ(reply[0], domain == UK_AF_INET ? '\0' : '\x81');
        const auto id = static_cast<uint16_t>(static_cast<uint8_t>(reply[4]) << 8 |
                                              static_cast<uint8_t>(reply[5]));
        EXPECT_EQ(id, port_of(local(*one)));
        EXPECT_EQ(reply.substr(6), std::string("\0\7hello", 7));
        EXPECT_EQ(receive(*one), "<EAGAIN>");
        EXPECT_EQ(receive(*other), "<EAGAIN>");
    }
}

// As much as a user sees of it in netstat -s.
struct Counted {
    uint32_t sent, received, dropped, unknown;
};
Counted counted(int domain) {
    const stats_proto& of = domain == UK_AF_INET ? lwip_stats.icmp : lwip_stats.icmp6;
    return {of.xmit, of.recv, of.drop, of.proterr};
}

TEST_F(Raw, EchoesAreCountedAndRepliesAreNoDrops) {
    for (const int domain : {UK_AF_INET, UK_AF_INET6}) {
        const int protocol = domain == UK_AF_INET ? UK_IPPROTO_ICMP : UK_IPPROTO_ICMPV6;
        const Ref<Socket> one = ping(domain), other = ping(domain);
        const Ref<Socket> all = raw(domain, UK_SOCK_RAW, protocol);
        const Counted before = counted(domain);
        for (const Ref<Socket>& each : {one, other})
            EXPECT_TRUE(send_to(*each, request(domain, "hello"), loopback(domain)).ok());
        EXPECT_EQ(receive(*one).size(), 13U);
        EXPECT_EQ(receive(*other).size(), 13U);
        const Counted after = counted(domain);
        EXPECT_EQ(after.sent - before.sent, 4U); // requests and replies
        EXPECT_EQ(after.received - before.received, 4U);
        EXPECT_EQ(after.dropped, before.dropped);
        EXPECT_EQ(after.unknown, before.unknown);
    }
}

TEST_F(Raw, AReplyThatNobodyTakesIsDropped) {
    const Counted before = counted(UK_AF_INET6);
    {
        const Ref<Socket> sender = raw(UK_AF_INET6, UK_SOCK_RAW, UK_IPPROTO_ICMPV6);
        uint32_t blocked[8] = {~0U, ~0U, ~0U, ~0U, ~0U, ~0U, ~0U, ~0U};
        EXPECT_TRUE(sender
                        ->option({.way = uk::SocketOption::Way::set,
                                  .level = UK_IPPROTO_ICMPV6,
                                  .name = 1,
                                  .value = {reinterpret_cast<std::byte*>(blocked), sizeof blocked}})
                        .ok());
        EXPECT_TRUE(
            send_to(*sender, request(UK_AF_INET6, "x", '\x81'), loopback(UK_AF_INET6)).ok());
        EXPECT_EQ(receive(*sender), "<EAGAIN>");
    }
    EXPECT_EQ(counted(UK_AF_INET6).dropped - before.dropped, 1U);
    EXPECT_EQ(counted(UK_AF_INET6).unknown - before.unknown, 1U);
}

TEST_F(Raw, PingSendsEchoRequestsOnly) {
    const Ref<Socket> socket = ping();
    EXPECT_EQ(send_to(*socket, request(UK_AF_INET, "x", '\5'), v4(0)).code(), Errno::inval);
    EXPECT_EQ(send_to(*socket, "\x08short", v4(0)).code(), Errno::inval);
    EXPECT_EQ(send(*socket, request(UK_AF_INET, "x")).code(), Errno::destaddrreq);
    EXPECT_EQ(send_to(*socket, std::string(65'001, '\x08'), v4(0)).code(), Errno::msgsize);
    EXPECT_TRUE(socket->connect(v4(0)).ok());
    EXPECT_TRUE(send(*socket, request(UK_AF_INET, std::string(20'000, 'x'))).ok());
    EXPECT_EQ(receive(*socket).size(), 20'008U);
}

TEST_F(Raw, PingIdentifiersAreBoundOnce) {
    const Ref<Socket> one = ping(), other = ping();
    EXPECT_TRUE(one->bind(v4(77)).ok());
    EXPECT_EQ(port_of(local(*one)), 77);
    EXPECT_EQ(other->bind(v4(77)).code(), Errno::addrinuse);
    EXPECT_EQ(other->bind(v4(78, 0x0a090909)).code(), Errno::addrnotavail);
    EXPECT_TRUE(other->bind(v4(0)).ok());
    EXPECT_NE(port_of(local(*other)), 0);
}

TEST_F(Raw, PingTellsHowFarAway) {
    const Ref<Socket> socket = ping();
    EXPECT_TRUE(set(*socket, UK_IPPROTO_IP, UK_IP_RECVTTL, 1).ok());
    EXPECT_TRUE(send_to(*socket, request(UK_AF_INET, ""), v4(0)).ok());
    char bytes[64];
    alignas(8) char room[64] = {};
    const uk::IoPiece piece{bytes, sizeof bytes};
    uk::IoPieces to({&piece, 1}, uk::IoMemory::kernel);
    uk::ControlWriter control(uk::Vaddr{reinterpret_cast<uintptr_t>(room)}, sizeof room);
    uk::SocketIn message{.data = to, .control = &control};
    EXPECT_EQ(socket->receive(message).value(), 8U);
    EXPECT_EQ(control.used(), 24U);
    int ttl = 0;
    memcpy(&ttl, room + 16, sizeof ttl);
    EXPECT_EQ(ttl, ICMP_TTL);
    EXPECT_TRUE(set(*socket, UK_IPPROTO_IP, UK_IP_TTL, 9).ok());
    EXPECT_EQ(get(*socket, UK_IPPROTO_IP, UK_IP_TTL), 9);
    EXPECT_EQ(set(*socket, UK_IPPROTO_IP, UK_IP_TTL, 256).code(), Errno::inval);
    EXPECT_EQ(set(*socket, UK_IPPROTO_IP, UK_IP_HDRINCL, 1).code(), Errno::noprotoopt);
}

TEST_F(Raw, SeesPacketsWithTheirHead) {
    const Ref<Socket> socket = raw(UK_AF_INET, UK_SOCK_RAW, UK_IPPROTO_UDP);
    const Ref<Socket> sender = std::move(UdpSocket::make(UK_AF_INET, UK_O_NONBLOCK)).value();
    EXPECT_TRUE(send_to(*sender, "datagram", v4(9)).ok());
    const std::string packet = receive(*socket);
    ASSERT_EQ(packet.size(), 36U);
    EXPECT_EQ(packet[0], 'E');
    EXPECT_EQ(packet.substr(28), "datagram");
    const Ref<Socket> own = raw(UK_AF_INET, UK_SOCK_RAW, 200);
    EXPECT_TRUE(send_to(*own, "anything", v4(0)).ok());
    EXPECT_EQ(receive(*own).substr(20), "anything");
}

TEST_F(Raw, FiltersTypesOfIcmp) {
    const Ref<Socket> socket = raw(UK_AF_INET6, UK_SOCK_RAW, UK_IPPROTO_ICMPV6);
    EXPECT_TRUE(send_to(*socket, request(UK_AF_INET6, "x"), v6(0, "::1")).ok());
    EXPECT_EQ(receive(*socket)[0], '\x80'); // ours, as it comes in
    EXPECT_EQ(receive(*socket)[0], '\x81');
    uint32_t blocked[8] = {~0U, ~0U, ~0U, ~0U, ~2U, ~0U, ~0U, ~0U};
    const auto option = [&](uk::SocketOption::Way way, size_t size) {
        return socket->option({.way = way,
                               .level = UK_IPPROTO_ICMPV6,
                               .name = 1,
                               .value = {reinterpret_cast<std::byte*>(blocked), size}});
    };
    EXPECT_EQ(option(uk::SocketOption::Way::set, 31).code(), Errno::inval);
    EXPECT_TRUE(option(uk::SocketOption::Way::set, 32).ok());
    EXPECT_EQ(option(uk::SocketOption::Way::get, 32).value(), 32U);
    EXPECT_TRUE(send_to(*socket, request(UK_AF_INET6, "x"), v6(0, "::1")).ok());
    EXPECT_EQ(receive(*socket)[0], '\x81');
    EXPECT_EQ(receive(*socket), "<EAGAIN>");
}

TEST_F(Raw, KeepsWhatThereIsRoomFor) {
    const Ref<Socket> socket = ping();
    EXPECT_TRUE(set(*socket, UK_SOL_SOCKET, UK_SO_RCVBUF, 2000).ok());
    for (int i = 0; i < 100; i++)
        EXPECT_TRUE(send_to(*socket, request(UK_AF_INET, std::string(500, 'x')), v4(0)).ok());
    int count = 0;
    while (receive(*socket).size() == 508)
        count++;
    EXPECT_GE(count, 1);
    EXPECT_LT(count, 20);
    HostFiles::allocations_left = 0;
    EXPECT_EQ(RawSocket::make({UK_AF_INET, UK_SOCK_DGRAM, UK_IPPROTO_ICMP}, 0).code(),
              Errno::nomem);
    HostFiles::allocations_left = ~size_t{0};
}

TEST_F(Raw, WaitsForReplies) {
    const Ref<Socket> socket = ping();
    socket->set_status(0);
    std::string got;
    std::thread reader([&] { got = receive(*socket); });
    EXPECT_TRUE(send_to(*socket, request(UK_AF_INET, "later"), v4(0)).ok());
    reader.join();
    EXPECT_EQ(got.substr(8), "later");
}

} // namespace
