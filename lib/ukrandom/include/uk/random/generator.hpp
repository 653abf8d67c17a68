// SPDX-License-Identifier: BSD-3-Clause
// Pool: collects what sources deliver. Generator: makes random bytes of it. Pure, not synchronised.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/random/chacha20.hpp>

namespace uk::random {

inline constexpr unsigned kSeedBits = 256; // what a generator needs before it gives anything

// A digest of all that was put in. No source can take away what another one brought: each piece
// goes through the block function together with what is there, which cannot be undone.
class Pool {
  public:
    constexpr Pool() = default;
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    // Mixes; counts nothing.
    void absorb(std::span<const std::byte> data);
    template <class T>
    void absorb_value(const T& value) {
        absorb(std::as_bytes(std::span(&value, 1)));
    }
    // Says how many bits of what was put in a stranger cannot know.
    void credit(unsigned bits) { bits_ = bits > kMost - bits_ ? kMost : bits_ + bits; }
    [[nodiscard]] unsigned bits() const { return bits_; }

    // The digest. The pool goes on with another state, from which it cannot be found, and 0 bits.
    [[nodiscard]] Key extract();

  private:
    static constexpr unsigned kMost = 1U << 20;
    void next(std::span<const std::byte> piece, uint8_t kind);

    Key state_{};
    uint32_t pieces_ = 0;
    unsigned bits_ = 0;
};

// Fast key erasure: each request gets a key of its own, and the generator's is replaced in the same
// step. Whoever sees the memory later learns nothing of what was given before.
class Generator {
  public:
    constexpr Generator() = default;
    Generator(const Generator&) = delete;
    Generator& operator=(const Generator&) = delete;

    // Adds a digest to what the generator knows already.
    void mix(const Key& digest);
    // For one request.
    [[nodiscard]] Key take();

  private:
    Key key_{};
};

// The bytes of one request. Not copied: two would give the same.
class Stream {
  public:
    explicit Stream(const Key& key) : key_(key) {}
    ~Stream() {
        wipe(&key_, sizeof key_);
        wipe(&block_, sizeof block_);
    }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    // At most 256 GiB in all.
    void fill(std::span<std::byte> out);

  private:
    Key key_;
    Block block_;
    size_t left_ = 0; // at the end of the block
    uint32_t counter_ = 0;
};

} // namespace uk::random
