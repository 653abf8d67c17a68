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

// Whether more comes once all that came is read. No timer runs: nobody asks for room.
bool goes_on(int receive_buffer, bool scale) {
    const Ref<Socket> door = listener(), client = tcp();
    EXPECT_TRUE(set(*door, UK_SOL_SOCKET, UK_SO_RCVBUF, receive_buffer).ok());
    EXPECT_EQ(client->connect(local(*door)).code(), Errno::inprogress);
    const Ref<Socket> server = std::move(door->accept(UK_O_NONBLOCK, nullptr)).value();
    if (!scale) {
        HostInet::Core core;
        for (tcp_pcb* each = tcp_active_pcbs; each != nullptr; each = each->next) {
            tcp_clear_flags(each, TF_WND_SCALE);
            each->snd_scale = each->rcv_scale = 0;
            each->snd_wnd = each->snd_wnd_max = each->rcv_wnd = each->rcv_ann_wnd = 0xffff;
            each->rcv_ann_right_edge = each->rcv_nxt + 0xffff;
        }
    }
    const std::string text(10'000, 'x');
    for (int rounds = 0; rounds < 3; rounds++) {
        while (send(*client, text).ok()) {
        }
        const size_t waits = receive(*server, size_t{1} << 20, UK_MSG_PEEK).size();
        if (waits < 1000)
            return false;
        read_all(*server, waits);
    }
    return receive(*server, 1, UK_MSG_PEEK) == "x";
}

TEST_F(TcpWindows, RoomIsToldHoweverSmallTheWindow) {
    EXPECT_TRUE(goes_on(200'000, true));
    EXPECT_TRUE(goes_on(1000, true));
    EXPECT_TRUE(goes_on(200'000, false));
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
