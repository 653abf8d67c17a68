// SPDX-License-Identifier: BSD-3-Clause
// Guest tests of network devices of the host. Only where netdev.host= names one, at whose other end
// 10.7.0.1 answers ARP and sends datagrams to port 7 back (tests/system/test_hostnet.py).
#include <uk/hal/clock.hpp>
#include <uk/hal/irq.hpp>
#include <uk/netdev.hpp>
#include <uk/string.h>
#include <uk/test.hpp>

namespace {

using uk::Atomic;
using uk::netdev::Buffer;
using uk::netdev::Device;
using uk::netdev::Offload;

constexpr uint64_t kPatienceNs = 5'000'000'000;
constexpr uint64_t kLookNs = 200'000'000; // an interrupt that was lost costs so much
constexpr uint8_t kHost[] = {10, 7, 0, 1};
constexpr uint8_t kGuest[] = {10, 7, 0, 2};
constexpr size_t kHeaders = 14 + 20 + 8;
constexpr uint8_t kUdp = 17;

constinit uk::netdev::Pool g_pool;
constinit Atomic<unsigned> g_events{0};
constinit uint8_t g_host_mac[6] = {};

void on_event(void* /*context*/, uint16_t /*queue*/, uint8_t what) {
    if (what != 0)
        g_events.fetch_add_relaxed(1);
}

// Started by the first test that comes; null: there is none, or it does not start.
Device* device() {
    Device* found = uk::netdev::find(0);
    if (found == nullptr || found->is_started())
        return found;
    const bool is_good =
        g_pool.init({.count = 256}).ok() &&
        found->start({.pool = &g_pool, .on_event = on_event, .context = nullptr}).ok();
    return is_good ? found : nullptr;
}

// The next packet, asleep until it comes; null: none came.
Buffer* next_packet(Device& from, uint64_t patience = kPatienceNs) {
    const uint64_t end = uk::hal::clock_monotonic_ns() + patience;
    Buffer* packet = nullptr;
    while (from.receive(0, {&packet, 1}) == 0) {
        const uint64_t now = uk::hal::clock_monotonic_ns();
        if (now >= end)
            return nullptr;
        // An interrupt that comes before the sleep begins ends it.
        const uk::hal::IrqState state = uk::hal::irq_save();
        if (from.arm(0))
            uk::hal::clock_idle_until(now + kLookNs);
        uk::hal::irq_restore(state);
    }
    return packet;
}

bool send(Device& to, Buffer* packet) {
    const uint64_t end = uk::hal::clock_monotonic_ns() + kPatienceNs;
    while (to.transmit(0, {&packet, 1}) == 0) {
        if (uk::hal::clock_monotonic_ns() >= end) {
            uk::netdev::release(packet);
            return false;
        }
        uk::hal::clock_idle_until(uk::hal::clock_monotonic_ns() + kLookNs);
    }
    return true;
}

uint8_t* at(Buffer* packet, size_t offset) {
    return reinterpret_cast<uint8_t*>(packet->data()) + offset;
}

void put(uint8_t* to, uint32_t value, unsigned bytes) {
    while (bytes-- > 0)
        *to++ = static_cast<uint8_t>(value >> (8 * bytes));
}

uint32_t sum(const uint8_t* bytes, size_t size) {
    uint32_t total = 0;
    for (size_t i = 0; i < size; i++)
        total += i % 2 == 0 ? uint32_t{bytes[i]} << 8 : bytes[i];
    return total;
}

uint16_t folded(uint32_t total) {
    while (total >> 16 != 0)
        total = (total & 0xffff) + (total >> 16);
    return static_cast<uint16_t>(total);
}

void put_ethernet(Device& from, Buffer* packet, const uint8_t* to, uint16_t type) {
    memcpy(at(packet, 0), to, 6);
    memcpy(at(packet, 6), from.info().mac.bytes, 6);
    put(at(packet, 12), type, 2);
}

Buffer* question(Device& from) {
    constexpr uint8_t kEverybody[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    Buffer* packet = g_pool.take();
    packet->set_size(60);
    memset(packet->data(), 0, 60);
    put_ethernet(from, packet, kEverybody, 0x0806);
    put(at(packet, 14), 0x00010800, 4);
    put(at(packet, 18), 0x06040001, 4);
    memcpy(at(packet, 22), from.info().mac.bytes, 6);
    memcpy(at(packet, 28), kGuest, 4);
    memcpy(at(packet, 38), kHost, 4);
    return packet;
}

// To port 7, with its number in it; the checksum is the device's work, if it does that.
Buffer* datagram(Device& from, uint32_t number, uint16_t size) {
    Buffer* packet = g_pool.take();
    packet->set_size(static_cast<uint32_t>(kHeaders + size));
    memset(packet->data(), 0x5a, packet->size());
    put_ethernet(from, packet, g_host_mac, 0x0800);
    put(at(packet, 14), 0x45000000u + 28 + size, 4);
    put(at(packet, 18), 0x00004000, 4);
    put(at(packet, 22), 64u << 24 | kUdp << 16, 4);
    memcpy(at(packet, 26), kGuest, 4);
    memcpy(at(packet, 30), kHost, 4);
    put(at(packet, 24), static_cast<uint16_t>(~folded(sum(at(packet, 14), 20))), 2);
    put(at(packet, 34), 1000u << 16 | 7, 4);
    put(at(packet, 38), (8u + size) << 16, 4);
    put(at(packet, 42), number, 4);
    const uint32_t pseudo = sum(at(packet, 26), 8) + kUdp + 8 + size;
    if ((from.features() & uk::netdev::kSendChecksum) != 0) {
        put(at(packet, 40), folded(pseudo), 2);
        packet->offload.checksum = Offload::Checksum::partial;
        packet->offload.checksum_start = 34;
        packet->offload.checksum_offset = 6;
    } else {
        put(at(packet, 40), static_cast<uint16_t>(~folded(pseudo + sum(at(packet, 34), 8u + size))),
            2);
    }
    return packet;
}

bool has_number(Buffer* packet, uint32_t& number) {
    if (packet->size() < kHeaders + 4 || *at(packet, 23) != kUdp)
        return false;
    number = 0;
    for (size_t i = 0; i < 4; i++)
        number = number << 8 | *at(packet, 42 + i);
    return true;
}

// Again and again: the host loses what it has for a tap that was opened a moment ago.
bool ask_host(Device& from) {
    Buffer* answer = nullptr;
    for (unsigned tries = 0; answer == nullptr && tries < 20; tries++) {
        if (!send(from, question(from)))
            return false;
        answer = next_packet(from, kLookNs);
    }
    if (answer == nullptr)
        return false;
    memcpy(g_host_mac, at(answer, 6), 6);
    const bool is_answer = *at(answer, 13) == 0x06 && *at(answer, 21) == 2;
    uk::netdev::release(answer);
    return is_answer;
}

} // namespace

UK_TEST(hostnet_asks_and_is_answered)
{
    Device* found = device();
    if (found == nullptr)
        UK_TEST_SKIP("netdev.host= names no device");
    const uint64_t before = found->counters(0).rx_packets.load_relaxed();
    UK_TEST_EXPECT(ask_host(*found));
    UK_TEST_EXPECT(found->counters(0).rx_packets.load_relaxed() > before);
}

UK_TEST(hostnet_wakes_a_sleeper)
{
    Device* found = device();
    if (found == nullptr)
        UK_TEST_SKIP("netdev.host= names no device");
    UK_TEST_EXPECT(ask_host(*found));
    Buffer* packet = nullptr;
    while (found->receive(0, {&packet, 1}) == 1)
        uk::netdev::release(packet);
    UK_TEST_EXPECT(found->arm(0));
    g_events.store_relaxed(0);
    UK_TEST_EXPECT(send(*found, question(*found)));
    const uint64_t begin = uk::hal::clock_monotonic_ns();
    const uk::hal::IrqState state = uk::hal::irq_save();
    while (g_events.load_relaxed() == 0 && uk::hal::clock_monotonic_ns() < begin + kPatienceNs)
        uk::hal::clock_idle_until(begin + kPatienceNs);
    uk::hal::irq_restore(state);
    UK_TEST_EXPECT(g_events.load_relaxed() == 1);
    UK_TEST_EXPECT(!found->arm(0)); // it is still there
    packet = next_packet(*found);
    UK_TEST_EXPECT(packet != nullptr);
    uk::netdev::release(packet);
}

UK_TEST(hostnet_sends_bursts)
{
    constexpr unsigned kRounds = 200;
    constexpr unsigned kBurst = 16;
    Device* found = device();
    if (found == nullptr)
        UK_TEST_SKIP("netdev.host= names no device");
    UK_TEST_EXPECT(ask_host(*found));
    uint32_t expected = 0;
    unsigned good = 0;
    for (unsigned round = 0; round < kRounds; round++) {
        Buffer* burst[kBurst];
        for (unsigned i = 0; i < kBurst; i++)
            burst[i] =
                datagram(*found, round * kBurst + i, static_cast<uint16_t>(i % 2 == 0 ? 1472 : 18));
        unsigned taken = found->transmit(0, burst);
        for (; taken < kBurst && send(*found, burst[taken]); taken++) {
        }
        for (unsigned i = 0; i < kBurst; i++) {
            Buffer* packet = next_packet(*found);
            if (packet == nullptr)
                break;
            uint32_t number = 0;
            good += has_number(packet, number) && number == expected ? 1 : 0;
            expected++;
            uk::netdev::release(packet);
        }
    }
    UK_TEST_EXPECT_EQ(good, kRounds * kBurst);
    UK_TEST_EXPECT(found->counters(0).tx_bad.load_relaxed() == 0);
    UK_TEST_EXPECT(found->counters(0).rx_bad.load_relaxed() == 0);
    while (found->reclaim(0) != 0) {
    }
    UK_TEST_EXPECT(g_pool.free_count() + 34 >= 256); // but for those that wait for packets
}
