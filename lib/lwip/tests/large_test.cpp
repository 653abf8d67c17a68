// SPDX-License-Identifier: BSD-3-Clause
// Streams that leave through a device which cuts segments, to a receiver by the book on the other
// end of the wire: byte by byte, with loss, and with windows that are small, or closed for a while.
// And what lwIP acknowledges of what that one sends.
#include <algorithm>
#include <map>
#include <random>

#include "host_inet.hpp"

#include "lib/lwip/interface.hpp"
#include "lib/uknetdev/tests/fake_wire.hpp"

#include <lwip/priv/tcp_priv.h>

namespace {

using namespace inet_tests;
using netdev_test::Bytes;
using netdev_test::FakeWire;
using netdev_test::Frame;
using netdev_test::get16;
using netdev_test::put16;
namespace netdev = uk::netdev;

constexpr uint32_t kCuts = netdev::kSendChecksum | netdev::kSendTcp4;
constexpr uint16_t kPort = 5001;
constexpr uint16_t kMss = 1460;
constexpr unsigned kScale = 3;

void put32(Bytes& bytes, size_t at, uint32_t value) {
    put16(bytes, at, value >> 16);
    put16(bytes, at + 2, value);
}
uint32_t get32(const Bytes& bytes, size_t at) {
    return get16(bytes, at) << 16 | get16(bytes, at + 2);
}

// lwIP's interfaces live for ever, and so do these: 10.1.`net`.2 is lwIP's, .1 the receiver's.
struct Line {
    Line(const netdev_test::WireShape& shape, uint8_t number)
        : net(number), wire(shape), interface(wire.left()) {
        lwip_tests::begin_lwip();
        settings.address.size = 4;
        const uint8_t ours[] = {10, 1, net, 2};
        std::copy_n(ours, 4, settings.address.bytes);
        settings.prefix = 24;
        EXPECT_TRUE(pool.init({.count = 512}).ok());
        EXPECT_TRUE(wire.right().start({.pool = &pool}).ok());
        const HostInet::Core core;
        EXPECT_TRUE(interface.start({.buffers = 256, .settings = &settings}).ok());
    }
    void send(const Bytes& bytes) {
        netdev::Buffer* buffer = pool.take();
        ASSERT_NE(buffer, nullptr);
        memcpy(buffer->data(), bytes.data(), bytes.size());
        buffer->set_size(static_cast<uint32_t>(bytes.size()));
        if (wire.right().transmit(0, {&buffer, 1}) != 1)
            netdev::release(buffer);
    }
    std::vector<Bytes> receive() {
        std::vector<Bytes> frames;
        netdev::Buffer* buffer = nullptr;
        while (wire.right().receive(0, {&buffer, 1}) == 1) {
            frames.push_back(netdev_test::gather(*buffer));
            netdev::release(buffer);
        }
        return frames;
    }
    void let_lwip_receive() {
        const HostInet::Core core;
        interface.receive(1000);
    }
    uint8_t net;
    FakeWire wire;
    netdev::Pool pool;
    uk::lwip::Settings settings;
    uk::lwip::Interface interface;
};

// Takes one connection, and what comes on it.
class Receiver {
  public:
    Receiver(Line& line, unsigned seed) : line_(line), random_(seed) {}

    uint32_t most_window = 200'000;
    bool closes = false; // its window now and then
    Bytes got;
    size_t frames = 0; // with data
    size_t largest = 0;
    size_t ends_at = SIZE_MAX; // how much the first FIN says there is

    void ask_for_address() { // so that lwIP knows ours
        Bytes frame = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 2, 8, 6,
                       0,    1,    8,    0,    6,    4,    0, 1, 2, 0, 0, 0, 0, 2};
        frame.insert(frame.end(), {10, 1, line_.net, 1, 0, 0, 0, 0, 0, 0, 10, 1, line_.net, 2});
        line_.send(frame);
    }

