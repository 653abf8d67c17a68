// SPDX-License-Identifier: BSD-3-Clause
// Sending: packets go into a queue and are released when they come back. VIRTIO 1.2, 5.1.6.2. Pure;
// what it adds to the queue, its owner publishes. One caller at a time.
#pragma once

#include <cstdint>
#include <span>

#include <uk/netdev.hpp>
#include <uk/virtio/split_queue.hpp>

#include "header.hpp"

namespace uk::virtio {

class Sender {
  public:
    // Buffers of a packet, with the header's if that does not lie before the frame.
    static constexpr unsigned kMostPieces = 40;

    struct Setup {
        netdev::Pool* pool = nullptr; // for headers of packets that have no headroom
        uintptr_t to_device = 0;      // what to add to an address to get the device's
        uint32_t features = 0;        // as in uknetdev
    };

    Sender(SplitQueue& ring, netdev::Counters& counters, const Setup& setup)
        : ring_(ring), counters_(counters), setup_(setup) {}
    Sender(const Sender&) = delete;
    Sender& operator=(const Sender&) = delete;

    // As netdev::Device::transmit(); afterwards there may be something to publish.
    [[nodiscard]] unsigned transmit(std::span<netdev::Buffer* const> packets);
    void reclaim();
    // The device is off: what was not sent is released.
    void take_back();

  private:
    // Fewer descriptors than it takes are free: false. Else the packet is taken, whatever becomes
    // of it.
    bool send(netdev::Buffer& packet);
    bool send_pieces(netdev::Buffer& packet);
    bool send_with_header(netdev::Buffer& packet);
    bool drop(netdev::Buffer& packet);
    bool has_no_room(netdev::Buffer& packet);
    [[nodiscard]] Buffer seen_by_device(const std::byte* at, uint32_t size) const {
        return {DmaAddr{reinterpret_cast<uintptr_t>(at) + setup_.to_device}, size};
    }

    SplitQueue& ring_;
    netdev::Counters& counters_;
    Setup setup_;
};

} // namespace uk::virtio
