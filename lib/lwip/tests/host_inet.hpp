// SPDX-License-Identifier: BSD-3-Clause
// Sockets of the Internet over threads of the host, and lwIP's loopback.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include <gtest/gtest.h>
#include <unistd.h>

#include <lwip/netif.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/tcp.h>
#include <lwip/timeouts.h>

#include <uk/abi/tcp.h>
#include <uk/fakes/hal.hpp>

#include "../../ukfile/tests/host_files.hpp"
#include "../sockets/tcp_socket.hpp"
#include "begin.hpp"

// Of the blocks that lwIP asks for, so many more are given (surroundings.cpp).
extern std::atomic<long> g_lwip_blocks_left;

namespace inet_tests {

using uk::Errno;
using uk::Ref;
using uk::Result;

struct HostInet : HostFiles {
    using Socket = uk::BasicSocket<HostFiles>;

    class Core {
      public:
        Core() { mutex().lock(); }
        ~Core() {
            netif_poll_all();
            mutex().unlock();
        }
        Core(const Core&) = delete;
        Core& operator=(const Core&) = delete;
    };
    static bool look() { return false; }

    static std::mutex& mutex() {
        static std::mutex one;
        return one;
    }
};
static_assert(uk::lwip::SocketEnvironment<HostInet>);

using Socket = HostInet::Socket;
using TcpSocket = uk::lwip::TcpSocket<HostInet>;

// Each control block of lwIP's lists is where a packet looks for it, and no other is there.
inline void expect_all_found() {
    size_t listed = 0, at_ports = 0;
    for (tcp_pcb* const* const list : tcp_pcb_lists) {
        for (tcp_pcb* each = *list; each != nullptr; each = each->next) {
            listed++;
            EXPECT_EQ(*each->links.list, each);
            if (list == &tcp_active_pcbs || list == &tcp_tw_pcbs) {
                EXPECT_EQ(uk_lwip_tcp_find(&each->local_ip, each->local_port, &each->remote_ip,
                                           each->remote_port, nullptr),
                          each);
            }
        }
    }
    for (uint32_t port = 0; port <= UINT16_MAX; port++) {
        for (tcp_pcb* each = uk_lwip_tcp_at_port(static_cast<uint16_t>(port)); each != nullptr;
             each = each->links.behind)
            at_ports++;
    }
    EXPECT_EQ(at_ports, listed);
}

// lwIP, and a thread that lets its time pass.
class Stack {
  public:
    Stack() {
        static const bool once = [] {
            tick();
            HostInet::Core core;
            lwip_tests::begin_lwip();
            // lwIP's memory is never given back, and lists that end look whether they are empty.
            (void)on_exit(
                [](int status, void*) {
                    (void)fflush(nullptr);
                    _exit(status);
                },
                nullptr);
            return true;
        }();
        (void)once;
        ticker_ = std::thread([this] {
            while (!stops_) {
                tick();
                {
                    HostInet::Core core;
                    sys_check_timeouts();
                }
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            }
        });
    }
    ~Stack() {
        stops_ = true;
        ticker_.join();
        HostInet::Core core;
        expect_all_found();
    }

  private:
    static void tick() {
        std::lock_guard guard(HostInet::mutex());
        uk::fakes::clock_set(HostFiles::now_ns());
    }

