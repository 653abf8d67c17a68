// SPDX-License-Identifier: BSD-3-Clause
// Framing: finds frames in a stream of bytes that a socket brings, each with its length in front, 4
// bytes, big-endian (QEMU's -netdev stream, passt). The other side is not trusted. Pure; one user
// at a time.
//
//     std::span<std::byte> space = framing.space();          // read into it
//     framing.came(bytes_read);
//     while (framing.look(frame) == Framing::Found::frame) {
//         ... frame ...                                       // valid until pop() or space()
//         framing.pop();
//     }
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace uk::hostnet {

class Framing {
  public:
    static constexpr size_t kLengthBytes = 4;
    enum class Found : uint8_t {
        frame,
        nothing, // not all of the next one has come
        broken,  // a length of 0, or larger than the memory: the two are out of step for good
    };

    // The memory holds the largest frame and its length; it is the caller's.
    explicit constexpr Framing(std::span<std::byte> memory) : memory_(memory) {}
    Framing(const Framing&) = delete;
    Framing& operator=(const Framing&) = delete;

    // Where to read to; never empty once look() found nothing. Moves what is left to the front if
    // need be.
    [[nodiscard]] std::span<std::byte> space();
    // So many bytes of space() were written.
    void came(size_t bytes);
    // The next frame. Changes nothing.
    [[nodiscard]] Found look(std::span<const std::byte>& frame) const;
    // It was taken.
    void pop();

  private:
    [[nodiscard]] size_t length() const; // of the next frame, whose length is there

    std::span<std::byte> memory_;
    size_t begin_ = 0; // what came and was not taken
    size_t end_ = 0;
};

// What is in front of a frame of so many bytes.
struct Length {
    uint8_t bytes[Framing::kLengthBytes];
};
[[nodiscard]] constexpr Length length_of(uint32_t frame) {
    return {{static_cast<uint8_t>(frame >> 24), static_cast<uint8_t>(frame >> 16),
             static_cast<uint8_t>(frame >> 8), static_cast<uint8_t>(frame)}};
}

} // namespace uk::hostnet
