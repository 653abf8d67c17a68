// SPDX-License-Identifier: BSD-3-Clause
// A virtio network device of tests: what the core is to the driver, and the other side of its
// queues. The device's addresses are those of the host.
#pragma once

#include "../net_device.hpp"

#include "drivers/virtio/tests/fake_device.hpp"

#include <array>
#include <cstring>
#include <functional>
#include <memory>
#include <vector>

namespace net_test {

using uk::DmaAddr;
using uk::Errno;
using uk::Result;
using uk::virtio::NetConfig;
using uk::virtio::NetHeader;
using uk::virtio::SplitQueue;
using virtio_test::FakeDevice;

using F = uk::virtio::NetFeature;
inline constexpr uint64_t kAll =
    F::kChecksum | F::kGuestChecksum | F::kMtu | F::kMac | F::kGuestTso4 | F::kGuestTso6 |
    F::kGuestEcn | F::kHostTso4 | F::kHostTso6 | F::kHostEcn | F::kMergeable | F::kStatus |
    F::kControl | F::kControlReceive | uk::virtio::kEventIndex | uk::virtio::kVersion1;

using Bytes = std::vector<uint8_t>;

// A queue with both its sides.
struct FakeQueue {
    FakeQueue(const uk::virtio::QueueRequest& wanted, uint16_t size, bool event_index)
        : request(wanted), memory({size, 0}),
          ring(memory.layout, memory.data(), DmaAddr{virtio_test::Memory::kBase}, memory.slots,
               event_index, wanted.index),
          device(memory, event_index) {
        if (request.on_used == nullptr) {
            ring.disarm();
        }
    }
    void kick() {
        if (ring.publish()) {
            kicks.fetch_add_relaxed(1);
        }
    }
    void kick_if_due() {
        if (ring.is_due()) {
            kicks.fetch_add_relaxed(1);
        }
    }
    // Gives a chain back, and interrupts if the driver wants that; with `is_late` not before
    // interrupt().
    void use(uint32_t head, uint32_t written) {
        if (device.use(head, written) && request.on_used != nullptr) {
            is_pending = true;
        }
        if (!is_late) {
            interrupt();
        }
    }
    void interrupt() {
        if (is_pending) {
            is_pending = false;
            request.on_used(request.context);
        }
    }

    uk::virtio::QueueRequest request;
    virtio_test::Memory memory;
    SplitQueue ring;
    FakeDevice device;
    uk::Atomic<unsigned> kicks{0};
    bool is_late = false;
    bool is_pending = false;
};

class FakeNet final : public uk::virtio::Transport {
  public:
    explicit FakeNet(uint64_t offers = kAll) : offers_(offers) {}

    uint8_t status() override { return status_; }
    void set_status(uint8_t status) override { status_ = status != 0 || resets ? status : status_; }
    uint32_t offered(unsigned word) override {
        return static_cast<uint32_t>(offers_ >> (32 * word));
    }
    void accept(unsigned /*word*/, uint32_t /*features*/) override {}
    Result<> read_config(uint32_t offset, std::span<std::byte> out) override {
        if (!config_is_steady) {
            return Errno::again;
        }
        std::memcpy(out.data(), reinterpret_cast<std::byte*>(&config) + offset, out.size());
        return {};
    }
    uint16_t queue_limit(uint16_t /*index*/) override { return limit; }
    Result<uk::virtio::Doorbell> start_queue(uint16_t, const SplitQueue&, uint16_t) override {
        return Errno::io;
    }
    bool set_config_vector(uint16_t /*vector*/) override { return true; }
    uint8_t acknowledge() override { return 0; }

    FakeQueue& rx() { return *queues.at(0); }
    FakeQueue& tx() { return *queues.at(1); }

