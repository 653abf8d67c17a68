// SPDX-License-Identifier: BSD-3-Clause
// Host tests of Interface: lwIP on one end of a wire, frames by hand on the other.
#include "begin.hpp"

#include "lib/lwip/interface.hpp"

#include "lib/uknetdev/tests/fake_wire.hpp"

#include <lwip/etharp.h>
#include <lwip/stats.h>
#include <lwip/udp.h>

#include <gtest/gtest.h>

#include <numeric>

using namespace uk::lwip;
using netdev_test::Bytes;
using netdev_test::FakeWire;
using netdev_test::Frame;
namespace netdev = uk::netdev;

namespace {

// lwIP has one state and interfaces live for ever, so all tests share them. Some have a device
// that does checksums, others none. We are 10.0.`net`.2, the peer 10.0.`net`.1.
struct World {
    World(uint32_t features, uint8_t number)
        : net(number), wire({.features = features, .room = 8, .piece_bytes = 700}),
          interface(wire.left()) {
        lwip_tests::begin_lwip();
        settings.address.size = 4;
        const uint8_t ours[] = {10, 0, net, 2};
        std::copy_n(ours, 4, settings.address.bytes);
        settings.prefix = 24;
        EXPECT_TRUE(peer_pool.init({.count = 64}).ok());
        EXPECT_TRUE(wire.right().start({.pool = &peer_pool}).ok());
        EXPECT_TRUE(interface.start({.buffers = 64, .settings = &settings}).ok());
        (void)peer_receive(); // what it says when it comes up
    }
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    // Sends a frame to lwIP, which looks at once.
    void peer_send(const Bytes& bytes, netdev::Offload offload = {}) {
        netdev::Buffer* buffer = peer_pool.take();
        ASSERT_NE(buffer, nullptr);
        ASSERT_LE(bytes.size(), buffer->tailroom());
        memcpy(buffer->data(), bytes.data(), bytes.size());
        buffer->set_size(static_cast<uint32_t>(bytes.size()));
        buffer->offload = offload;
        ASSERT_EQ(wire.right().transmit(0, {&buffer, 1}), 1u);
        interface.receive(8);
    }
    std::vector<Frame> peer_receive() {
        std::vector<Frame> frames;
        netdev::Buffer* buffer = nullptr;
        while (wire.right().receive(0, {&buffer, 1}) == 1) {
            frames.push_back({netdev_test::gather(*buffer), buffer->offload});
            netdev::release(buffer);
        }
        (void)wire.left().reclaim(0);
        return frames;
    }
    uint8_t net;
    FakeWire wire;
    netdev::Pool peer_pool;
    Settings settings;
    Interface interface;
};

World& plain() {
    static World& world = *new World(0, 0);
    return world;
}
World& offloading() {
    static World& world = *new World(netdev::kSendChecksum | netdev::kReceiveChecksum, 1);
    return world;
}

Bytes arp_request(const World& world) {
    Bytes frame = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 2, 8, 6,
                   0,    1,    8,    0,    6,    4,    0, 1, 2, 0, 0, 0, 0, 2};
    frame.insert(frame.end(), {10, 0, world.net, 1, 0, 0, 0, 0, 0, 0, 10, 0, world.net, 2});
    return frame;
}

// From the peer's port 1000 to our port `port`; with its checksum.
Bytes udp_frame(const World& world, size_t size, uint16_t port) {
    Bytes frame = {2, 0,    0, 0, 0, 1, 2, 0, 0, 0,  0,  2, 8,
                   0, 0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0};
    frame.insert(frame.end(), {10, 0, world.net, 1, 10, 0, world.net, 2});
    frame.resize(34 + 8 + size);
    netdev_test::put16(frame, 16, static_cast<uint32_t>(28 + size));
    netdev_test::put16(frame, 24, ~netdev_test::add_up(frame, 14, 34) & 0xffff);
    netdev_test::put16(frame, 34, 1000);
    netdev_test::put16(frame, 36, port);
    netdev_test::put16(frame, 38, static_cast<uint32_t>(8 + size));
    std::iota(frame.begin() + 42, frame.end(), uint8_t{1});
    const uint32_t pseudo =
        netdev_test::add_up(frame, 26, 34, static_cast<uint32_t>(17 + 8 + size));
    netdev_test::put16(frame, 40, ~netdev_test::add_up(frame, 34, frame.size(), pseudo) & 0xffff);
    return frame;
}