    // Whether there was anything.
    bool look() {
        unsigned unanswered = 0;
        const std::vector<Bytes> arrived = line_.receive();
        for (const Bytes& frame : arrived) {
            if (get16(frame, 12) != 0x0800 || frame[23] != 6)
                continue;
            check_sums(frame);
            const size_t size = get16(frame, 16) - 40U - (frame[46] >> 4) * 4U + 20U;
            if ((frame[47] & TCP_SYN) != 0) {
                next_ = get32(frame, 38) + 1;
                their_port_ = static_cast<uint16_t>(get16(frame, 34));
                answer(true);
            } else if (size != 0) {
                const bool in_order = take(frame, size);
                if (++unanswered == 2 || !in_order) {
                    answer(false);
                    unanswered = 0;
                }
            }
        }
        if (unanswered != 0)
            answer(false);
        return !arrived.empty();
    }
    // Sends so many full segments, and says how many acknowledgments come.
    size_t give(size_t segments) {
        for (size_t i = 0; i < segments; i++)
            answer(false, kMss);
        line_.let_lwip_receive();
        return line_.receive().size();
    }
    void skip(size_t bytes) { sent_ += static_cast<uint32_t>(bytes); }
    // Time goes by: the window opens again, and who has missed an answer gets it.
    void wait() {
        if (their_port_ != 0)
            answer(false);
    }

  private:
    static void check_sums(const Bytes& frame) {
        const size_t end = 14 + get16(frame, 16);
        ASSERT_LE(end, frame.size());
        ASSERT_LE(get16(frame, 16), 1500U);
        ASSERT_EQ(netdev_test::add_up(frame, 14, 34), 0xffffU);
        const uint32_t pseudo =
            netdev_test::add_up(frame, 26, 34, 6 + static_cast<uint32_t>(end - 34));
        ASSERT_EQ(netdev_test::add_up(frame, 34, end, pseudo), 0xffffU);
    }
    // False: something before it is missing, or it has come already.
    bool take(const Bytes& frame, size_t size) {
        const size_t at = 34 + (frame[46] >> 4) * 4U;
        const uint32_t number = get32(frame, 38);
        const auto from = frame.begin() + static_cast<long>(at);
        frames++;
        largest = std::max(largest, size);
        const bool in_order = number == next_;
        if ((frame[47] & TCP_FIN) != 0)
            ends_at = std::min(ends_at, got.size() + size + static_cast<int32_t>(number - next_));
        later_[number - next_ + got.size()] = Bytes(from, from + static_cast<long>(size));
        while (!later_.empty()) { // by where in the stream they begin; all is near what we have
            const auto first = later_.begin();
            const auto ahead = static_cast<int32_t>(static_cast<uint32_t>(first->first) -
                                                    static_cast<uint32_t>(got.size()));
            if (ahead > 0)
                break;
            const auto known = static_cast<size_t>(-int64_t{ahead});
            if (known < first->second.size()) {
                got.insert(got.end(), first->second.begin() + static_cast<long>(known),
                           first->second.end());
                next_ += static_cast<uint32_t>(first->second.size() - known);
            }
            later_.erase(first);
        }
        return in_order;
    }
    void answer(bool begins, size_t bytes = 0) {
        Bytes frame = {2, 0,    0, 0, 0, 1, 2, 0,    0, 0,  0, 2, 8,
                       0, 0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 6, 0, 0};
        frame.insert(frame.end(), {10, 1, line_.net, 1, 10, 1, line_.net, 2});
        const size_t options = begins ? 8 : 0;
        frame.resize(54 + options + bytes);
        put16(frame, 16, static_cast<uint32_t>(40 + options + bytes));
        put16(frame, 24, ~netdev_test::add_up(frame, 14, 34) & 0xffff);
        put16(frame, 34, kPort);
        put16(frame, 36, their_port_);
        put32(frame, 38, begins ? 7000 : 7001 + sent_);
        sent_ += static_cast<uint32_t>(bytes);
        put32(frame, 42, next_);
        frame[46] = static_cast<uint8_t>((5 + options / 4) << 4);
        frame[47] = TCP_ACK | (begins ? TCP_SYN : 0);
        const uint32_t window = closes && random_() % 8 == 0 ? 0 : most_window;
        put16(frame, 48, begins ? std::min(window, 0xffffU) : window >> kScale);
        if (begins) {
            put32(frame, 54, 0x02040000 | kMss);
            put32(frame, 58, 0x01030300 | kScale);
        }
        const uint32_t pseudo =
            netdev_test::add_up(frame, 26, 34, static_cast<uint32_t>(6 + 20 + options + bytes));
        put16(frame, 50, ~netdev_test::add_up(frame, 34, frame.size(), pseudo) & 0xffff);
        line_.send(frame);
    }

