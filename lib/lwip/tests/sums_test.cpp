// SPDX-License-Identifier: BSD-3-Clause
// Host tests of checksums, SipHash and initial sequence numbers.
#include <uk/lwip/checksum.hpp>
#include <uk/lwip/sequence.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <numeric>
#include <random>
#include <vector>

using namespace uk::lwip;

namespace {

// By the book: 16 bits at a time (RFC 1071, 4.1).
uint16_t plainly(std::span<const std::byte> bytes) {
    uint32_t sum = 0;
    for (size_t i = 0; i < bytes.size(); i++)
        sum += static_cast<uint32_t>(bytes[i]) << (i % 2 * 8);
    while (sum >> 16 != 0)
        sum = (sum >> 16) + (sum & 0xffff);
    return static_cast<uint16_t>(sum);
}

TEST(Checksum, IsTheSameAtAnyAddressAndLength) {
    std::minstd_rand random(3);
    std::vector<std::byte> memory(9'100);
    for (std::byte& byte : memory)
        byte = static_cast<std::byte>(random() % 3 == 0 ? 0xff : random());
    for (size_t from = 0; from < 9; from++) {
        for (size_t size :
             {0u, 1u, 2u, 3u, 7u, 8u, 9u, 31u, 32u, 33u, 63u, 64u, 65u, 1459u, 1460u, 9001u}) {
            const std::span<const std::byte> part(memory.data() + from, size);
            ASSERT_EQ(internet_sum(part), plainly(part)) << from << " " << size;
        }
    }
    std::memset(memory.data(), 0xff, memory.size());
    EXPECT_EQ(internet_sum({memory.data(), 9000}), 0xffff);
}

// The vectors of the authors' reference: key 00..0f, message 00, 01, 02 ...
TEST(SipHash, GivesTheAuthorsVectors) {
    SipKey key;
    uint8_t bytes[64];
    std::iota(std::begin(bytes), std::end(bytes), uint8_t{0});
    std::memcpy(&key, bytes, 16);
    const auto of = [&](size_t size) {
        return siphash(key, std::as_bytes(std::span(bytes, size)));
    };
    EXPECT_EQ(of(0), 0x726fdb47dd0e0e31u);
    EXPECT_EQ(of(1), 0x74f839c593dc67fdu);
    EXPECT_EQ(of(8), 0x93f5f5799a932462u);
    EXPECT_EQ(of(15), 0xa129ca6149be45e5u);
}

TEST(InitialSequence, GrowsWithTheClockAndIsAnotherForEachPair) {
    const SipKey secret{1, 2};
    Quadruple who;
    who.local_port = 80;
    who.remote_port = 40'000;
    const uint32_t now = initial_sequence(secret, who, 1'000'000'000);
    EXPECT_EQ(initial_sequence(secret, who, 1'000'004'000), now + 1);
    Quadruple other = who;
    other.remote_port++;
    EXPECT_NE(initial_sequence(secret, other, 1'000'000'000), now);
    EXPECT_NE(initial_sequence({1, 3}, who, 1'000'000'000), now);
}

} // namespace