bool udp_sum_is_right(const Bytes& frame) {
    const auto size = static_cast<uint32_t>(frame.size() - 34);
    const uint32_t pseudo = netdev_test::add_up(frame, 26, 34, 17 + size);
    return netdev_test::add_up(frame, 34, frame.size(), pseudo) == 0xffff;
}

void make_known(World& world) {
    world.peer_send(arp_request(world));
    const std::vector<Frame> answers = world.peer_receive();
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_EQ(netdev_test::get16(answers[0].bytes, 20), 2u); // a reply
    EXPECT_EQ(answers[0].bytes[27], 1);                      // our address on the wire
}

// A service on a port, which sends back what comes.
struct Echo {
    explicit Echo(uint16_t port) {
        pcb = udp_new();
        EXPECT_EQ(udp_bind(pcb, IP4_ADDR_ANY, port), ERR_OK);
        udp_recv(pcb, answer, this);
    }
    ~Echo() {
        udp_remove(pcb);
        for (pbuf* packet : kept)
            (void)pbuf_free(packet);
    }
    static void answer(void* of, udp_pcb* pcb, pbuf* packet, const ip_addr_t* from, uint16_t port) {
        auto& self = *static_cast<Echo*>(of);
        self.came++;
        if (self.keeps) {
            self.kept.push_back(packet);
            return;
        }
        pbuf* copy = pbuf_clone(PBUF_TRANSPORT, PBUF_RAM, packet);
        (void)pbuf_free(packet);
        self.last = udp_sendto(pcb, copy, from, port);
        (void)pbuf_free(copy);
    }
    udp_pcb* pcb = nullptr;
    unsigned came = 0;
    err_t last = ERR_OK;
    bool keeps = false;
    std::vector<pbuf*> kept;
};

TEST(Interface, AnswersArpAndEchoesDatagrams) {
    World& world = plain();
    make_known(world);
    Echo echo(7);
    for (size_t size : {size_t{1}, size_t{64}, size_t{1400}}) { // of several buffers, the last
        const Bytes frame = udp_frame(world, size, 7);
        world.peer_send(frame);
        const std::vector<Frame> back = world.peer_receive();
        ASSERT_EQ(back.size(), 1u) << size;
        EXPECT_TRUE(std::equal(frame.begin() + 42, frame.end(), back[0].bytes.begin() + 42));
        EXPECT_EQ(back[0].bytes.size(), frame.size());
        EXPECT_TRUE(udp_sum_is_right(back[0].bytes));
    }
    EXPECT_EQ(echo.came, 3u);
    EXPECT_EQ(world.interface.pool().free_count(), 64u);
}

TEST(Interface, LeavesChecksumsToTheDevice) {
    World& world = offloading();
    make_known(world);
    Echo echo(7);
    // The peer's device promises that the data are good: the sum is that of the pseudo header only.
    Bytes frame = udp_frame(world, 100, 7);
    netdev_test::put16(frame, 40, netdev_test::add_up(frame, 26, 34, 17 + 108));
    world.peer_send(frame, {.checksum = netdev::Offload::Checksum::partial,
                            .checksum_start = 34,
                            .checksum_offset = 6});
    std::vector<Frame> back = world.peer_receive();
    ASSERT_EQ(back.size(), 1u);
    EXPECT_EQ(back[0].offload.checksum, netdev::Offload::Checksum::partial);
    EXPECT_EQ(back[0].offload.checksum_start, 34);
    EXPECT_EQ(back[0].offload.checksum_offset, 6);
    ASSERT_TRUE(netdev_test::finish_checksum(back[0].bytes, back[0].offload));
    EXPECT_TRUE(udp_sum_is_right(back[0].bytes));
}

TEST(Interface, ChecksWhatNobodyHasChecked) {
    for (World* one : {&plain(), &offloading()}) {
        World& world = *one;
        make_known(world);
        Echo echo(7);
        Bytes frame = udp_frame(world, 100, 7);
        frame[60] ^= 1;
        world.peer_send(frame);
        EXPECT_EQ(echo.came, 0u);
        world.peer_send(udp_frame(world, 100, 7));
        EXPECT_EQ(echo.came, 1u);
        (void)world.peer_receive();
    }
}

