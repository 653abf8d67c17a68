// SPDX-License-Identifier: BSD-3-Clause
// Buffer: memory of a packet on its way between a network device and whoever works on it.
//
// A packet is one buffer or a chain of them by `next`; what concerns the packet as a whole is in
// the first. In front of the data is headroom, for headers that a lower layer puts there without
// moving anything:
//
//     | headroom | data ... data + size | room behind it |
//     begin                                             end
//
// One owner at a time: whoever has the pointer. Giving it to a device or a stack gives it away; the
// last owner calls release(). Not synchronised.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/assert.h>

namespace uk::netdev {

// What the sender leaves to the device, or what the device says of a packet that it brings.
// The same as in VIRTIO 1.2, 5.1.6, which took it from what all network cards do.
struct Offload {
    enum class Checksum : uint8_t {
        none,    // sent: it is complete. Received: nobody has looked at it
        partial, // the sum of pseudo header is in the field; the rest, from `checksum_start` on to
                 // the end, is to be added and put at `checksum_start + checksum_offset`.
                 // Received: it came from a neighbour on the same host that never sent it over a
                 // wire; the data are good
        valid,   // received: the device has checked it
    };
    enum class Segments : uint8_t { none, tcp4, tcp6 };

    Checksum checksum = Checksum::none;
    Segments segments = Segments::none;
    uint16_t header_bytes = 0; // with segments: Ethernet, IP and TCP headers together
    // With segments: of TCP's payload in each but the last
    uint16_t segment_bytes = 0;
    uint16_t checksum_start = 0; // from the start of the Ethernet header
    uint16_t checksum_offset = 0;
};

class alignas(16) Buffer {
  public:
    // Gives the memory of this one buffer back to where it came from; called by release(), which
    // has read `next`.
    using Release = void (*)(Buffer& buffer);

    Buffer() = default;
    // Nothing in it, `headroom` <= `size` bytes in front. The memory is in the direct map (heap,
    // falloc), so that devices reach it in one piece: not in the image, nor on a stack.
    Buffer(void* memory, uint32_t size, uint32_t headroom, Release release)
        : begin_(static_cast<std::byte*>(memory)), end_(begin_ + size), data_(begin_ + headroom),
          release_(release) {}
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;

    [[nodiscard]] std::byte* data() const { return data_; }
    [[nodiscard]] uint32_t size() const { return size_; }
    [[nodiscard]] uint32_t headroom() const { return static_cast<uint32_t>(data_ - begin_); }
    [[nodiscard]] uint32_t tailroom() const { return static_cast<uint32_t>(end_ - data_) - size_; }

    // The data begin `bytes` <= headroom() earlier; returns where.
    std::byte* push(uint32_t bytes) {
        UK_ASSERT(bytes <= headroom());
        data_ -= bytes;
        size_ += bytes;
        return data_;
    }
    // The first `bytes` <= size() are no more data.
    void pull(uint32_t bytes) {
        UK_ASSERT(bytes <= size_);
        data_ += bytes;
        size_ -= bytes;
    }
    // How many bytes there are; at most those of data and tailroom.
    void set_size(uint32_t bytes) {
        UK_ASSERT(bytes <= static_cast<uint32_t>(end_ - data_));
        size_ = bytes;
    }
    // Empty again, with that much headroom.
    void reset(uint32_t headroom) {
        UK_ASSERT(headroom <= static_cast<uint32_t>(end_ - begin_));
        data_ = begin_ + headroom;
        size_ = 0;
        next = nullptr;
        offload = {};
    }

    Buffer* next = nullptr; // the packet goes on there
    Buffer* link = nullptr; // for the owner: to keep packets in a list
    Offload offload;        // of the packet, in its first buffer
    void* owner = nullptr;  // for Release

  private:
    friend void release(Buffer* packet);

    std::byte* begin_ = nullptr;
    std::byte* end_ = nullptr;
    std::byte* data_ = nullptr;
    uint32_t size_ = 0;
    Release release_ = nullptr;
};

// Gives all buffers of a packet back. Thread context; what each Release says besides.
inline void release(Buffer* packet) {
    while (packet != nullptr) {
        Buffer* next = packet->next;
        packet->release_(*packet);
        packet = next;
    }
}

// Bytes of the whole packet.
[[nodiscard]] inline uint32_t packet_size(const Buffer& packet) {
    uint32_t size = 0;
    for (const Buffer* piece = &packet; piece != nullptr; piece = piece->next)
        size += piece->size();
    return size;
}

} // namespace uk::netdev
