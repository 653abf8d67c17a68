// SPDX-License-Identifier: BSD-3-Clause
// ChaCha20 in general registers: written from RFC 8439, 2.1 to 2.3.
#include <uk/random/chacha20.hpp>

#include <uk/base/endian.hpp>

namespace uk::random {
namespace {

constexpr uint32_t rotate(uint32_t value, unsigned by) {
    return value << by | value >> (32 - by);
}

constexpr void quarter_round(uint32_t& a, uint32_t& b, uint32_t& c, uint32_t& d) {
    a += b, d = rotate(d ^ a, 16);
    c += d, b = rotate(b ^ c, 12);
    a += b, d = rotate(d ^ a, 8);
    c += d, b = rotate(b ^ c, 7);
}

uint32_t read_le(const std::byte* from) {
    le32 value;
    __builtin_memcpy(&value, from, sizeof value);
    return value;
}

} // namespace

void chacha20_block(const Key& key, uint32_t counter, const Nonce& nonce, Block& out) {
    uint32_t start[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    for (size_t i = 0; i < 8; i++)
        start[4 + i] = read_le(key.data() + 4 * i);
    start[12] = counter;
    for (size_t i = 0; i < 3; i++)
        start[13 + i] = read_le(nonce.data() + 4 * i);
    uint32_t x[16];
    __builtin_memcpy(x, start, sizeof x);
    for (int round = 0; round < 20; round += 2) {
        for (size_t i = 0; i < 4; i++) // columns
            quarter_round(x[i], x[4 + i], x[8 + i], x[12 + i]);
        for (size_t i = 0; i < 4; i++) // diagonals
            quarter_round(x[i], x[4 + (i + 1) % 4], x[8 + (i + 2) % 4], x[12 + (i + 3) % 4]);
    }
    for (size_t i = 0; i < 16; i++) {
        const le32 word = x[i] + start[i];
        __builtin_memcpy(out.data() + 4 * i, &word, sizeof word);
    }
    wipe(start, sizeof start);
    wipe(x, sizeof x);
}

} // namespace uk::random