    std::atomic<bool> stops_ = false;
    std::thread ticker_;
};

inline Ref<Socket> tcp(int domain = UK_AF_INET, uint32_t status = UK_O_NONBLOCK) {
    return std::move(TcpSocket::make(domain, status)).value();
}

inline uk::SocketAddress v4(uint16_t port, uint32_t ip = UK_INADDR_LOOPBACK) {
    uk_sockaddr_in in = {};
    in.sin_family = UK_AF_INET;
    in.sin_port = __builtin_bswap16(port);
    in.sin_addr.s_addr = __builtin_bswap32(ip);
    uk::SocketAddress address;
    address.set(in);
    return address;
}
inline uk::SocketAddress v6(uint16_t port, const char* ip) {
    ip6_addr_t parsed;
    EXPECT_EQ(ip6addr_aton(ip, &parsed), 1);
    uk_sockaddr_in6 in = {};
    in.sin6_family = UK_AF_INET6;
    in.sin6_port = __builtin_bswap16(port);
    memcpy(in.sin6_addr.bytes, parsed.addr, 16);
    uk::SocketAddress address;
    address.set(in);
    return address;
}
inline uint16_t port_of(const uk::SocketAddress& address) {
    uint16_t port = 0;
    memcpy(&port, address.bytes + 2, 2); // of both versions
    return __builtin_bswap16(port);
}
inline uk::SocketAddress local(Socket& socket) {
    uk::SocketAddress name;
    EXPECT_TRUE(socket.name(uk::SocketSide::local, name).ok());
    return name;
}

inline Result<size_t> send_bytes(Socket& socket, const void* data, size_t size, int flags = 0,
                                 const uk::SocketAddress* to = nullptr) {
    const uk::IoPiece piece{const_cast<void*>(data), size};
    uk::IoPieces from({&piece, 1}, uk::IoMemory::kernel);
    uk::SocketOut message{.data = from, .flags = flags, .to = to};
    return socket.send(message);
}
inline Result<size_t> send(Socket& socket, const std::string& text, int flags = 0) {
    return send_bytes(socket, text.data(), text.size(), flags);
}
inline Result<size_t> receive(Socket& socket, void* data, size_t size, int flags = 0) {
    const uk::IoPiece piece{data, size};
    uk::IoPieces to({&piece, 1}, uk::IoMemory::kernel);
    uk::SocketIn message{.data = to, .flags = flags};
    return socket.receive(message);
}
// What comes, or the name of the error in angle brackets.
inline std::string receive(Socket& socket, size_t most = 65536, int flags = 0) {
    std::string text(most, '\0');
    const Result<size_t> got = receive(socket, text.data(), most, flags);
    if (!got.ok())
        return std::string("<") + got.error().name() + ">";
    text.resize(got.value());
    return text;
}
inline Result<size_t> set(Socket& socket, int level, int name, int value) {
    return socket.option({.way = uk::SocketOption::Way::set,
                          .level = level,
                          .name = name,
                          .value = {reinterpret_cast<std::byte*>(&value), sizeof value}});
}
inline int get(Socket& socket, int level, int name) {
    int value = -1;
    const Result<size_t> got =
        socket.option({.way = uk::SocketOption::Way::get,
                       .level = level,
                       .name = name,
                       .value = {reinterpret_cast<std::byte*>(&value), sizeof value}});
    return got.ok() ? value : -static_cast<int>(got.code());
}
inline int pending(Socket& socket) {
    return get(socket, UK_SOL_SOCKET, UK_SO_ERROR);
}

// One that listens at a port of its own.
inline Ref<Socket> listener(unsigned backlog = 16, int domain = UK_AF_INET) {
    Ref<Socket> socket = tcp(domain);
    EXPECT_TRUE(socket->bind(domain == UK_AF_INET ? v4(0) : v6(0, "::")).ok());
    EXPECT_TRUE(socket->listen(backlog).ok());
    return socket;
}
struct Pair {
    Ref<Socket> client, server;
};
inline Pair tcp_pair(uint32_t status = UK_O_NONBLOCK) {
    const Ref<Socket> door = listener();
    Pair pair{tcp(), {}};
    EXPECT_EQ(pair.client->connect(local(*door)).code(), Errno::inprogress);
    EXPECT_TRUE(pair.client->connect(local(*door)).ok());
    Result<Ref<Socket>> server = door->accept(status, nullptr);
    EXPECT_TRUE(server.ok());
    pair.server = server.take();
    pair.client->set_status(status);
    return pair;
}

} // namespace inet_tests
