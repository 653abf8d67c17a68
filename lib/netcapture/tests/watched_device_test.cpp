// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the watched device: it is the device, and each packet is captured once.
#include "lib/uknetdev/tests/fake_wire.hpp"

#include <uk/netcapture/watched_device.hpp>

#include <gtest/gtest.h>

namespace {

using netdev_test::Bytes;
using netdev_test::FakeWire;
using netdev_test::WireShape;
using uk::netcapture::kMostRecord;
using uk::netcapture::RecordHeader;
using uk::netcapture::Ring;
using uk::netcapture::Surroundings;
using uk::netcapture::WatchedDevice;
using uk::netdev::Buffer;

unsigned g_wakes = 0;
constexpr Surroundings kAround = {[] { return uint64_t{7'000'000'000}; }, [] { g_wakes++; }};

struct Ends {
    explicit Ends(const WireShape& shape)
        : memory((1 << 18) / 8), wire(shape), watched(wire.left(), ring, kAround) {
        ring.init(std::as_writable_bytes(std::span(memory)));
        EXPECT_TRUE(pool.init({.count = 128}).ok());
        EXPECT_TRUE(watched.start({.pool = &pool}).ok());
        EXPECT_TRUE(wire.right().start({.pool = &pool}).ok());
    }
    ~Ends() {
        (void)watched.reclaim(0);
        (void)wire.right().reclaim(0);
        pool.close();
    }
    Buffer* make(uint8_t mark) {
        Buffer* buffer = pool.take();
        std::memset(buffer->data(), mark, 60);
        buffer->set_size(60);
        return buffer;
    }
    // First bytes of what was captured.
    std::vector<int> captured() {
        std::vector<std::byte> out(kMostRecord);
        std::vector<int> marks;
        const size_t size = ring.take(out);
        for (size_t at = 0; at < size;) {
            RecordHeader header{};
            std::memcpy(&header, out.data() + at, sizeof header);
            EXPECT_EQ(header.seconds, 7u);
            marks.push_back(std::to_integer<int>(out[at + sizeof header]));
            at += sizeof header + header.kept_bytes;
        }
        return marks;
    }
    std::vector<uint64_t> memory;
    uk::netdev::Pool pool;
    Ring ring;
    FakeWire wire;
    WatchedDevice watched;
};

TEST(WatchedDevice, IsTheDevice) {
    Ends ends({.features = uk::netdev::kSendChecksum});
    EXPECT_STREQ(ends.watched.info().driver, "fake");
    EXPECT_EQ(ends.watched.info().mac.bytes[5], ends.wire.left().info().mac.bytes[5]);
    EXPECT_TRUE(ends.watched.is_started());
    EXPECT_EQ(ends.watched.features(), uk::netdev::kSendChecksum);
    EXPECT_EQ(ends.watched.start({.pool = &ends.pool}).code(), uk::Errno::busy);
    EXPECT_TRUE(ends.watched.link_is_up());
    ends.wire.left().set_link(false);
    EXPECT_FALSE(ends.watched.link_is_up());
    EXPECT_EQ(&ends.watched.counters(0), &ends.wire.left().counters(0));
}

TEST(WatchedDevice, CapturesBothWays) {
    Ends ends({});
    g_wakes = 0;
    Buffer* out = ends.make(1);
    EXPECT_EQ(ends.watched.transmit(0, {&out, 1}), 1u);
    Buffer* in[] = {ends.make(2), ends.make(3)};
    EXPECT_EQ(ends.wire.right().transmit(0, in), 2u);
    Buffer* came[8];
    ASSERT_EQ(ends.watched.receive(0, came), 2u);
    EXPECT_EQ(netdev_test::gather(*came[1]), Bytes(60, 3)) << "and the receiver gets it as it was";
    uk::netdev::release(came[0]);
    uk::netdev::release(came[1]);
    EXPECT_EQ(ends.captured(), (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(g_wakes, 2u);
    EXPECT_EQ(ends.watched.receive(0, came), 0u);
    EXPECT_EQ(g_wakes, 2u) << "nothing, nobody is woken";
}

TEST(WatchedDevice, CapturesWhatTheDeviceHasTaken) {
    Ends ends({.room = 20});
    std::vector<Buffer*> out;
    for (int i = 0; i < 40; i++)
        out.push_back(ends.make(static_cast<uint8_t>(i)));
    const unsigned taken = ends.watched.transmit(0, out);
    ASSERT_LT(taken, 40u);
    ASSERT_GT(taken, 16u) << "more than one burst";
    Buffer* came[64];
    const unsigned arrived = ends.wire.right().receive(0, came);
    for (unsigned i = 0; i < arrived; i++)
        uk::netdev::release(came[i]);
    (void)ends.watched.reclaim(0);
    std::vector<int> all = ends.captured();
    EXPECT_EQ(all.size(), taken);
    const unsigned rest = ends.watched.transmit(0, std::span(out).subspan(taken));
    for (const int mark : ends.captured())
        all.push_back(mark);
    ASSERT_EQ(all.size(), taken + rest) << "what was refused is captured when it goes, once";
    for (size_t i = 0; i < all.size(); i++)
        EXPECT_EQ(all[i], static_cast<int>(i));
    for (size_t i = taken + rest; i < out.size(); i++)
        uk::netdev::release(out[i]);
}

} // namespace
