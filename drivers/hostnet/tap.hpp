// SPDX-License-Identifier: BSD-3-Clause
// TapDevice: an interface of the host (/dev/net/tun) as a network device. One system call for a
// packet, which is all that the host offers, but a packet may be 64 KiB of TCP.
#pragma once

#include <uk/netdev.hpp>
#include <uk/netdev/offload_header.hpp>

#include "event.hpp"
#include "host.hpp"
#include "wanted.hpp"

namespace uk::hostnet {

class TapDevice final : public netdev::Device {
  public:
    // Once, before all else. Errors: as the host says.
    [[nodiscard]] Result<> open(const Wanted& wanted);

    [[nodiscard]] Result<> start(const netdev::StartRequest& request) override;
    unsigned transmit(unsigned queue, std::span<netdev::Buffer* const> packets) override;
    unsigned reclaim(unsigned /*queue*/) override { return 0; }
    unsigned receive(unsigned queue, std::span<netdev::Buffer*> packets) override;
    bool arm(unsigned queue, uint16_t more) override;
    void disarm(unsigned /*queue*/) override { came_.disarm(); }
    [[nodiscard]] bool link_is_up() override { return true; }
    [[nodiscard]] const netdev::Counters& counters(unsigned /*queue*/) const override {
        return counters_;
    }

  private:
    static constexpr unsigned kMostPieces = 34; // 64 KiB in buffers of 2 KiB with headroom
    static constexpr uint16_t kMostSent = 64;

    bool choose_pieces();
    bool refill();
    netdev::Buffer* take(uint32_t bytes, const netdev::OffloadHeader& header);
    void send(netdev::Buffer* packet);

    int descriptor_ = -1;
    netdev::Pool* pool_ = nullptr;
    Event came_;
    netdev::Counters counters_;
    // Buffers for the next packet; those before spare_ are missing.
    netdev::Buffer* spares_[kMostPieces] = {};
    unsigned pieces_ = 0; // that the largest packet takes
    unsigned spare_ = 0;
};

// The writer of a counter is alone.
inline void add(Atomic<uint64_t>& counter, uint64_t by) {
    counter.store_relaxed(counter.load_relaxed() + by);
}

// The address that was asked for, or one of one's own that nobody else is likely to have.
netdev::Mac mac_of(const Wanted& wanted);

} // namespace uk::hostnet
