// SPDX-License-Identifier: BSD-3-Clause
// Sockets of TCP over lwIP's loopback.
#include <map>
#include <vector>

#include <uk/hal/clock.hpp>

#include "host_inet.hpp"

namespace {

using namespace inet_tests;

constexpr uint32_t kIn = UK_POLLIN | UK_POLLRDNORM;
constexpr uint32_t kOut = UK_POLLOUT | UK_POLLWRNORM;

class Tcp : public ::testing::Test {
    Stack stack_;
};

TEST_F(Tcp, ConnectsAndSpeaks) {
    const Ref<Socket> door = listener();
    const Ref<Socket> client = tcp();
    EXPECT_EQ(client->ready(), kOut | UK_POLLHUP);
    EXPECT_EQ(door->ready(), 0U);
    EXPECT_EQ(door->accept(0, nullptr).code(), Errno::again);
    EXPECT_EQ(client->connect(local(*door)).code(), Errno::inprogress);
    EXPECT_EQ(door->ready(), kIn);
    EXPECT_EQ(client->ready(), kOut);
    EXPECT_EQ(pending(*client), 0);
    EXPECT_TRUE(client->connect(local(*door)).ok());
    EXPECT_EQ(client->connect(local(*door)).code(), Errno::isconn);

    // What came before accept() is there.
    EXPECT_EQ(send(*client, "hello").value(), 5U);
    uk::SocketAddress peer;
    const Ref<Socket> server = door->accept(UK_O_NONBLOCK, &peer).take();
    EXPECT_EQ(port_of(peer), port_of(local(*client)));
    EXPECT_EQ(server->ready(), kIn | kOut);
    EXPECT_EQ(receive(*server, 3, UK_MSG_PEEK), "hel");
    EXPECT_EQ(receive(*server, 3), "hel");
    EXPECT_EQ(receive(*server, 100), "lo");
    EXPECT_EQ(receive(*server), "<EAGAIN>");
    EXPECT_EQ(server->ready(), kOut);
    EXPECT_EQ(send(*server, "you").value(), 3U);
    EXPECT_EQ(receive(*client), "you");
}

TEST_F(Tcp, HalvesAreShut) {
    auto [client, server] = tcp_pair();
    EXPECT_EQ(send(*client, "last").value(), 4U);
    EXPECT_TRUE(client->shutdown(UK_SHUT_WR).ok());
    EXPECT_EQ(send(*client, "no", UK_MSG_NOSIGNAL).code(), Errno::pipe);
    EXPECT_EQ(server->ready(), kIn | kOut | UK_POLLRDHUP);
    EXPECT_EQ(receive(*server), "last");
    EXPECT_EQ(receive(*server), "");
    EXPECT_EQ(receive(*server), "");
    EXPECT_EQ(send(*server, "answer").value(), 6U);
    EXPECT_EQ(receive(*client), "answer");
    EXPECT_TRUE(server->shutdown(UK_SHUT_WR).ok());
    EXPECT_EQ(receive(*client), "");
    EXPECT_EQ(client->ready(), kIn | kOut | UK_POLLRDHUP | UK_POLLHUP);
    EXPECT_EQ(pending(*client), 0);
    EXPECT_EQ(pending(*server), 0);
}

TEST_F(Tcp, UnreadBytesReset) {
    auto [client, server] = tcp_pair();
    EXPECT_EQ(send(*client, "unread").value(), 6U);
    server.reset();
    EXPECT_EQ(client->ready(), kIn | kOut | UK_POLLRDHUP | UK_POLLHUP | UK_POLLERR);
    EXPECT_EQ(receive(*client), "<ECONNRESET>");
    EXPECT_EQ(receive(*client), "");
    EXPECT_EQ(send(*client, "x", UK_MSG_NOSIGNAL).code(), Errno::pipe);
}

TEST_F(Tcp, WhatWasReadEndsWell) {
    auto [client, server] = tcp_pair();
    EXPECT_EQ(send(*client, "read").value(), 4U);
    EXPECT_EQ(receive(*server), "read");
    server.reset();
    EXPECT_EQ(pending(*client), 0);
    EXPECT_EQ(receive(*client), "");
    // The other side has gone for good.
    EXPECT_EQ(send(*client, "x").value(), 1U);
    EXPECT_EQ(send(*client, "x", UK_MSG_NOSIGNAL).code(), Errno::pipe);
}

TEST_F(Tcp, LingerOfZeroResets) {
    auto [client, server] = tcp_pair();
    uk_linger none{1, 0};
    EXPECT_TRUE(server
                    ->option({.way = uk::SocketOption::Way::set,
                              .level = UK_SOL_SOCKET,
                              .name = UK_SO_LINGER,
                              .value = {reinterpret_cast<std::byte*>(&none), sizeof none}})
                    .ok());
    server.reset();
    EXPECT_EQ(pending(*client), static_cast<int>(Errno::connreset));
    EXPECT_EQ(receive(*client), "");
}

TEST_F(Tcp, NobodyListens) {
    uint16_t port = 0;
    {
        const Ref<Socket> door = listener();
        port = port_of(local(*door));
    }
    const Ref<Socket> client = tcp();
    EXPECT_EQ(client->connect(v4(port)).code(), Errno::inprogress);
    EXPECT_EQ(client->ready(), kIn | kOut | UK_POLLRDHUP | UK_POLLHUP | UK_POLLERR);
    EXPECT_EQ(client->connect(v4(port)).code(), Errno::connrefused);
    EXPECT_EQ(client->connect(v4(port)).code(), Errno::inprogress);
    EXPECT_EQ(pending(*client), static_cast<int>(Errno::connrefused));
    EXPECT_EQ(client->connect(v4(port)).code(), Errno::connaborted);
    client->set_status(0);
    EXPECT_EQ(client->connect(v4(port)).code(), Errno::connrefused);
    EXPECT_EQ(receive(*client), "");
}

TEST_F(Tcp, Addresses) {
    {
        const HostInet::Core core;
        netif_set_default(nullptr); // interfaces of other tests lead out
    }
    const Ref<Socket> door = listener();
    const uint16_t port = port_of(local(*door));
    EXPECT_EQ(tcp()->bind(v4(port)).code(), Errno::addrinuse);
    EXPECT_EQ(tcp()->bind(v4(port, UK_INADDR_ANY)).code(), Errno::addrinuse);
    EXPECT_EQ(tcp()->bind(v4(0, 0x08080808)).code(), Errno::addrnotavail);
    EXPECT_EQ(tcp()->bind(v6(0, "::1")).code(), Errno::afnosupport);
    EXPECT_EQ(tcp()->connect(v4(9, 0x08080808)).code(), Errno::netunreach);
    EXPECT_EQ(tcp()->connect(v4(9, 0xe0000001)).code(), Errno::netunreach);
    const Ref<Socket> other = tcp();
    EXPECT_TRUE(set(*other, UK_SOL_SOCKET, UK_SO_REUSEADDR, 1).ok());
    EXPECT_EQ(other->bind(v4(port)).code(), Errno::addrinuse);
    EXPECT_EQ(door->bind(v4(0)).code(), Errno::inval);
    EXPECT_EQ(send(*other, "x", UK_MSG_NOSIGNAL).code(), Errno::pipe);
    EXPECT_EQ(receive(*other), "<ENOTCONN>");
    EXPECT_EQ(receive(*door), "<ENOTCONN>");
    EXPECT_EQ(other->accept(0, nullptr).code(), Errno::inval);
    EXPECT_EQ(other->shutdown(UK_SHUT_RDWR).code(), Errno::notconn);
    uk::SocketAddress name;
    EXPECT_EQ(other->name(uk::SocketSide::peer, name).code(), Errno::notconn);
}

TEST_F(Tcp, PortsAreTakenAgainAfterConnections) {
    Ref<Socket> door = tcp();
    EXPECT_TRUE(set(*door, UK_SOL_SOCKET, UK_SO_REUSEADDR, 1).ok());
    EXPECT_TRUE(door->bind(v4(0)).ok());
    EXPECT_TRUE(door->listen(4).ok());
    const uk::SocketAddress there = local(*door);
    const Ref<Socket> client = tcp();
    EXPECT_EQ(client->connect(there).code(), Errno::inprogress);
    door->accept(0, nullptr).take().reset(); // goes first: TIME_WAIT is its
    door.reset();
    EXPECT_EQ(tcp()->bind(there).code(), Errno::addrinuse);
    const Ref<Socket> again = tcp();
    EXPECT_TRUE(set(*again, UK_SOL_SOCKET, UK_SO_REUSEADDR, 1).ok());
    EXPECT_TRUE(again->bind(there).ok());
    EXPECT_TRUE(again->listen(4).ok());
}

// Until lwIP's clock has gone on.
void wait_for_clock() {
    const auto now = [] {
        const HostInet::Core core;
        return uk::hal::clock_monotonic_ns();
    };
    for (const uint64_t begin = now(); now() == begin;)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

// RFC 1122, 4.2.2.13.
TEST_F(Tcp, ClientsComeAgainFromTheSamePort) {
    const Ref<Socket> door = listener();
    uint16_t port = 0;
    for (int i = 0; i < 3; i++) {
        wait_for_clock(); // sequence numbers go on with it
        const Ref<Socket> client = tcp();
        EXPECT_TRUE(set(*client, UK_SOL_SOCKET, UK_SO_REUSEADDR, 1).ok());
        EXPECT_TRUE(client->bind(v4(port)).ok());
        port = port_of(local(*client));
        EXPECT_EQ(client->connect(local(*door)).code(), Errno::inprogress);
        ASSERT_TRUE(client->connect(local(*door)).ok());
        const Ref<Socket> server = door->accept(0, nullptr).take();
        // More numbers than the clock gives within the test.
        for (std::string rest(1'000'000, 'x'); !rest.empty();) {
            const Result<size_t> part = send(*server, rest, UK_MSG_DONTWAIT);
            rest.erase(0, part.ok() ? part.value() : 0);
            (void)receive(*client, 1'000'000, UK_MSG_DONTWAIT);
        }
        EXPECT_TRUE(server->shutdown(UK_SHUT_WR).ok()); // goes first: TIME_WAIT is its
        while (!receive(*client, 1'000'000).empty()) {
        }
    }
}

TEST_F(Tcp, BothVersionsAtOneDoor) {
    const Ref<Socket> door = listener(4, UK_AF_INET6);
    const uint16_t port = port_of(local(*door));
    const Ref<Socket> old = tcp(), young = tcp(UK_AF_INET6), mapped = tcp(UK_AF_INET6);
    EXPECT_EQ(old->connect(v4(port)).code(), Errno::inprogress);
    EXPECT_EQ(young->connect(v6(port, "::1")).code(), Errno::inprogress);
    EXPECT_EQ(mapped->connect(v6(port, "::ffff:127.0.0.1")).code(), Errno::inprogress);
    uk::SocketAddress peer;
    EXPECT_TRUE(door->accept(0, &peer).ok());
    EXPECT_EQ(0, memcmp(peer.bytes, v6(port_of(local(*old)), "::ffff:127.0.0.1").bytes, 28));
    EXPECT_TRUE(door->accept(0, &peer).ok());
    EXPECT_EQ(0, memcmp(peer.bytes, v6(port_of(local(*young)), "::1").bytes, 28));
    EXPECT_TRUE(door->accept(0, &peer).ok());
    EXPECT_EQ(tcp()->bind(v4(port)).code(), Errno::addrinuse);

    const Ref<Socket> strict = tcp(UK_AF_INET6);
    EXPECT_TRUE(set(*strict, UK_IPPROTO_IPV6, UK_IPV6_V6ONLY, 1).ok());
    EXPECT_EQ(strict->connect(v6(port, "::ffff:127.0.0.1")).code(), Errno::netunreach);
}

TEST_F(Tcp, FullQueueIsNoReset) {
    const Ref<Socket> door = listener(1); // two, as on Linux
    std::vector<Ref<Socket>> clients;
    for (int i = 0; i < 4; i++) {
        clients.push_back(tcp());
        EXPECT_EQ(clients.back()->connect(local(*door)).code(), Errno::inprogress);
    }
    EXPECT_EQ(clients[1]->ready(), kOut);
    EXPECT_EQ(clients[2]->ready(), 0U);
    EXPECT_TRUE(door->accept(0, nullptr).ok());
    EXPECT_TRUE(door->accept(0, nullptr).ok());
    // The others try again.
    door->set_status(0);
    EXPECT_TRUE(door->accept(0, nullptr).ok());
    EXPECT_TRUE(door->accept(0, nullptr).ok());
}

TEST_F(Tcp, DoorClosesBeforeAccept) {
    Ref<Socket> door = listener();
    const Ref<Socket> client = tcp();
    EXPECT_EQ(client->connect(local(*door)).code(), Errno::inprogress);
    door.reset();
    EXPECT_EQ(receive(*client), "<ECONNRESET>");
}

TEST_F(Tcp, ListenersStopByShutdown) {
    const Ref<Socket> door = listener();
    const Ref<Socket> client = tcp();
    EXPECT_EQ(client->connect(local(*door)).code(), Errno::inprogress);
    EXPECT_TRUE(door->shutdown(UK_SHUT_RD).ok());
    EXPECT_EQ(receive(*client), "<ECONNRESET>");
    EXPECT_EQ(door->accept(0, nullptr).code(), Errno::inval);
}

TEST_F(Tcp, Options) {
    auto [client, server] = tcp_pair();
    EXPECT_EQ(get(*client, UK_IPPROTO_TCP, UK_TCP_NODELAY), 0);
    EXPECT_TRUE(set(*client, UK_IPPROTO_TCP, UK_TCP_NODELAY, 1).ok());
    EXPECT_EQ(get(*client, UK_IPPROTO_TCP, UK_TCP_NODELAY), 1);
    EXPECT_EQ(get(*client, UK_IPPROTO_TCP, UK_TCP_KEEPIDLE), 7200);
    EXPECT_TRUE(set(*client, UK_IPPROTO_TCP, UK_TCP_KEEPIDLE, 10).ok());
    EXPECT_EQ(set(*client, UK_IPPROTO_TCP, UK_TCP_KEEPCNT, 0).code(), Errno::inval);
    EXPECT_EQ(set(*client, UK_IPPROTO_TCP, UK_TCP_QUICKACK, 1).code(), Errno::noprotoopt);
    EXPECT_EQ(get(*client, UK_SOL_SOCKET, UK_SO_PROTOCOL), UK_IPPROTO_TCP);
    EXPECT_TRUE(set(*client, UK_SOL_SOCKET, UK_SO_KEEPALIVE, 1).ok());
    EXPECT_EQ(get(*client, UK_SOL_SOCKET, UK_SO_KEEPALIVE), 1);
    EXPECT_TRUE(set(*client, UK_IPPROTO_IP, UK_IP_TTL, 3).ok());
    EXPECT_EQ(get(*client, UK_IPPROTO_IP, UK_IP_TTL), 3);
    EXPECT_EQ(get(*client, UK_IPPROTO_IPV6, UK_IPV6_V6ONLY), -static_cast<int>(Errno::noprotoopt));
    uk_tcp_info info = {};
    EXPECT_TRUE(client
                    ->option({.way = uk::SocketOption::Way::get,
                              .level = UK_IPPROTO_TCP,
                              .name = UK_TCP_INFO,
                              .value = {reinterpret_cast<std::byte*>(&info), sizeof info}})
                    .ok());
    EXPECT_EQ(info.tcpi_state, UK_TCP_ESTABLISHED);
    EXPECT_EQ(info.tcpi_snd_mss, static_cast<uint32_t>(TCP_MSS));
    EXPECT_EQ(info.tcpi_options, UK_TCPI_OPT_SACK | UK_TCPI_OPT_WSCALE);
}

TEST_F(Tcp, AByteOnItsWayIsASegmentUnacknowledged) {
    auto [client, server] = tcp_pair();
    const auto unacked = [&socket = *client] {
        uk_tcp_info info = {};
        EXPECT_TRUE(socket
                        .option({.way = uk::SocketOption::Way::get,
                                 .level = UK_IPPROTO_TCP,
                                 .name = UK_TCP_INFO,
                                 .value = {reinterpret_cast<std::byte*>(&info), sizeof info}})
                        .ok());
        return info.tcpi_unacked;
    };
    EXPECT_EQ(unacked(), 0U);
    EXPECT_TRUE(send(*client, "x").ok()); // its acknowledgement is delayed, and no timer runs
    EXPECT_EQ(unacked(), 1U);
    EXPECT_TRUE(send(*server, "y").ok()); // brings it
    EXPECT_EQ(unacked(), 0U);
}

TEST_F(Tcp, ConnectionsInheritOptions) {
    const Ref<Socket> door = listener();
    EXPECT_TRUE(set(*door, UK_IPPROTO_TCP, UK_TCP_NODELAY, 1).ok());
    EXPECT_TRUE(set(*door, UK_SOL_SOCKET, UK_SO_KEEPALIVE, 1).ok());
    EXPECT_TRUE(set(*door, UK_SOL_SOCKET, UK_SO_SNDBUF, 5000).ok());
    const Ref<Socket> client = tcp();
    EXPECT_EQ(client->connect(local(*door)).code(), Errno::inprogress);
    const Ref<Socket> server = door->accept(0, nullptr).take();
    EXPECT_EQ(get(*server, UK_IPPROTO_TCP, UK_TCP_NODELAY), 1);
    EXPECT_EQ(get(*server, UK_SOL_SOCKET, UK_SO_KEEPALIVE), 1);
    EXPECT_EQ(get(*server, UK_SOL_SOCKET, UK_SO_SNDBUF), 10000);
    EXPECT_EQ(get(*server, UK_SOL_SOCKET, UK_SO_ACCEPTCONN), 0);
    EXPECT_EQ(get(*door, UK_SOL_SOCKET, UK_SO_ACCEPTCONN), 1);
}

// --- much, and by threads ---

std::string pattern(size_t size) {
    std::string text(size, '\0');
    for (size_t i = 0; i < size; i++)
        text[i] = static_cast<char>(i * 7 + i / 251);
    return text;
}

TEST_F(Tcp, FullBuffersWait) {
    auto [client, server] = tcp_pair();
    const std::string all = pattern(2'000'000);
    size_t sent = 0;
    std::string got;
    for (;;) {
        const Result<size_t> part = send_bytes(*client, all.data() + sent, all.size() - sent);
        if (!part.ok()) {
            EXPECT_EQ(part.code(), Errno::again);
            EXPECT_EQ(client->ready() & UK_POLLOUT, 0U);
            break;
        }
        sent += part.value();
    }
    EXPECT_GE(sent, 200'000U);
    EXPECT_LT(sent, all.size());
    while (got.size() < all.size()) {
        const std::string part = receive(*server, 100'000);
        ASSERT_NE(part, "<EAGAIN>");
        got += part;
        if (sent < all.size()) {
            const Result<size_t> more = send_bytes(*client, all.data() + sent, all.size() - sent);
            sent += more.ok() ? more.value() : 0;
        }
    }
    EXPECT_TRUE(got == all);
}

TEST_F(Tcp, ThreadsEcho) {
    const Ref<Socket> door = listener();
    door->set_status(0);
    constexpr int kClients = 4;
    std::vector<std::thread> threads;
    for (int i = 0; i < kClients; i++) {
        threads.emplace_back([&] {
            const Ref<Socket> server = door->accept(0, nullptr).take();
            for (;;) {
                const std::string part = receive(*server);
                if (part.empty())
                    break;
                ASSERT_EQ(send(*server, part).value(), part.size());
            }
        });
        threads.emplace_back([&] {
            const Ref<Socket> client = tcp(UK_AF_INET, 0);
            ASSERT_TRUE(client->connect(local(*door)).ok());
            const std::string all = pattern(1'000'000);
            std::thread writer([&] {
                ASSERT_EQ(send(*client, all).value(), all.size());
                ASSERT_TRUE(client->shutdown(UK_SHUT_WR).ok());
            });
            EXPECT_TRUE(receive(*client, all.size(), UK_MSG_WAITALL) == all);
            EXPECT_EQ(receive(*client), "");
            writer.join();
        });
    }
    for (std::thread& thread : threads)
        thread.join();
}

TEST_F(Tcp, TimeoutsEnd) {
    auto [client, server] = tcp_pair(0);
    uk_timeval soon{0, 20'000};
    for (const int name : {UK_SO_RCVTIMEO, UK_SO_SNDTIMEO})
        EXPECT_TRUE(client
                        ->option({.way = uk::SocketOption::Way::set,
                                  .level = UK_SOL_SOCKET,
                                  .name = name,
                                  .value = {reinterpret_cast<std::byte*>(&soon), sizeof soon}})
                        .ok());
    EXPECT_EQ(receive(*client), "<EAGAIN>");
    const std::string all = pattern(1'000'000);
    EXPECT_LT(send(*client, all).value(), all.size());
    // What is full may take a little more when lwIP tries the closed window.
    Result<size_t> more = size_t{0};
    for (int i = 0; i < 20 && more.ok(); i++)
        more = send(*client, all);
    EXPECT_EQ(more.code(), Errno::again);
}

TEST_F(Tcp, CloseGoesOnSending) {
    auto [client, server] = tcp_pair();
    const std::string all = pattern(200'000);
    EXPECT_EQ(send(*client, all).value(), all.size());
    client.reset();
    server->set_status(0);
    EXPECT_TRUE(receive(*server, all.size(), UK_MSG_WAITALL) == all);
    EXPECT_EQ(receive(*server), "");
}

TEST_F(Tcp, LingeringCloseWaits) {
    auto [client, server] = tcp_pair();
    uk_linger some{1, 5};
    EXPECT_TRUE(client
                    ->option({.way = uk::SocketOption::Way::set,
                              .level = UK_SOL_SOCKET,
                              .name = UK_SO_LINGER,
                              .value = {reinterpret_cast<std::byte*>(&some), sizeof some}})
                    .ok());
    const std::string all = pattern(200'000);
    EXPECT_EQ(send(*client, all).value(), all.size());
    std::string got;
    std::thread reader([&, &there = *server] {
        there.set_status(0);
        got = receive(there, all.size(), UK_MSG_WAITALL);
    });
    client.reset();
    reader.join();
    EXPECT_TRUE(got == all);
}

// A fault in the application's memory loses nothing.
TEST_F(Tcp, FaultsLoseNothing) {
    auto [client, server] = tcp_pair();
    EXPECT_EQ(send(*client, "kept").value(), 4U);
    const uk::IoPiece wrong{reinterpret_cast<void*>(~uintptr_t{0} - 2), 50};
    uk::IoPieces to({&wrong, 1}, uk::IoMemory::application);
    uk::SocketIn in{to};
    EXPECT_EQ(server->receive(in).code(), Errno::fault);
    EXPECT_EQ(receive(*server), "kept");
    uk::SocketOut out{to};
    EXPECT_EQ(client->send(out).code(), Errno::fault);
    EXPECT_EQ(receive(*server), "<EAGAIN>");
}

// Each in its turn, blocks of memory are missing: what was taken comes through all the same.
TEST_F(Tcp, WithoutMemoryNothingIsLost) {
    auto [client, server] = tcp_pair(0);
    const std::string all = pattern(60'000);
    for (long left = 0; left < 60; left += 3) {
        g_lwip_blocks_left = left;
        std::thread helper([] { // it comes back
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            g_lwip_blocks_left = 1'000'000'000;
        });
        std::thread writer(
            [&, &there = *client] { ASSERT_EQ(send(there, all).value(), all.size()); });
        EXPECT_TRUE(receive(*server, all.size(), UK_MSG_WAITALL) == all);
        writer.join();
        helper.join();
    }
}

TEST_F(Tcp, WithoutMemoryNobodyComes) {
    const Ref<Socket> door = listener();
    HostFiles::allocations_left = 0;
    EXPECT_EQ(TcpSocket::make(UK_AF_INET, 0).code(), Errno::nomem);
    HostFiles::allocations_left = 1;
    const Ref<Socket> client = tcp();
    EXPECT_EQ(client->connect(local(*door)).code(), Errno::inprogress);
    HostFiles::allocations_left = ~size_t{0};
    EXPECT_EQ(door->accept(0, nullptr).code(), Errno::again);
    EXPECT_EQ(receive(*client), "<ECONNRESET>");
}

} // namespace
