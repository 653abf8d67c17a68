// SPDX-License-Identifier: BSD-3-Clause
// SipHash (Aumasson and Bernstein, 2012) and initial sequence numbers.
#include <uk/lwip/sequence.hpp>

#include <bit>

#include <uk/string.h>

namespace uk::lwip {
namespace {

struct State {
    uint64_t v0, v1, v2, v3;

    void rounds(unsigned count) {
        for (; count != 0; count--) {
            v0 += v1;
            v2 += v3;
            v1 = std::rotl(v1, 13) ^ v0;
            v3 = std::rotl(v3, 16) ^ v2;
            v0 = std::rotl(v0, 32) + v3;
            v2 += v1;
            v3 = std::rotl(v3, 21) ^ v0;
            v1 = std::rotl(v1, 17) ^ v2;
            v2 = std::rotl(v2, 32);
        }
    }
    void add(uint64_t word) {
        v3 ^= word;
        rounds(2);
        v0 ^= word;
    }
};

} // namespace

uint64_t siphash(const SipKey& key, std::span<const std::byte> message) {
    State state{key.low ^ 0x736f6d6570736575, key.high ^ 0x646f72616e646f6d,
                key.low ^ 0x6c7967656e657261, key.high ^ 0x7465646279746573};
    size_t at = 0;
    for (; message.size() - at >= 8; at += 8) {
        uint64_t word = 0;
        __builtin_memcpy(&word, message.data() + at, 8);
        state.add(word);
    }
    uint64_t last = uint64_t{message.size()} << 56;
    for (unsigned shift = 0; at < message.size(); at++, shift += 8)
        last |= static_cast<uint64_t>(message[at]) << shift;
    state.add(last);
    state.v2 ^= 0xff;
    state.rounds(4);
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

uint32_t initial_sequence(const SipKey& secret, const Quadruple& who, uint64_t now_ns) {
    const auto distance = siphash(secret, std::as_bytes(std::span(&who, 1)));
    return static_cast<uint32_t>(now_ns / 4000) + static_cast<uint32_t>(distance);
}

} // namespace uk::lwip
