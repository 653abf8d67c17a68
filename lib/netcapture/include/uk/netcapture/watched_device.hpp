// SPDX-License-Identifier: BSD-3-Clause
// WatchedDevice: a network device that behaves as the one behind it, and whose packets are
// captured: those that it brings, and those that it has taken.
#pragma once

#include <uk/netcapture/ring.hpp>
#include <uk/netdev.hpp>

namespace uk::netcapture {

// What a capture needs of the image; both are called in thread context, and do not block.
struct Surroundings {
    uint64_t (*wall_ns)(); // now
    void (*wake)();        // there is something in the ring
};

// As its contract says; `device`, `ring` and `around` outlive it.
class WatchedDevice final : public netdev::Device {
  public:
    WatchedDevice(netdev::Device& device, Ring& ring, const Surroundings& around)
        : device_(device), ring_(ring), around_(around) {
        info_ = device.info();
    }

    [[nodiscard]] Result<> start(const netdev::StartRequest& request) override;
    unsigned transmit(unsigned queue, std::span<netdev::Buffer* const> packets) override;
    unsigned reclaim(unsigned queue) override { return device_.reclaim(queue); }
    unsigned receive(unsigned queue, std::span<netdev::Buffer*> packets) override;
    bool arm(unsigned queue, uint16_t more) override { return device_.arm(queue, more); }
    void disarm(unsigned queue) override { device_.disarm(queue); }
    [[nodiscard]] bool link_is_up() override { return device_.link_is_up(); }
    [[nodiscard]] const netdev::Counters& counters(unsigned queue) const override {
        return device_.counters(queue);
    }

  private:
    netdev::Device& device_;
    Ring& ring_;
    const Surroundings& around_;
};

} // namespace uk::netcapture
