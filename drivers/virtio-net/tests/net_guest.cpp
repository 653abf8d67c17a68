// SPDX-License-Identifier: BSD-3-Clause
// The network device of the machine, if it has one with QEMU's user network behind it, where
// 10.0.2.2 answers: tests/system/test_network.py gives it one.
#include <cstring>
#include <string_view>

#include <uk/hal/clock.hpp>
#include <uk/netdev.hpp>
#include <uk/test.hpp>

namespace {

using namespace uk::netdev;

constexpr uint64_t kPatienceNs = 5'000'000'000;
constexpr uint64_t kLookNs = 1'000'000; // an interrupt ends it

constinit Pool g_pool;
constinit uk::Atomic<uint32_t> g_events{0};

void on_event(void*, uint16_t, uint8_t what) {
    g_events.fetch_or_acq_rel(what);
}

// Started once: the second test goes on with it.
bool starts(Device& device) {
    return device.is_started() || (g_pool.init({.count = 128, .headroom = 64}).ok() &&
                                   device.start({.pool = &g_pool, .on_event = on_event}).ok());
}

// Who has 10.0.2.2? Asked by 10.0.2.15.
Buffer* question(const Mac& mac) {
    static constexpr uint8_t kHead[] = {8, 6, 0, 1, 8, 0, 6, 4, 0, 1};
    static constexpr uint8_t kFrom[] = {10, 0, 2, 15};
    static constexpr uint8_t kTo[] = {10, 0, 2, 2};
    Buffer* packet = g_pool.take();
    packet->set_size(42);
    std::byte* at = packet->data();
    std::memset(at, 0, 42);
    std::memset(at, 0xff, 6);
    std::memcpy(at + 6, mac.bytes, 6);
    std::memcpy(at + 12, kHead, sizeof kHead);
    std::memcpy(at + 22, mac.bytes, 6);
    std::memcpy(at + 28, kFrom, 4);
    std::memcpy(at + 38, kTo, 4);
    return packet;
}

bool is_answer(const Buffer& packet, const Mac& mac) {
    static constexpr uint8_t kHead[] = {8, 6, 0, 1, 8, 0, 6, 4, 0, 2};
    return packet.size() >= 42 && std::memcmp(packet.data(), mac.bytes, 6) == 0 &&
           std::memcmp(packet.data() + 12, kHead, sizeof kHead) == 0;
}

// Nothing but an event ends the wait.
bool wait_for(uint8_t what) {
    const uint64_t end = uk::hal::clock_monotonic_ns() + kPatienceNs;
    while ((g_events.fetch_and_acq_rel(static_cast<uint8_t>(~what)) & what) == 0) {
        const uint64_t now = uk::hal::clock_monotonic_ns();
        if (now >= end)
            return false;
        uk::hal::clock_idle_until(now + kLookNs);
    }
    return true;
}

// Answers that are there, or come with the next event. Nothing: none comes.
unsigned receive_answers(Device& nic) {
    for (;;) {
        Buffer* packets[8];
        const unsigned count = nic.receive(0, packets);
        unsigned answers = 0;
        for (unsigned i = 0; i < count; i++) {
            answers += is_answer(*packets[i], nic.info().mac) ? 1 : 0;
            release(packets[i]);
        }
        if (answers != 0)
            return answers;
        if (count == 0 && nic.arm(0) && !wait_for(kReceived))
            return 0;
    }
}

UK_TEST(virtio_net_answers_come_by_interrupts)
{
    Device* nic = find(0);
    if (nic == nullptr)
        UK_TEST_SKIP("there is no device");
    UK_TEST_ASSERT(starts(*nic));
    constexpr unsigned kRounds = 300; // more than the queues are long
    const uint64_t before = nic->counters(0).tx_packets.load_relaxed();
    for (unsigned i = 0; i < kRounds; i++) {
        Buffer* packet = question(nic->info().mac);
        UK_TEST_ASSERT(nic->transmit(0, {&packet, 1}) == 1);
        UK_TEST_ASSERT(receive_answers(*nic) == 1);
    }
    UK_TEST_EXPECT(nic->counters(0).interrupts.load_relaxed() != 0);
    UK_TEST_EXPECT_EQ(nic->counters(0).tx_packets.load_relaxed() - before, kRounds);
    UK_TEST_EXPECT_EQ(nic->counters(0).rx_bad.load_relaxed(), 0u);
}

UK_TEST(virtio_net_sends_bursts)
{
    Device* nic = find(0);
    if (nic == nullptr)
        UK_TEST_SKIP("there is no device");
    UK_TEST_ASSERT(starts(*nic));
    constexpr unsigned kBurst = 32;
    unsigned answers = 0;
    Buffer* packets[kBurst];
    for (Buffer*& packet : packets)
        packet = question(nic->info().mac);
    for (unsigned sent = 0; sent < kBurst;) {
        const unsigned count = nic->transmit(0, std::span(packets).subspan(sent));
        sent += count;
        if (count == 0)
            UK_TEST_ASSERT(wait_for(kSent));
    }
    while (answers < kBurst) {
        const unsigned more = receive_answers(*nic);
        UK_TEST_ASSERT(more != 0);
        answers += more;
    }
    UK_TEST_EXPECT_EQ(answers, kBurst);
    UK_TEST_EXPECT(nic->link_is_up());
}

} // namespace
