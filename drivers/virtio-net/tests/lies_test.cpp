// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the network driver with a device that lies: it is switched off, and what it had of
// ours comes back.
#include "nic_test.hpp"

#include <algorithm>

#include <uk/fakes/log.hpp>

namespace {

using namespace net_test;

class LiesTest : public NicTest {
  protected:
    // Some of everything is the device's: buffers to receive into, packets to send, commands.
    void begin(uint64_t offers = kAll) {
        make(offers);
        for (unsigned i = 0; i < 3; i++) {
            EXPECT_EQ(send(packet(frame(1))), 1u);
        }
        ASSERT_LT(pool.free_count(), pool.shape().count - 3);
        events.clear();
    }
    void expect_off() {
        EXPECT_EQ(pool.free_count(), pool.shape().count) << "something did not come back";
        EXPECT_EQ(net->status(), 0) << "it was not reset";
        EXPECT_FALSE(nic->link_is_up());
        EXPECT_EQ(std::ranges::count(events, uk::netdev::kLink), 1) << "nobody was told, or often";
        EXPECT_NE(uk::fakes::log_text().find("it is off from now on"), std::string::npos);
        // It is asked for more, and is silent.
        EXPECT_EQ(send(packet(frame(1))), 1u);
        EXPECT_GE(nic->counters(0).tx_bad.load_relaxed(), 1u);
        EXPECT_TRUE(receive().empty());
        EXPECT_TRUE(nic->arm(0, 0)) << "or its thread would look for ever";
        nic->disarm(0);
        EXPECT_EQ(nic->reclaim(0), 0u);
        EXPECT_EQ(pool.free_count(), pool.shape().count);
        EXPECT_EQ(std::ranges::count(events, uk::netdev::kLink), 1);
        pool.close();
        net.reset();
    }
};

TEST_F(LiesTest, AChainThatItDoesNotHave) {
    for (const uint32_t head : {64u, 65535u, ~0u}) {
        begin();
        net->rx().use(head, 60);
        EXPECT_TRUE(receive().empty());
        expect_off();
    }
}

TEST_F(LiesTest, AChainTwice) {
    begin();
    FakeDevice::Chain chain;
    ASSERT_TRUE(net->tx().device.next(chain));
    net->tx().use(chain.head, 0);
    net->tx().use(chain.head, 0);
    EXPECT_EQ(send(packet(frame(2))), 1u);
    expect_off();
}

TEST_F(LiesTest, MoreThanThereIsRoom) {
    begin();
    FakeDevice::Chain chain;
    ASSERT_TRUE(net->rx().device.next(chain));
    net->rx().use(chain.head, chain.pieces[0].length + 1);
    EXPECT_TRUE(receive().empty());
    expect_off();
}

TEST_F(LiesTest, BytesWrittenIntoWhatItReads) {
    begin();
    FakeDevice::Chain chain;
    ASSERT_TRUE(net->tx().device.next(chain));
    net->tx().use(chain.head, 1);
    EXPECT_EQ(nic->reclaim(0), 0u);
    expect_off();
}

TEST_F(LiesTest, AnIndexThatJumps) {
    for (const uint16_t by : {uint16_t{200}, uint16_t{32768}, uint16_t{65535}}) {
        begin();
        net->rx().device.jump(by);
        EXPECT_TRUE(receive().empty());
        expect_off();
    }
}

TEST_F(LiesTest, APacketThatNeverEnds) {
    begin();
    FakeDevice::Chain chain;
    ASSERT_TRUE(net->rx().device.next(chain));
    const NetHeader header{.buffers = 60};
    std::memcpy(reinterpret_cast<void*>(chain.pieces[0].address), &header, sizeof header);
    net->rx().use(chain.head, 100);
    ASSERT_TRUE(net->rx().device.next(chain));
    net->rx().use(chain.head, 100);
    EXPECT_TRUE(receive().empty());
    net->rx().use(9999, 0); // two buffers are neither the device's nor the pool's
    EXPECT_TRUE(receive().empty());
    expect_off();
}

TEST_F(LiesTest, CommandsThatItDoesNotHave) {
    begin();
    net->queues[2]->use(77, 1);
    EXPECT_TRUE(nic->arm(0, 0));
    expect_off();
}

TEST_F(LiesTest, AQueueThatIsTooShortForCommands) {
    net.emplace();
    net->limit = 1;
    nic.emplace(Virtio{&*net});
    ASSERT_TRUE(nic->identify().ok());
    ASSERT_TRUE(pool.init({.count = 8}).ok());
    ASSERT_TRUE(nic->start({.pool = &pool}).ok());
    EXPECT_EQ(pool.free_count(), 7u) << "one is there to receive into";
}

TEST_F(LiesTest, ItSaysThatItNeedsAReset) {
    begin();
    net->set_status(net->status() | uk::virtio::kNeedsReset);
    net->on_changed(net->changed_context);
    EXPECT_FALSE(nic->link_is_up());
    EXPECT_EQ(events.back(), uk::netdev::kLink);
    events.pop_back(); // the device's own
    expect_off();
}

TEST_F(LiesTest, AConfigurationThatChangesAllTheTime) {
    begin();
    net->config_is_steady = false;
    net->on_changed(net->changed_context);
    EXPECT_FALSE(nic->link_is_up()) << "nobody can say";
    net->config_is_steady = true;
    net->config = {{1, 2, 3, 4, 5, 6}, 1, 65535, 1}; // only the link of this is looked at
    EXPECT_TRUE(nic->link_is_up());
    EXPECT_EQ(nic->info().mac.bytes[0], 0x52);
    EXPECT_EQ(nic->info().mtu, 1450);
}

// Then it may write to its buffers still: nobody else gets them.
TEST_F(LiesTest, ItDoesNotEvenReset) {
    begin();
    const uint32_t before = pool.free_count();
    net->resets = false;
    net->rx().use(9999, 60);
    EXPECT_TRUE(receive().empty());
    EXPECT_LE(pool.free_count(), before);
    EXPECT_FALSE(nic->link_is_up());
    EXPECT_NE(uk::fakes::log_text().find("it keeps its buffers"), std::string::npos);
    net.reset();
    std::free(const_cast<void*>(pool.memory())); // close() would want all buffers
}

} // namespace
