// SPDX-License-Identifier: BSD-3-Clause
// Pool, generator and stream over the ChaCha20 block function.
#include <uk/random/generator.hpp>

#include <uk/base/minmax.hpp>

namespace uk::random {
namespace {

// What a block is for, so that no two uses have the same input.
enum Kind : uint8_t { kAbsorb = 1, kExtract = 2, kMix = 3, kTake = 4 };

constexpr Nonce nonce_of(uint8_t kind, uint8_t size = 0) {
    return {std::byte{kind}, std::byte{size}};
}

void first_half(const Block& block, Key& out) {
    __builtin_memcpy(out.data(), block.data(), out.size());
}

} // namespace

// `piece` has at most kKeyBytes; its length is part of what is mixed.
void Pool::next(std::span<const std::byte> piece, uint8_t kind) {
    for (size_t i = 0; i < piece.size(); i++)
        state_[i] ^= piece[i];
    Block block;
    chacha20_block(state_, pieces_++, nonce_of(kind, static_cast<uint8_t>(piece.size())), block);
    first_half(block, state_);
    wipe(&block, sizeof block);
}

void Pool::absorb(std::span<const std::byte> data) {
    while (!data.empty()) {
        const size_t size = min(data.size(), kKeyBytes);
        next(data.first(size), kAbsorb);
        data = data.subspan(size);
    }
}

Key Pool::extract() {
    Block block;
    chacha20_block(state_, pieces_++, nonce_of(kExtract), block);
    Key digest;
    __builtin_memcpy(digest.data(), block.data() + kKeyBytes, digest.size());
    first_half(block, state_);
    wipe(&block, sizeof block);
    bits_ = 0;
    return digest;
}

void Generator::mix(const Key& digest) {
    for (size_t i = 0; i < kKeyBytes; i++)
        key_[i] ^= digest[i];
    Block block;
    chacha20_block(key_, 0, nonce_of(kMix), block);
    first_half(block, key_);
    wipe(&block, sizeof block);
}

Key Generator::take() {
    Block block;
    chacha20_block(key_, 0, nonce_of(kTake), block);
    first_half(block, key_);
    Key given;
    __builtin_memcpy(given.data(), block.data() + kKeyBytes, given.size());
    wipe(&block, sizeof block);
    return given;
}

void Stream::fill(std::span<std::byte> out) {
    while (!out.empty()) {
        if (left_ == 0) {
            chacha20_block(key_, counter_++, Nonce{}, block_);
            left_ = kBlockBytes;
        }
        const size_t size = min(out.size(), left_);
        std::byte* const from = block_.data() + kBlockBytes - left_;
        __builtin_memcpy(out.data(), from, size);
        wipe(from, size);
        left_ -= size;
        out = out.subspan(size);
    }
}

} // namespace uk::random
