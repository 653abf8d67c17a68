// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the wire that tests of stacks use: it keeps to the contract of devices.
#include "fake_wire.hpp"

#include <gtest/gtest.h>

namespace {

using netdev_test::Bytes;
using netdev_test::FakeNic;
using netdev_test::FakeWire;
using netdev_test::WireShape;
using uk::netdev::Buffer;
using uk::netdev::Offload;
using uk::netdev::Pool;

struct Ends {
    explicit Ends(const WireShape& shape) : wire(shape) {
        EXPECT_TRUE(pool.init({.count = 64}).ok());
        EXPECT_TRUE(wire.left().start({.pool = &pool}).ok());
        EXPECT_TRUE(wire.right()
                        .start({.pool = &pool,
                                .on_event =
                                    [](void* self, uint16_t, uint8_t what) {
                                        static_cast<Ends*>(self)->events.push_back(what);
                                    },
                                .context = this})
                        .ok());
    }
    ~Ends() {
        (void)wire.left().reclaim(0);
        (void)wire.right().reclaim(0);
        pool.close();
    }
    Buffer* make(const Bytes& bytes) {
        Buffer* buffer = pool.take();
        std::memcpy(buffer->data(), bytes.data(), bytes.size());
        buffer->set_size(static_cast<uint32_t>(bytes.size()));
        return buffer;
    }
    unsigned send(Buffer* buffer) { return wire.left().transmit(0, {&buffer, 1}); }
    std::vector<Bytes> get() {
        std::vector<Bytes> all;
        Buffer* packets[16];
        const unsigned count = wire.right().receive(0, packets);
        for (unsigned i = 0; i < count; i++) {
            all.push_back(netdev_test::gather(*packets[i]));
            uk::netdev::release(packets[i]);
        }
        return all;
    }
    Pool pool;
    std::vector<uint8_t> events;
    FakeWire wire;
};

Bytes frame(uint8_t mark, size_t size = 60) {
    return Bytes(size, mark);
}

TEST(FakeWire, CarriesFrames) {
    Ends ends({.room = 3, .piece_bytes = 40});
    EXPECT_EQ(ends.send(ends.make(frame(1))), 1u);
    EXPECT_EQ(ends.events, std::vector<uint8_t>{uk::netdev::kReceived});
    EXPECT_EQ(ends.send(ends.make(frame(2))), 1u);
    EXPECT_EQ(ends.events.size(), 1u) << "once";
    EXPECT_FALSE(ends.wire.right().arm(0, 0)) << "there are some";
    EXPECT_EQ(ends.send(ends.make(frame(3))), 1u);
    Buffer* more = ends.make(frame(4));
    EXPECT_EQ(ends.send(more), 0u) << "full";
    EXPECT_EQ(ends.get(), (std::vector{frame(1), frame(2), frame(3)}));
    EXPECT_EQ(ends.send(more), 1u);
    EXPECT_EQ(ends.wire.left().counters(0).tx_packets.load_relaxed(), 4u);
    EXPECT_EQ(ends.get().size(), 1u);
    ends.wire.left().set_link(false);
    EXPECT_FALSE(ends.wire.left().link_is_up());
    EXPECT_EQ(ends.send(ends.make(frame(5))), 1u);
    EXPECT_TRUE(ends.get().empty());
}

TEST(FakeWire, LosesAndReorders) {
    Ends ends({.seed = 3, .loss = 200, .repeat = 100, .reorder = 100, .room = 2000});
    std::vector<Bytes> all;
    for (unsigned i = 0; i < 250; i++) {
        EXPECT_EQ(ends.send(ends.make(frame(static_cast<uint8_t>(i)))), 1u);
        if (i % 8 == 7)
            for (Bytes& bytes : ends.get())
                all.push_back(bytes);
    }
    std::vector<Bytes> sorted = all;
    std::sort(sorted.begin(), sorted.end());
    EXPECT_NE(sorted, all);
    EXPECT_NE(std::adjacent_find(sorted.begin(), sorted.end()), sorted.end()) << "repeated";
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    EXPECT_LT(sorted.size(), 230u);
    EXPECT_GT(sorted.size(), 150u);
}

// A TCP frame of `payload` bytes, its pseudo header summed up.
Bytes tcp4(size_t payload) {
    Bytes bytes(54 + payload);
    for (size_t i = 0; i < bytes.size(); i++)
        bytes[i] = static_cast<uint8_t>(i * 7);
    bytes[14] = 0x45;
    bytes[23] = 6;
    bytes[46] = 0x50;
    bytes[47] = 0x19; // FIN, PSH, ACK
    const auto length = static_cast<uint32_t>(20 + payload);
    netdev_test::put16(bytes, 16, length + 20);
    netdev_test::put16(bytes, 50, netdev_test::add_up(bytes, 26, 34, 6 + length));
    return bytes;
}
// The sum over pseudo header and segment.
uint32_t sum_of(const Bytes& bytes) {
    const auto length = static_cast<uint32_t>(bytes.size() - 34);
    return netdev_test::add_up(bytes, 34, bytes.size(),
                               netdev_test::add_up(bytes, 26, 34, 6 + length));
}

TEST(FakeWire, DoesWhatIsLeftToTheDevice) {
    Ends ends({.features = uk::netdev::kSendChecksum | uk::netdev::kSendTcp4});
    Buffer* packet = ends.make(tcp4(100));
    packet->offload.checksum = Offload::Checksum::partial;
    packet->offload.checksum_start = 34;
    packet->offload.checksum_offset = 16;
    EXPECT_EQ(ends.send(packet), 1u);
    EXPECT_EQ(sum_of(ends.get().at(0)), 0xffffu);

    const Bytes large = tcp4(1001);
    packet = ends.make(large);
    packet->offload = {Offload::Checksum::partial, Offload::Segments::tcp4, 54, 400, 34, 16};
    EXPECT_EQ(ends.send(packet), 1u);
    const std::vector<Bytes> parts = ends.get();
    ASSERT_EQ(parts.size(), 3u);
    for (size_t i = 0; i < 3; i++) {
        EXPECT_EQ(parts[i].size(), i < 2 ? 454u : 255u);
        EXPECT_EQ(sum_of(parts[i]), 0xffffu);
        EXPECT_EQ(netdev_test::add_up(parts[i], 14, 34), 0xffffu);
        EXPECT_EQ(parts[i][47], i < 2 ? 0x10 : 0x19);
        EXPECT_EQ(netdev_test::get16(parts[i], 40) - netdev_test::get16(tcp4(0), 40), i * 400);
        const auto from = large.begin() + 54 + static_cast<long>(i * 400);
        EXPECT_TRUE(std::equal(parts[i].begin() + 54, parts[i].end(), from));
    }
    packet = ends.make(large);
    packet->offload = {Offload::Checksum::partial, Offload::Segments::tcp6, 54, 400, 34, 16};
    EXPECT_EQ(ends.send(packet), 1u);
    EXPECT_TRUE(ends.get().empty()) << "that was not agreed on";
    EXPECT_EQ(ends.wire.left().counters(0).tx_bad.load_relaxed(), 1u);
}

} // namespace
