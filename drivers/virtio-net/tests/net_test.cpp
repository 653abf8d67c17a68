// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the network driver: what it is, and sending.
#include "nic_test.hpp"

namespace {

using namespace net_test;

TEST_F(NicTest, SaysWhatItIs) {
    FakeNet device;
    Nic found(Virtio{&device});
    ASSERT_TRUE(found.identify().ok());
    EXPECT_STREQ(found.info().driver, "virtio-net");
    EXPECT_EQ(found.info().mac.bytes[5], 3);
    EXPECT_EQ(found.info().mtu, 1450);
    EXPECT_EQ(found.info().headroom, 12);
    EXPECT_EQ(found.info().features, 63u);
    EXPECT_TRUE(device.queues.empty()) << "nothing before start()";
    device.config.mtu = 60; // 5.1.4.1: at least 68
    Nic small(Virtio{&device});
    ASSERT_TRUE(small.identify().ok());
    EXPECT_EQ(small.info().mtu, 1500);
    FakeNet nameless(kAll & ~F::kMac);
    Nic refused(Virtio{&nameless});
    EXPECT_EQ(refused.identify().code(), Errno::notsup);
}

TEST_F(NicTest, StartsOnceWithWhatItNeeds) {
    net.emplace(kAll & ~F::kMergeable);
    nic.emplace(Virtio{&*net});
    ASSERT_TRUE(nic->identify().ok());
    EXPECT_EQ(nic->start({}).code(), Errno::inval);
    Pool narrow;
    ASSERT_TRUE(narrow.init({.count = 8, .headroom = 11}).ok());
    EXPECT_EQ(nic->start({.pool = &narrow}).code(), Errno::inval);
    narrow.close();
    ASSERT_TRUE(narrow.init({.count = 8, .bytes = 1472, .headroom = 64}).ok());
    EXPECT_EQ(nic->start({.pool = &narrow}).code(), Errno::inval) << "a frame in each";
    narrow.close();
    ASSERT_TRUE(pool.init({.count = 128}).ok());
    EXPECT_EQ(nic->start({.queues = 2, .pool = &pool}).code(), Errno::inval);
    EXPECT_TRUE(nic->start({.accept = uk::netdev::Accept::everything, .pool = &pool}).ok());
    EXPECT_TRUE(nic->is_started() && net->running);
    EXPECT_EQ(net->queues.size(), 2u) << "nothing to say to the device";
    EXPECT_EQ(nic->features(), 15u) << "no large packets without mergeable buffers";
    EXPECT_EQ(net->agreed & (F::kGuestTso4 | F::kGuestTso6 | F::kControl), 0u);
    EXPECT_EQ(nic->start({.pool = &pool}).code(), Errno::busy);
    EXPECT_EQ(net->rx().kicks.load_relaxed(), 1u) << "after it runs";
}

// Decision 0023: on both queues a notification was not sent, because both sides looked too early.
TEST_F(NicTest, NotifiesWhoWasOverlookedBeforeItSleeps) {
    make();
    (void)net->tx().device.want_notify(false);
    (void)net->rx().device.want_notify(false);
    EXPECT_EQ(send(packet(Bytes(60, 1))), 1u);
    (void)net->tx().device.want_notify(true);
    const unsigned before = net->tx().kicks.load_relaxed();
    (void)nic->arm(0, 0);
    EXPECT_EQ(net->tx().kicks.load_relaxed(), before + 1);
    (void)nic->arm(0, 0);
    EXPECT_EQ(net->tx().kicks.load_relaxed(), before + 1) << "once";
}

TEST_F(NicTest, AgreesOnWhatIsWanted) {
    make(kAll, {.count = 128}, uk::netdev::kSendChecksum | uk::netdev::kReceiveTcp4);
    EXPECT_EQ(nic->features(), uk::netdev::kSendChecksum);
    EXPECT_EQ(net->agreed & (F::kHostTso4 | F::kGuestChecksum | F::kGuestTso4), 0u);
}

TEST_F(NicTest, TellsOfFailures) {
    for (unsigned queue = 0; queue < 3; queue++) {
        net.emplace();
        nic.emplace(Virtio{&*net});
        ASSERT_TRUE(nic->identify().ok());
        ASSERT_TRUE(pool.init({.count = 8}).ok());
        net->queue_errors = queue;
        EXPECT_EQ(nic->start({.pool = &pool}).code(), Errno::nomem);
        EXPECT_TRUE(net->given_up && !net->running && !nic->is_started());
        EXPECT_EQ(pool.free_count(), 8u);
        pool.close();
    }
    net.reset();
}

TEST_F(NicTest, ChoosesFrames) {
    make();
    ASSERT_EQ(net->queues.size(), 3u);
    EXPECT_EQ(net->queues[2]->kicks.load_relaxed(), 1u);
    const uint32_t before = pool.free_count();
    answer(0);
    EXPECT_EQ(commands, (Bytes{0, 1, 1, 0, 0, 0})) << "all multicasts, not everything";
    EXPECT_EQ(pool.free_count(), before + 1);
}

// --- sending -------------------------------------------------------------------------------------

TEST_F(NicTest, SendsASmallPacketAsOnePiece) {
    make();
    EXPECT_EQ(send(packet(frame(1))), 1u);
    Bytes all;
    size_t pieces = 0;
    ASSERT_TRUE(net->fetch(all, &pieces));
    EXPECT_EQ(pieces, 1u);
    EXPECT_EQ(Bytes(all.begin(), all.begin() + 12), Bytes(12)) << "nothing to do";
    EXPECT_EQ(Bytes(all.begin() + 12, all.end()), frame(1));
    EXPECT_EQ(nic->reclaim(0), 1u);
    net->done();
    EXPECT_TRUE(events.empty()) << "nobody is told";
    EXPECT_EQ(nic->reclaim(0), 0u);
    EXPECT_EQ(nic->counters(0).tx_packets.load_relaxed(), 1u);
    EXPECT_EQ(nic->counters(0).tx_bytes.load_relaxed(), 60u);
}

TEST_F(NicTest, SendsPacketsOfPieces) {
    make();
    Buffer* first = packet(frame(1, 20));
    first->next = packet({});
    first->next->next = packet(frame(9, 100));
    first->offload = {Offload::Checksum::partial, Offload::Segments::tcp4, 54, 40, 34, 16};
    EXPECT_EQ(send(first), 1u);
    Bytes all;
    size_t pieces = 0;
    ASSERT_TRUE(net->fetch(all, &pieces));
    EXPECT_EQ(pieces, 2u) << "an empty one is none";
    NetHeader header;
    std::memcpy(&header, all.data(), sizeof header);
    EXPECT_EQ(header.segments, NetHeader::kTcp4);
    EXPECT_EQ(header.segment_bytes, 40);
    EXPECT_EQ(all.size(), 132u);
    EXPECT_EQ(Bytes(all.begin() + 32, all.end()), frame(9, 100));
}

TEST_F(NicTest, TakesPacketsWithoutHeadroom) {
    make();
    alignas(16) static std::byte memory[64];
    static bool released = false;
    Buffer bare(memory, sizeof memory, 0, [](Buffer&) { released = true; });
    bare.set_size(60);
    EXPECT_EQ(send(&bare), 1u);
    Bytes all;
    size_t pieces = 0;
    ASSERT_TRUE(net->fetch(all, &pieces));
    EXPECT_EQ(pieces, 2u);
    EXPECT_EQ(all.size(), 72u);
    net->done();
    (void)nic->reclaim(0);
    EXPECT_TRUE(released);
    std::vector<Buffer*> rest;
    while (Buffer* buffer = pool.take()) {
        rest.push_back(buffer);
    }
    EXPECT_EQ(send(&bare), 1u);
    EXPECT_EQ(nic->counters(0).tx_bad.load_relaxed(), 1u) << "nowhere to put the header";
    for (Buffer* buffer : rest) {
        release(buffer);
    }
}

TEST_F(NicTest, DropsWhatCannotBeSent) {
    make(kAll & ~F::kChecksum);
    const uint32_t before = pool.free_count();
    EXPECT_EQ(send(packet(frame(1, 13))), 1u) << "no Ethernet header";
    Buffer* sum = packet(frame(1));
    sum->offload = {.checksum = Offload::Checksum::partial, .checksum_start = 34};
    EXPECT_EQ(send(sum), 1u) << "not agreed on";
    Buffer* chain = packet(frame(1));
    for (Buffer* last = chain; before - pool.free_count() <= uk::virtio::Sender::kMostPieces;) {
        last = last->next = packet(frame(1));
    }
    EXPECT_EQ(send(chain), 1u) << "too many pieces";
    EXPECT_EQ(pool.free_count(), before);
    EXPECT_EQ(nic->counters(0).tx_bad.load_relaxed(), 3u);
    EXPECT_EQ(nic->counters(0).tx_packets.load_relaxed(), 0u);
    Bytes all;
    EXPECT_FALSE(net->fetch(all));
}

TEST_F(NicTest, TellsWhenThereIsRoomAgain) {
    for (const uint64_t offers : {kAll, kAll & ~uk::virtio::kEventIndex}) {
        make(offers, {.count = 256});
        std::vector<Buffer*> packets;
        for (unsigned i = 0; i < 70; i++) {
            packets.push_back(packet(frame(static_cast<uint8_t>(i))));
        }
        EXPECT_EQ(nic->transmit(0, packets), 64u);
        EXPECT_EQ(net->tx().kicks.load_relaxed(), 1u) << "once for all";
        Bytes all;
        for (unsigned i = 0; i < 64; i++) {
            ASSERT_TRUE(net->fetch(all));
            EXPECT_EQ(all[12], i);
        }
        net->done(64);
        EXPECT_EQ(events, std::vector<uint8_t>{uk::netdev::kSent}) << "once";
        EXPECT_EQ(nic->transmit(0, std::span(packets).subspan(64)), 6u);
        for (unsigned i = 64; i < 70; i++) {
            ASSERT_TRUE(net->fetch(all));
            EXPECT_EQ(all[12], i);
        }
        net->done(6);
        TearDown();
        net.reset();
        events.clear();
    }
}

TEST_F(NicTest, TellsOfTheLink) {
    make();
    EXPECT_TRUE(nic->link_is_up());
    net->config.status = 0;
    net->on_changed(net->changed_context);
    EXPECT_EQ(events, std::vector<uint8_t>{uk::netdev::kLink});
    EXPECT_FALSE(nic->link_is_up());
    TearDown();
    net.reset();
    make(kAll & ~F::kStatus);
    EXPECT_TRUE(nic->link_is_up()) << "where the device does not say";
}

} // namespace
