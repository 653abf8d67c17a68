// SPDX-License-Identifier: BSD-3-Clause
// Receiving: a queue that is kept filled with buffers of a pool. VIRTIO 1.2, 5.1.6.3, 5.1.6.4.
// Pure; what it adds to the queue, its owner publishes. One caller at a time.
#pragma once

#include <cstdint>
#include <span>

#include <uk/netdev.hpp>
#include <uk/virtio/split_queue.hpp>

#include "header.hpp"

namespace uk::virtio {

class Receiver {
  public:
    struct Setup {
        netdev::Pool* pool = nullptr; // with room for the header before the data
        uintptr_t to_device = 0;      // what to add to an address to get the device's
        uint32_t features = 0;        // as in uknetdev
        bool mergeable = false;       // packets may take several buffers
        uint16_t most = 0;            // buffers that the queue shall hold
        uint16_t largest = 1;         // buffers that the largest packet takes; fewer than most
    };
    // So many may be missing before new ones are given to the queue.
    static constexpr uint16_t kSlack = 8;

    Receiver(SplitQueue& ring, netdev::Counters& counters, const Setup& setup);
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;

    // As netdev::Device::receive(); afterwards there may be something to publish.
    [[nodiscard]] unsigned receive(std::span<netdev::Buffer*> packets);
    // Gives the queue buffers, if enough are missing to be worth it.
    void refill();
    // The device is off: what has come of a packet is released, and what the queue holds.
    void take_back();

  private:
    netdev::Buffer* begin_packet(netdev::Buffer& buffer, uint32_t written);
    netdev::Buffer* continue_packet(netdev::Buffer& buffer, uint32_t written);
    netdev::Buffer* finish(netdev::Buffer& packet, const NetHeader& header, uint32_t size);
    netdev::Buffer* drop(netdev::Buffer* packet);

    SplitQueue& ring_;
    netdev::Counters& counters_;
    Setup setup_;
    uint16_t target_; // of `most`, how many it holds now: a quiet device needs few

    // A packet of several buffers of which some have come.
    uint16_t left_ = 0;
    bool is_bad_ = false;
    uint32_t size_ = 0;
    netdev::Buffer* first_ = nullptr;
    netdev::Buffer* last_ = nullptr;
    NetHeader header_;
};

} // namespace uk::virtio