    Line& line_;
    std::minstd_rand random_;
    uint32_t next_ = 0;
    uint32_t sent_ = 0; // to lwIP
    uint16_t their_port_ = 0;
    std::map<uint64_t, Bytes> later_;
};

struct How {
    size_t bytes = 1'000'000;
    size_t most_at_once = 100'000;
    unsigned seed = 1;
    bool no_delay = false;
};

std::string stream_of(size_t size) {
    std::string text(size, '\0');
    for (size_t i = 0; i < size; i++)
        text[i] = static_cast<char>(i * 7 + i / 251);
    return text;
}

// Sends through the line until all is there. TCP's time goes on when nothing else does.
// Returns how many segments were sent again, as the socket says.
uint32_t run(Line& line, Receiver& receiver, const How& how) {
    std::minstd_rand random(how.seed);
    const std::string all = stream_of(how.bytes);
    const Ref<Socket> socket = tcp();
    if (how.no_delay) {
        EXPECT_TRUE(set(*socket, UK_IPPROTO_TCP, UK_TCP_NODELAY, 1).ok());
    }
    receiver.ask_for_address();
    line.let_lwip_receive();
    const uint32_t peer = 0x0a010001U | uint32_t{line.net} << 8;
    EXPECT_EQ(socket->connect(v4(kPort, peer)).code(), Errno::inprogress);
    size_t sent = 0;
    for (unsigned idle = 0; receiver.got.size() < all.size() && idle < 20'000;) {
        const size_t size = std::min(all.size() - sent, 1 + random() % how.most_at_once);
        if ((socket->ready() & UK_POLLOUT) != 0 && size != 0) {
            const Result<size_t> part = send_bytes(*socket, all.data() + sent, size);
            sent += part.ok() ? part.value() : 0;
            if (sent == all.size()) {
                EXPECT_TRUE(socket->shutdown(UK_SHUT_WR).ok());
            }
        }
        const bool moved = receiver.look();
        line.let_lwip_receive();
        if (moved)
            continue;
        idle++;
        receiver.wait();
        const HostInet::Core core;
        tcp_tmr();
    }
    line.wire.watch = nullptr;
    EXPECT_EQ(receiver.got.size(), all.size());
    EXPECT_TRUE(receiver.ends_at == all.size() || receiver.ends_at == SIZE_MAX);
    EXPECT_TRUE(std::ranges::equal(receiver.got, all, {}, {},
                                   [](char one) { return static_cast<uint8_t>(one); }));
    EXPECT_LE(receiver.largest, size_t{kMss});
    uk_tcp_info info = {};
    EXPECT_TRUE(socket
                    ->option({.way = uk::SocketOption::Way::get,
                              .level = UK_IPPROTO_TCP,
                              .name = UK_TCP_INFO,
                              .value = {reinterpret_cast<std::byte*>(&info), sizeof info}})
                    .ok());
    return info.tcpi_total_retrans;
}

netdev_test::WireShape cutting() {
    return {.features = kCuts, .room = 4096};
}

uint64_t given(Line& line) {
    return line.wire.left().counters(0).tx_packets.load_relaxed();
}

TEST(Large, TheDeviceCuts) {
    Line& line = *new Line(cutting(), 1);
    Receiver receiver(line, 1);
    EXPECT_EQ(run(line, receiver, {.bytes = 4'000'000}), 0U);
    EXPECT_GE(receiver.frames, 4'000'000U / kMss);
    EXPECT_LT(given(line), receiver.frames / 8); // most of the way in 40 and more
    EXPECT_EQ(line.wire.left().counters(0).tx_bad.load_relaxed(), 0U);
}

