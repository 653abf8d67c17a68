// SPDX-License-Identifier: BSD-3-Clause
// How much a stream's other side may send before somebody reads, and how many may knock.
#include <algorithm>

#include "host_inet.hpp"

#include <lwip/priv/tcp_priv.h>

namespace {

using namespace inet_tests;

class TcpWindows : public ::testing::Test {
    Stack stack_;
};

void read_all(Socket& socket, size_t size) {
    static char sink[65536];
    while (size != 0) {
        const Result<size_t> part = receive(socket, sink, std::min(size, sizeof sink));
        ASSERT_TRUE(part.ok() || part.code() == Errno::again);
        size -= part.ok() ? part.value() : 0;
    }
}

// What comes while nobody reads.
size_t unread_of(uint32_t receive_buffer, bool afterwards) {
    const Ref<Socket> door = listener(), client = tcp();
    const auto limit = [&](Socket& socket) {
        EXPECT_TRUE(
            set(socket, UK_SOL_SOCKET, UK_SO_RCVBUF, static_cast<int>(receive_buffer)).ok());
    };
    if (receive_buffer != 0 && !afterwards)
        limit(*door);
    EXPECT_EQ(client->connect(local(*door)).code(), Errno::inprogress);
    const Ref<Socket> server = std::move(door->accept(UK_O_NONBLOCK, nullptr)).value();
    if (afterwards) { // what it was promised it may send
        limit(*server);
        EXPECT_TRUE(send(*client, std::string(200'000, 'x')).ok());
        read_all(*server, 200'000);
    }
    size_t sent = 0;
    const std::string text(10'000, 'x');
    for (Result<size_t> part = size_t{0}; part.ok(); part = send(*client, text))
        sent += part.value();
    const size_t waits = receive(*server, size_t{1} << 20, UK_MSG_PEEK).size();
    read_all(*server, sent);
    return waits;
}

TEST_F(TcpWindows, ReceiveBufferLimitsWhatIsUnread) {
    EXPECT_GT(unread_of(0, false), 200'000U);
    EXPECT_LE(unread_of(1000, false), 0xffffU); // the first window is told in 16 bits
    EXPECT_LE(unread_of(90'000, false), 90'000U);
    EXPECT_GT(unread_of(90'000, false), 80'000U);
    EXPECT_LE(unread_of(90'000, true), 90'000U);
    EXPECT_GT(unread_of(90'000, true), 80'000U);
}

TEST_F(TcpWindows, ManyMayKnockAtOnce) {
    const Ref<Socket> door = listener(4096);
    HostInet::Core core;
    const tcp_pcb_listen* at = tcp_listen_pcbs.listen_pcbs;
    while (at != nullptr && at->backlog != CONFIG_LIBLWIP_CONNECTIONS / 4)
        at = at->next;
    EXPECT_NE(at, nullptr);
}

} // namespace
