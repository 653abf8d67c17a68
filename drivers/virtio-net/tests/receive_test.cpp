// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the network driver: receiving, from a device that keeps to the specification and
// from such that do not.
#include "nic_test.hpp"

#include <random>

namespace {

using namespace net_test;

TEST_F(NicTest, ReceivesFrames) {
    for (const uint64_t offers : {kAll, kAll & ~F::kMergeable & ~uk::virtio::kEventIndex}) {
        make(offers);
        EXPECT_TRUE(nic->arm(0, 0));
        for (unsigned i = 0; i < 200; i++) {
            ASSERT_TRUE(net->bring(frame(static_cast<uint8_t>(i), 60 + i)));
            if (i % 20 == 19) {
                const std::vector<Bytes> all = receive();
                ASSERT_EQ(all.size(), 20u);
                for (unsigned k = 0; k < 20; k++) {
                    EXPECT_EQ(all[k], frame(static_cast<uint8_t>(i - 19 + k), 60 + i - 19 + k));
                }
            }
        }
        EXPECT_EQ(events, std::vector<uint8_t>{uk::netdev::kReceived}) << "until armed again";
        EXPECT_LT(net->rx().kicks.load_relaxed(), 30u) << "in batches";
        EXPECT_TRUE(nic->arm(0, 0));
        ASSERT_TRUE(net->bring(frame(1)));
        EXPECT_EQ(events.size(), 2u);
        EXPECT_FALSE(nic->arm(0, 0)) << "there is one";
        EXPECT_EQ(receive().size(), 1u);
        EXPECT_EQ(nic->counters(0).rx_packets.load_relaxed(), 201u);
        EXPECT_EQ(nic->counters(0).rx_bad.load_relaxed(), 0u);
        TearDown();
        net.reset();
        events.clear();
    }
}

TEST_F(NicTest, ReceivesPacketsOfSeveralBuffers) {
    make(kAll, {.count = 128});
    const NetHeader header{.flags = 1,
                           .segments = 1,
                           .header_bytes = 54,
                           .segment_bytes = 1448,
                           .checksum_start = 34,
                           .checksum_offset = 16};
    // The largest comes first: a device that does not find room for it waits for ever.
    for (const size_t size : {65'000u, 1984u, 1985u, 3000u, 4200u, 65'000u}) {
        ASSERT_TRUE(net->bring(frame(7, size), header)) << size;
        Buffer* one = nullptr;
        ASSERT_EQ(nic->receive(0, {&one, 1}), 1u);
        EXPECT_EQ(gather(*one), frame(7, size));
        EXPECT_EQ(one->offload.segments, Offload::Segments::tcp4);
        release(one);
    }
}

TEST_F(NicTest, FewBuffersTakeNoLargePackets) {
    for (const uint32_t count : {64u, 80u, 82u, 512u}) { // half of them in the queue; 33 and 8
        make(kAll, {.count = count});
        const bool is_large = (nic->features() & uk::netdev::kReceiveTcp4) != 0;
        EXPECT_EQ(is_large, count >= 82) << count;
        TearDown();
        net.reset();
    }
}

TEST_F(NicTest, WaitsForTheRestOfAPacket) {
    make(kAll, {.count = 128, .bytes = 256, .headroom = 64});
    FakeDevice::Chain chain[3];
    for (FakeDevice::Chain& one : chain) {
        ASSERT_TRUE(net->rx().device.next(one));
    }
    const NetHeader header{.buffers = 3};
    std::memcpy(reinterpret_cast<void*>(chain[0].pieces[0].address), &header, sizeof header);
    net->rx().use(chain[0].head, 204);
    EXPECT_TRUE(receive().empty());
    net->rx().use(chain[1].head, 204);
    EXPECT_TRUE(receive().empty());
    net->rx().use(chain[2].head, 1);
    const std::vector<Bytes> all = receive();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].size(), 192u + 204 + 1);
}