TEST(Large, WithoutADeviceThatCutsNothingIsLarge) {
    Line& line = *new Line({.features = netdev::kSendChecksum, .room = 4096}, 2);
    Receiver receiver(line, 1);
    run(line, receiver, {});
    EXPECT_GE(given(line), receiver.frames);
    EXPECT_EQ(line.wire.left().counters(0).tx_bad.load_relaxed(), 0U);
}

TEST(Large, WhatIsLostComesAgain) {
    for (unsigned seed = 1; seed <= 4; seed++) {
        netdev_test::WireShape shape = cutting();
        shape.seed = seed;
        shape.loss = 5 * seed * seed;
        shape.reorder = 10;
        shape.repeat = 5;
        Line& line = *new Line(shape, static_cast<uint8_t>(10 + seed));
        Receiver receiver(line, seed);
        EXPECT_GT(run(line, receiver, {.bytes = 300'000, .seed = seed}), 0U);
    }
}

TEST(Large, SmallWindows) {
    uint8_t net = 20;
    for (const uint32_t window : {1'000U, 3'000U, 10'000U, 65'000U}) {
        Line& line = *new Line(cutting(), net++);
        Receiver receiver(line, 1);
        receiver.most_window = window;
        run(line, receiver, {.bytes = 200'000});
    }
}

TEST(Large, WindowsThatCloseAndLoss) {
    for (unsigned seed = 1; seed <= 4; seed++) {
        netdev_test::WireShape shape = cutting();
        shape.seed = seed;
        shape.loss = 20;
        Line& line = *new Line(shape, static_cast<uint8_t>(30 + seed));
        Receiver receiver(line, seed);
        receiver.most_window = 5'000 * seed * seed;
        receiver.closes = true;
        run(line, receiver, {.bytes = 200'000, .seed = seed, .no_delay = seed % 2 == 0});
    }
}

TEST(Large, SmallAndLargeWritesBesideEachOther) {
    for (unsigned seed = 1; seed <= 3; seed++) {
        Line& line = *new Line(cutting(), static_cast<uint8_t>(40 + seed));
        Receiver receiver(line, seed);
        run(line, receiver, {.bytes = 500'000, .most_at_once = 700 * seed * seed, .seed = seed});
    }
}

// The way may lead elsewhere later: what is queued is cut before it is sent.
TEST(Large, TheDeviceMayStopCutting) {
    netdev_test::WireShape shape = cutting();
    shape.loss = 20;
    Line& line = *new Line(shape, 50);
    Receiver receiver(line, 1);
    unsigned count = 0;
    line.wire.watch = [&](const netdev_test::FakeNic& from, const Frame&) {
        if (&from == &line.wire.left() && ++count == 200)
            line.interface.lwip().tcp_large[0] = 0;
    };
    run(line, receiver, {});
    EXPECT_GE(count, 600U);
    EXPECT_EQ(line.wire.left().counters(0).tx_bad.load_relaxed(), 0U);
}

TEST(Acknowledgments, AreOneForWhatComesTogether) {
    Line& line = *new Line(cutting(), 60);
    Receiver peer(line, 1);
    const Ref<Socket> socket = tcp();
    peer.ask_for_address();
    line.let_lwip_receive();
    EXPECT_EQ(socket->connect(v4(kPort, 0x0a010001U | 60U << 8)).code(), Errno::inprogress);
    while (peer.look())
        line.let_lwip_receive();
    EXPECT_EQ(peer.give(20), 1U);
    EXPECT_EQ(peer.give(1) + peer.give(1), 1U) << "each second one, when they come alone";
    EXPECT_EQ(receive(*socket).size(), 22U * kMss);
    peer.skip(kMss); // is lost
    EXPECT_EQ(peer.give(6), 6U) << "each says what is missing: the peer counts them";
    peer.skip(0U - 7 * kMss);
    (void)peer.give(1);
    EXPECT_EQ(receive(*socket).size(), 7U * kMss);
    const HostInet::Core core;
    EXPECT_EQ(tcp_ack_waits, nullptr);
}

} // namespace
