// SPDX-License-Identifier: BSD-3-Clause
// StreamDevice: a network device at the end of a stream of the host's: each frame with its length
// in front, as QEMU's -netdev stream and passt speak it. Many frames for a system call.
#pragma once

#include <uk/netdev.hpp>

#include "event.hpp"
#include "framing.hpp"
#include "host.hpp"
#include "wanted.hpp"

namespace uk::hostnet {

class StreamDevice final : public netdev::Device {
  public:
    static constexpr size_t kMemory = 72 << 10; // the largest frame of QEMU's, and more

    // The memory is for what comes.
    explicit constexpr StreamDevice(std::span<std::byte, kMemory> memory) : framing_(memory) {}

    // Once, before all else. Waits for who listens. Errors: as the host says.
    [[nodiscard]] Result<> open(const Wanted& wanted);

    [[nodiscard]] Result<> start(const netdev::StartRequest& request) override;
    unsigned transmit(unsigned queue, std::span<netdev::Buffer* const> packets) override;
    unsigned reclaim(unsigned queue) override;
    unsigned receive(unsigned queue, std::span<netdev::Buffer*> packets) override;
    bool arm(unsigned queue, uint16_t more) override;
    void disarm(unsigned /*queue*/) override { came_.disarm(); }
    // Down for good once the other side has closed the stream.
    [[nodiscard]] bool link_is_up() override { return is_up_; }
    [[nodiscard]] const netdev::Counters& counters(unsigned /*queue*/) const override {
        return counters_;
    }

  private:
    static constexpr uint16_t kMostSent = 16; // pieces of a packet
    static constexpr unsigned kBatch = 64;    // pieces of a system call

    struct Batch;

    bool fill();
    netdev::Buffer* copy(std::span<const std::byte> frame);
    bool flush();
    bool gather(std::span<netdev::Buffer* const> packets, Batch& batch);
    unsigned settle(std::span<netdev::Buffer* const> packets, size_t done);
    void sent(netdev::Buffer* packet);
    void hang_up(const char* why);

    int descriptor_ = -1;
    bool is_up_ = false;
    bool is_drained_ = false; // the last read took all that there was
    netdev::Pool* pool_ = nullptr;
    netdev::StartRequest request_;
    Event came_;
    Event room_;
    netdev::Counters counters_;
    netdev::Buffer* begun_ = nullptr; // a packet of which the host took only a part,
    size_t begun_bytes_ = 0;          // so many bytes, its length included
    Framing framing_;
};

} // namespace uk::hostnet