    // The device sends a frame to the driver. False: it has no room.
    bool bring(const Bytes& frame, NetHeader header = {}) {
        Bytes all(sizeof header);
        all.insert(all.end(), frame.begin(), frame.end());
        std::vector<std::pair<uint16_t, uint32_t>> used;
        std::byte* first = nullptr;
        for (size_t at = 0; at < all.size();) {
            FakeDevice::Chain chain;
            if (!rx().device.next(chain)) {
                EXPECT_TRUE(used.empty()) << "a part of a frame";
                return false;
            }
            EXPECT_EQ(chain.pieces.size(), 1u);
            auto* room = reinterpret_cast<std::byte*>(chain.pieces[0].address);
            const size_t size = std::min(all.size() - at, size_t{chain.pieces[0].length});
            std::memcpy(room, all.data() + at, size);
            first = first == nullptr ? room : first;
            used.emplace_back(chain.head, static_cast<uint32_t>(size));
            at += size;
        }
        header.buffers = static_cast<uint16_t>(used.size());
        std::memcpy(first, &header, sizeof header);
        for (const auto& [head, written] : used) {
            rx().use(head, written);
        }
        return true;
    }
    // What the driver sends next: header and frame, and of how many pieces.
    bool fetch(Bytes& all, size_t* pieces = nullptr) {
        FakeDevice::Chain chain;
        if (!tx().device.next(chain)) {
            return false;
        }
        all.clear();
        for (const FakeDevice::Piece& piece : chain.pieces) {
            EXPECT_FALSE(piece.writes);
            const auto* at = reinterpret_cast<const uint8_t*>(piece.address);
            all.insert(all.end(), at, at + piece.length);
        }
        if (pieces != nullptr) {
            *pieces = chain.pieces.size();
        }
        sent.push_back(chain.head);
        return true;
    }
    // Gives back what was fetched, the oldest first.
    void done(size_t count = 1) {
        for (; count > 0; count--) {
            tx().use(sent.front(), 0);
            sent.erase(sent.begin());
        }
    }

    NetConfig config{{0x52, 0x54, 0, 1, 2, 3}, 1, 1, 1450};
    uint16_t limit = 64;
    uint64_t refuses = 0; // features that it does not agree to
    unsigned queue_errors = ~0u;
    bool watches = true;
    bool resets = true;
    bool config_is_steady = true;
    std::vector<std::unique_ptr<FakeQueue>> queues;
    std::vector<uint16_t> sent;
    uint64_t agreed = 0;
    bool running = false;
    bool given_up = false;
    void (*on_changed)(void*) = nullptr;
    void* changed_context = nullptr;

  private:
    uint64_t offers_;
    uint8_t status_ = 0;
};

// virtio::Device, for the driver.
struct Virtio {
    using Queue = FakeQueue;

    FakeNet* net;

    uk::virtio::Transport& transport() { return *net; }
    Result<uint64_t> negotiate(const char* /*name*/, uint64_t wanted, uint64_t needed) {
        wanted |= uk::virtio::kEventIndex | uk::virtio::kVersion1;
        const uint64_t offers = net->offered(0) | uint64_t{net->offered(1)} << 32;
        if ((needed & ~offers) != 0) {
            return Errno::notsup;
        }
        net->agreed = offers & (wanted | needed);
        if ((net->agreed & net->refuses) != 0) {
            return Errno::io;
        }
        return net->agreed;
    }
    Result<Queue*> add_queue(const uk::virtio::QueueRequest& request) {
        if (request.index >= net->queue_errors) {
            return Errno::nomem;
        }
        EXPECT_EQ(request.index, net->queues.size());
        net->queues.push_back(
            std::make_unique<FakeQueue>(request, std::min(request.most, net->limit),
                                        (net->agreed & uk::virtio::kEventIndex) != 0));
        return net->queues.back().get();
    }
    Result<> watch_config(void (*on_changed)(void*), void* context) {
        net->on_changed = on_changed;
        net->changed_context = context;
        return net->watches ? Result<>() : Result<>(Errno::nospc);
    }
    void start() {
        net->running = true;
        net->set_status(uk::virtio::kAcknowledge | uk::virtio::kDriver | uk::virtio::kDriverOk);
    }
    void give_up() { net->given_up = true; }
    static DmaAddr to_device(const void* at) { return DmaAddr{reinterpret_cast<uintptr_t>(at)}; }
};

using Nic = uk::virtio::NetDevice<Virtio>;

} // namespace net_test