// An application that does not read keeps buffers; when few are left, packets are copied, and the
// device always finds one.
TEST(Interface, CopiesWhenBuffersGetRare) {
    World& world = plain();
    make_known(world);
    Echo echo(7);
    echo.keeps = true;
    const uint64_t before = world.interface.drops().rx_copied;
    for (unsigned i = 0; i < 200; i++)
        world.peer_send(udp_frame(world, 10, 7));
    EXPECT_EQ(echo.came, 200u);
    EXPECT_GE(world.interface.drops().rx_copied, before + 100);
    EXPECT_GE(world.interface.pool().free_count(), 7u);
}

TEST(Interface, CountsWhatTheDeviceHasNoRoomFor) {
    World& world = plain();
    make_known(world);
    EXPECT_EQ(world.interface.pool().free_count(), 64u);
    Echo echo(7);
    const uint64_t before = world.interface.drops().tx_no_room;
    for (unsigned i = 0; i < 20; i++) // the wire has room for 8
        world.peer_send(udp_frame(world, 10, 7));
    EXPECT_EQ(echo.came, 20u);
    EXPECT_EQ(echo.last, ERR_MEM);
    EXPECT_EQ(world.interface.drops().tx_no_room, before + 12);
    EXPECT_EQ(world.peer_receive().size(), 8u);
    world.peer_send(udp_frame(world, 10, 7));
    EXPECT_EQ(echo.last, ERR_OK);
    EXPECT_EQ(world.peer_receive().size(), 1u);
}

TEST(Interface, FollowsTheLink) {
    World& world = plain();
    world.wire.left().set_link(false);
    world.interface.look_at_link();
    EXPECT_EQ(netif_is_link_up(&world.interface.lwip()), 0);
    EXPECT_TRUE(world.interface.has_address()); // nobody waits for one without a link
    world.wire.left().set_link(true);
    world.interface.look_at_link();
    EXPECT_NE(netif_is_link_up(&world.interface.lwip()), 0);
    (void)world.peer_receive();
}

// Packets for other networks go to the router that netdev.ip= names, although no router says so.
TEST(Interface, FixedRouterOfIpv6) {
    lwip_tests::begin_lwip();
    static FakeWire& wire = *new FakeWire();
    static netdev::Pool& pool = *new netdev::Pool;
    static Settings& settings = *new Settings;
    static Interface& interface = *new Interface(wire.left());
    ASSERT_EQ(parse_settings("[2001:db8::2]/64:[2001:db8::99]", settings).problem, nullptr);
    ASSERT_TRUE(pool.init({.count = 64}).ok());
    ASSERT_TRUE(wire.right().start({.pool = &pool}).ok());
    ASSERT_TRUE(interface.start({.buffers = 64, .settings = &settings}).ok());
    netif_ip6_addr_set_state(&interface.lwip(), 1, IP6_ADDR_PREFERRED);
    udp_pcb* const pcb = udp_new_ip_type(IPADDR_TYPE_V6);
    ip_addr_t to;
    ASSERT_EQ(ipaddr_aton("2001:db8:9::1", &to), 1);
    pbuf* const data = pbuf_alloc(PBUF_TRANSPORT, 4, PBUF_RAM);
    memset(data->payload, 0, 4);
    EXPECT_EQ(udp_sendto_if(pcb, data, &to, 9, &interface.lwip()), ERR_OK);
    pbuf_free(data);
    udp_remove(pcb);
    bool asks = false; // for the router: a solicitation has what it wants to know at byte 62
    netdev::Buffer* buffer = nullptr;
    while (wire.right().receive(0, {&buffer, 1}) == 1) {
        const Bytes frame = netdev_test::gather(*buffer);
        asks = asks || (frame.size() >= 78 && frame[54] == 135 && frame[77] == 0x99);
        netdev::release(buffer);
    }
    EXPECT_TRUE(asks);
    netif_set_down(&interface.lwip());
}

} // namespace
