// SPDX-License-Identifier: BSD-3-Clause
// Sockets of UDP over lwIP's loopback.
#include "../sockets/udp_socket.hpp"
#include "host_inet.hpp"

namespace {

using namespace inet_tests;

constexpr uint32_t kIn = UK_POLLIN | UK_POLLRDNORM;
constexpr uint32_t kOut = UK_POLLOUT | UK_POLLWRNORM;

using UdpSocket = uk::lwip::UdpSocket<HostInet>;

class Udp : public ::testing::Test {
    Stack stack_;
};

Ref<Socket> udp(int domain = UK_AF_INET) {
    return std::move(UdpSocket::make(domain, UK_O_NONBLOCK)).value();
}
Ref<Socket> udp_at(const uk::SocketAddress& at) {
    Ref<Socket> socket = udp(at.family());
    EXPECT_TRUE(socket->bind(at).ok());
    return socket;
}
Result<size_t> send_to(Socket& socket, const std::string& text, const uk::SocketAddress& to) {
    return send_bytes(socket, text.data(), text.size(), 0, &to);
}
std::string receive_from(Socket& socket, uk::SocketAddress& from, size_t most = 65536,
                         int* flags = nullptr) {
    std::string text(most, '\0');
    const uk::IoPiece piece{text.data(), most};
    uk::IoPieces to({&piece, 1}, uk::IoMemory::kernel);
    uk::SocketIn message{.data = to, .from = &from};
    const Result<size_t> got = socket.receive(message);
    if (!got.ok())
        return std::string("<") + got.error().name() + ">";
    if (flags != nullptr)
        *flags = message.got_flags;
    text.resize(got.value());
    return text;
}

TEST_F(Udp, KeepsDatagramsApart) {
    const Ref<Socket> server = udp_at(v4(0)), client = udp();
    EXPECT_EQ(server->ready(), kOut);
    EXPECT_EQ(receive(*server), "<EAGAIN>");
    EXPECT_EQ(send_to(*client, "one", local(*server)).value(), 3U);
    EXPECT_EQ(send_to(*client, "", local(*server)).value(), 0U);
    EXPECT_EQ(send_to(*client, "three", local(*server)).value(), 5U);
    EXPECT_EQ(server->ready(), kIn | kOut);
    EXPECT_EQ(receive(*server, 100, UK_MSG_PEEK), "one");
    uk::SocketAddress from;
    EXPECT_EQ(receive_from(*server, from), "one");
    EXPECT_EQ(port_of(from), port_of(local(*client)));
    EXPECT_EQ(0, memcmp(from.bytes + 4, v4(0).bytes + 4, 4));
    EXPECT_EQ(receive_from(*server, from), "");
    int flags = 0;
    EXPECT_EQ(receive_from(*server, from, 2, &flags), "th");
    EXPECT_EQ(flags, UK_MSG_TRUNC);
    EXPECT_EQ(server->ready(), kOut);
    EXPECT_EQ(send_to(*client, "four", local(*server)).value(), 4U);
    char few[2];
    EXPECT_EQ(receive(*server, few, 2, UK_MSG_TRUNC).value(), 4U);
}

TEST_F(Udp, ConnectedHearsOnePeer) {
    const Ref<Socket> server = udp_at(v4(0)), client = udp(), other = udp();
    EXPECT_EQ(send(*client, "nobody").code(), Errno::destaddrreq);
    uk::SocketAddress name;
    EXPECT_EQ(client->name(uk::SocketSide::peer, name).code(), Errno::notconn);
    EXPECT_EQ(client->shutdown(UK_SHUT_RD).code(), Errno::notconn);
    EXPECT_TRUE(client->connect(local(*server)).ok());
    EXPECT_TRUE(client->name(uk::SocketSide::peer, name).ok());
    EXPECT_EQ(port_of(name), port_of(local(*server)));
    EXPECT_EQ(0, memcmp(local(*client).bytes + 4, v4(0).bytes + 4, 4));
    EXPECT_EQ(send(*client, "hello").value(), 5U);
    uk::SocketAddress from;
    EXPECT_EQ(receive_from(*server, from), "hello");
    EXPECT_EQ(send_to(*other, "who?", from).value(), 4U);
    EXPECT_EQ(receive(*client), "<EAGAIN>");
    EXPECT_EQ(send_to(*server, "you", from).value(), 3U);
    EXPECT_EQ(receive(*client), "you");

    uk::SocketAddress none;
    none.set(uint16_t{UK_AF_UNSPEC});
    EXPECT_TRUE(client->connect(none).ok());
    EXPECT_EQ(send(*client, "nobody").code(), Errno::destaddrreq);
    EXPECT_EQ(send_to(*other, "now", from).value(), 3U);
    EXPECT_EQ(receive(*client), "now");

    EXPECT_TRUE(client->connect(local(*server)).ok());
    EXPECT_TRUE(client->shutdown(UK_SHUT_RDWR).ok());
    EXPECT_EQ(receive(*client), "");
    EXPECT_EQ(send(*client, "x").code(), Errno::pipe);
    EXPECT_EQ(client->ready(), kIn | kOut | UK_POLLRDHUP | UK_POLLHUP);
}

TEST_F(Udp, LongOnesComeWhole) {
    const Ref<Socket> server = udp_at(v4(0)), client = udp();
    EXPECT_TRUE(set(*server, UK_SOL_SOCKET, UK_SO_RCVBUF, 200'000).ok());
    for (const size_t size : {2048U, 2049U, 32768U, 32769U, 65507U}) {
        std::string text(size, '\0');
        for (size_t i = 0; i < size; i++)
            text[i] = static_cast<char>(i * 3 + i / 253);
        ASSERT_EQ(send_to(*client, text, local(*server)).value(), size);
        EXPECT_TRUE(receive(*server) == text) << size;
    }
    EXPECT_EQ(send_to(*client, std::string(65508, 'x'), local(*server)).code(), Errno::msgsize);
}

TEST_F(Udp, FullBuffersDrop) {
    const Ref<Socket> server = udp_at(v4(0)), client = udp();
    EXPECT_TRUE(set(*server, UK_SOL_SOCKET, UK_SO_RCVBUF, 4000).ok());
    for (int i = 0; i < 100; i++)
        EXPECT_EQ(send_to(*client, std::string(100, 'x'), local(*server)).value(), 100U);
    unsigned count = 0;
    while (receive(*server) != "<EAGAIN>")
        count++;
    EXPECT_EQ(count, 22U); // of 100 bytes and what stands around them, in 8,000
    EXPECT_EQ(static_cast<UdpSocket&>(*server).dropped(), 78U);
}

TEST_F(Udp, BothVersions) {
    const Ref<Socket> both = udp_at(v6(0, "::"));
    const uint16_t port = port_of(local(*both));
    const Ref<Socket> old = udp(), young = udp(UK_AF_INET6);
    uk::SocketAddress from;
    EXPECT_EQ(send_to(*old, "4", v4(port)).value(), 1U);
    EXPECT_EQ(receive_from(*both, from), "4");
    EXPECT_EQ(0, memcmp(from.bytes, v6(port_of(local(*old)), "::ffff:127.0.0.1").bytes, 28));
    EXPECT_EQ(send_to(*both, "back", from).value(), 4U);
    EXPECT_EQ(receive(*old), "back");
    EXPECT_EQ(send_to(*young, "6", v6(port, "::1")).value(), 1U);
    EXPECT_EQ(receive_from(*both, from), "6");
    EXPECT_EQ(0, memcmp(from.bytes, v6(port_of(local(*young)), "::1").bytes, 28));
    EXPECT_EQ(send_to(*young, "mapped", v6(port, "::ffff:127.0.0.1")).value(), 6U);
    EXPECT_EQ(receive(*both), "mapped");

    const Ref<Socket> strict = udp(UK_AF_INET6);
    EXPECT_TRUE(set(*strict, UK_IPPROTO_IPV6, UK_IPV6_V6ONLY, 1).ok());
    EXPECT_EQ(send_to(*strict, "x", v6(port, "::ffff:127.0.0.1")).code(), Errno::netunreach);
}

TEST_F(Udp, AddressesAndErrors) {
    const Ref<Socket> server = udp_at(v4(0)), client = udp();
    EXPECT_EQ(udp()->bind(local(*server)).code(), Errno::addrinuse);
    EXPECT_EQ(server->bind(v4(0)).code(), Errno::inval);
    EXPECT_EQ(udp()->bind(v4(0, 0x08080808)).code(), Errno::addrnotavail);
    EXPECT_EQ(send_to(*client, "x", v4(9, 0x08080808)).code(), Errno::netunreach);
    EXPECT_EQ(send_to(*client, "x", v4(9, 0xffffffff)).code(), Errno::acces);
    EXPECT_EQ(send_to(*client, "x", v4(0)).code(), Errno::inval);
    EXPECT_EQ(send_to(*client, "x", v6(9, "::1")).code(), Errno::afnosupport);
    EXPECT_EQ(client->listen(1).code(), Errno::opnotsupp);
}

TEST_F(Udp, Options) {
    const Ref<Socket> socket = udp();
    EXPECT_EQ(get(*socket, UK_IPPROTO_IP, UK_IP_TTL), 64);
    EXPECT_TRUE(set(*socket, UK_IPPROTO_IP, UK_IP_TTL, 7).ok());
    EXPECT_EQ(get(*socket, UK_IPPROTO_IP, UK_IP_TTL), 7);
    EXPECT_EQ(set(*socket, UK_IPPROTO_IP, UK_IP_TTL, 256).code(), Errno::inval);
    EXPECT_EQ(get(*socket, UK_IPPROTO_IP, UK_IP_MULTICAST_LOOP), 1);
    EXPECT_EQ(set(*socket, UK_IPPROTO_TCP, UK_TCP_NODELAY, 1).code(), Errno::noprotoopt);
    EXPECT_EQ(get(*socket, UK_SOL_SOCKET, UK_SO_PROTOCOL), UK_IPPROTO_UDP);
}

TEST_F(Udp, Groups) {
    const Ref<Socket> socket = udp_at(v4(0, UK_INADDR_ANY));
    uk_ip_mreq group{{__builtin_bswap32(0xe0010203)}, {__builtin_bswap32(UK_INADDR_LOOPBACK)}};
    const auto change = [&](int name) {
        return socket
            ->option({.way = uk::SocketOption::Way::set,
                      .level = UK_IPPROTO_IP,
                      .name = name,
                      .value = {reinterpret_cast<std::byte*>(&group), sizeof group}})
            .code();
    };
    EXPECT_EQ(change(UK_IP_DROP_MEMBERSHIP), Errno::addrnotavail);
    EXPECT_EQ(change(UK_IP_ADD_MEMBERSHIP), Errno::ok);
    EXPECT_EQ(change(UK_IP_ADD_MEMBERSHIP), Errno::addrinuse);
    const Ref<Socket> sender = udp();
    EXPECT_TRUE(sender
                    ->option({.way = uk::SocketOption::Way::set,
                              .level = UK_IPPROTO_IP,
                              .name = UK_IP_MULTICAST_IF,
                              .value = {reinterpret_cast<std::byte*>(&group.imr_interface), 4}})
                    .ok());
    EXPECT_EQ(send_to(*sender, "all", v4(port_of(local(*socket)), 0xe0010203)).value(), 3U);
    EXPECT_EQ(receive(*socket), "all");
    EXPECT_EQ(change(UK_IP_DROP_MEMBERSHIP), Errno::ok);
    group.imr_multiaddr.s_addr = __builtin_bswap32(0x0a000001);
    EXPECT_EQ(change(UK_IP_ADD_MEMBERSHIP), Errno::inval);
}

TEST_F(Udp, ThreadsEcho) {
    const Ref<Socket> server = udp_at(v4(0));
    server->set_status(0);
    const uk::SocketAddress there = local(*server);
    std::thread echo([&] {
        for (int i = 0; i < 1000; i++) {
            uk::SocketAddress from;
            const std::string text = receive_from(*server, from);
            EXPECT_EQ(send_to(*server, text, from).value(), text.size());
        }
    });
    const Ref<Socket> client = udp();
    client->set_status(0);
    EXPECT_TRUE(client->connect(there).ok());
    for (int i = 0; i < 1000; i++) {
        const std::string text = std::to_string(i);
        EXPECT_TRUE(send(*client, text).ok());
        EXPECT_EQ(receive(*client), text);
    }
    echo.join();
}

TEST_F(Udp, WithoutMemory) {
    const Ref<Socket> server = udp_at(v4(0)), client = udp();
    for (long left = 0; left < 4; left++) {
        g_lwip_blocks_left = left;
        const Result<size_t> sent = send_to(*client, std::string(3000, 'x'), local(*server));
        g_lwip_blocks_left = 1'000'000'000;
        EXPECT_TRUE(sent.ok() || sent.code() == Errno::nobufs);
        (void)receive(*server);
    }
    EXPECT_EQ(send_to(*client, "again", local(*server)).value(), 5U);
    EXPECT_EQ(receive(*server), "again");
}

} // namespace