TEST_F(NicTest, DropsWhatCannotBe) {
    make(kAll, {.count = 128, .bytes = 256, .headroom = 64});
    auto raw = [&](uint32_t written, NetHeader header) {
        FakeDevice::Chain chain;
        ASSERT_TRUE(net->rx().device.next(chain));
        std::memcpy(reinterpret_cast<void*>(chain.pieces[0].address), &header, sizeof header);
        net->rx().use(chain.head, written);
    };
    raw(0, {.buffers = 1});
    raw(25, {.buffers = 1});
    raw(72, {.buffers = 0});
    raw(72, {.buffers = 65});
    raw(72, {.buffers = 65535});
    raw(72, {.flags = 1, .checksum_start = 59, .buffers = 1});
    raw(72, {.segments = 3, .segment_bytes = 100, .buffers = 1});
    raw(72, {.buffers = 2});
    raw(0, {});
    EXPECT_TRUE(receive().empty());
    EXPECT_EQ(nic->counters(0).rx_bad.load_relaxed(), 8u);
    raw(26, {.buffers = 1});
    EXPECT_EQ(receive().size(), 1u) << "an Ethernet header is a frame";
}

TEST_F(NicTest, DropsPacketsBeyond64KiB) {
    make(kAll, {.count = 256, .bytes = 2048, .headroom = 64});
    Buffer* packets[8];
    for (unsigned i = 0; i < 192; i++) { // a busy device is given more buffers
        ASSERT_TRUE(net->bring(frame(1)));
        if (i % 16 == 15) {
            (void)receive();
        }
    }
    ASSERT_TRUE(net->bring(frame(1, uk::virtio::kMostPacketBytes)));
    ASSERT_EQ(nic->receive(0, packets), 1u);
    release(packets[0]);
    ASSERT_TRUE(net->bring(frame(1, uk::virtio::kMostPacketBytes + 1)));
    EXPECT_EQ(nic->receive(0, packets), 0u);
    EXPECT_EQ(nic->counters(0).rx_bad.load_relaxed(), 1u);
}

TEST_F(NicTest, GoesOnWhenBuffersComeBack) {
    make(kAll, {.count = 16});
    EXPECT_EQ(net->rx().ring.in_flight(), 8u) << "the other half is for who works on them";
    std::vector<Buffer*> all;
    while (Buffer* buffer = pool.take()) {
        all.push_back(buffer);
    }
    for (unsigned i = 0; i < 8; i++) {
        ASSERT_TRUE(net->bring(frame(1)));
    }
    EXPECT_FALSE(net->bring(frame(1)));
    Buffer* packets[16];
    ASSERT_EQ(nic->receive(0, packets), 8u);
    EXPECT_GE(nic->counters(0).rx_no_buffer.load_relaxed(), 1u);
    for (unsigned i = 0; i < 8; i++) {
        release(packets[i]);
    }
    EXPECT_TRUE(nic->arm(0, 0)) << "which also gives the device buffers";
    EXPECT_TRUE(net->bring(frame(2)));
    EXPECT_EQ(receive().size(), 1u);
    for (Buffer* buffer : all) {
        release(buffer);
    }
}

// Driver and device step by step, in any order, with interrupts that come late: who sleeps has an
// event coming, or nothing to read.
TEST_F(NicTest, NobodySleepsOverAPacket) {
    for (unsigned seed = 1; seed <= 20; seed++) {
        make(seed % 2 == 0 ? kAll : kAll & ~uk::virtio::kEventIndex);
        std::minstd_rand random(seed);
        net->rx().is_late = true;
        unsigned brought = 0;
        unsigned read = 0;
        unsigned slept = 0;
        enum { looks, arms, sleeps } state = looks;
        for (unsigned step = 0; step < 3000; step++) {
            const unsigned choice = random() % 8;
            if (choice == 0) {
                brought += net->bring(frame(1)) ? 1 : 0;
            } else if (choice == 1) {
                net->rx().interrupt();
            } else if (state == looks) {
                const size_t count = receive().size();
                read += static_cast<unsigned>(count);
                state = count == 0 ? arms : looks;
            } else if (state == arms) {
                state = nic->arm(0, 0) ? sleeps : looks;
            } else if (!events.empty()) {
                events.clear();
                slept++;
                state = looks;
            }
            const bool is_awake = state != sleeps || !events.empty() || net->rx().is_pending;
            ASSERT_TRUE(is_awake || read == brought) << "seed " << seed << ", step " << step;
        }
        EXPECT_GT(slept, 100u);
        TearDown();
        net.reset();
        events.clear();
    }
}

} // namespace
