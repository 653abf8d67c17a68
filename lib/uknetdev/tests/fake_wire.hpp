// SPDX-License-Identifier: BSD-3-Clause
// Two network devices with a wire between them, for tests of what stands on network devices. The
// wire loses, repeats and reorders frames by a seed. What a sender leaves to its device is done as
// a card would do it, by the book, so a frame with wrong offsets arrives broken.
//
//     FakeWire wire({.seed = 7, .loss = 30});
//     wire.left().start({.pool = &pool_a, ...});  wire.right().start({.pool = &pool_b, ...});
#pragma once

#include "lib/uknetdev/tests/frames.hpp"

#include <uk/netdev.hpp>

#include <deque>
#include <functional>
#include <mutex>
#include <random>
#include <vector>

namespace netdev_test {

struct WireShape {
    unsigned seed = 1;
    // Of 1000 frames, how many.
    unsigned loss = 0;
    unsigned repeat = 0;
    unsigned reorder = 0;  // come one to three frames later
    uint32_t features = 0; // of both devices
    unsigned room = 64;    // frames on their way, for each direction
    uint16_t mtu = 1500;
    uint16_t headroom = 12;
    uint16_t most_pieces = 20;
    uint32_t piece_bytes = 0; // received frames come in buffers of so many bytes; 0: as fits
};

class FakeWire;

class FakeNic final : public uk::netdev::Device {
  public:
    FakeNic(FakeWire& wire, const WireShape& shape, uint8_t number);
    ~FakeNic();

    uk::Result<> start(const uk::netdev::StartRequest& request) override;
    unsigned transmit(unsigned queue, std::span<uk::netdev::Buffer* const> packets) override;
    unsigned reclaim(unsigned queue) override;
    unsigned receive(unsigned queue, std::span<uk::netdev::Buffer*> packets) override;
    bool arm(unsigned queue, uint16_t more) override;
    void disarm(unsigned queue) override;
    bool link_is_up() override;
    const uk::netdev::Counters& counters(unsigned /*queue*/) const override { return counters_; }

    // As if the cable was pulled or put in.
    void set_link(bool up);

  private:
    friend class FakeWire;
    bool send_one(uk::netdev::Buffer& packet);
    uk::netdev::Buffer* fill(const Frame& frame);
    void event(uint8_t what);

    FakeWire& wire_;
    WireShape shape_;
    FakeNic* other_ = nullptr;
    uk::netdev::StartRequest request_;
    uk::netdev::Counters counters_;
    std::deque<Frame> arrived_;
    std::vector<uk::netdev::Buffer*> sent_; // not released yet
    bool armed_ = true;
    uint16_t more_ = 0;
    bool full_ = false;
    bool up_ = true;
};

class FakeWire {
  public:
    explicit FakeWire(const WireShape& shape = {})
        : shape_(shape), random_(shape.seed), left_(*this, shape, 1), right_(*this, shape, 2) {
        left_.other_ = &right_;
        right_.other_ = &left_;
    }
    FakeNic& left() { return left_; }
    FakeNic& right() { return right_; }
    // Sees each frame that a device puts on the wire, lost ones, too, on the sender's thread.
    std::function<void(const FakeNic& from, const Frame& frame)> watch;

  private:
    friend class FakeNic;
    bool happens(unsigned of_thousand) { return random_() % 1000 < of_thousand; }
    // With the lock held. Frames reach the other end's queue here.
    void carry(FakeNic& from, Frame frame) {
        if (watch)
            watch(from, frame);
        std::deque<Frame>& queue = from.other_->arrived_;
        if (!from.up_ || !from.other_->up_ || !from.other_->is_started() || happens(shape_.loss))
            return;
        const unsigned times = happens(shape_.repeat) ? 2 : 1;
        for (unsigned i = 0; i < times; i++) {
            const size_t back = happens(shape_.reorder) ? 1 + random_() % 3 : 0;
            queue.insert(queue.end() - static_cast<long>(std::min(back, queue.size())), frame);
        }
    }

    WireShape shape_;
    std::mutex lock_;
    std::minstd_rand random_;
    FakeNic left_;
    FakeNic right_;
};

inline FakeNic::FakeNic(FakeWire& wire, const WireShape& shape, uint8_t number)
    : wire_(wire), shape_(shape) {
    info_.driver = "fake";
    info_.mac = {{2, 0, 0, 0, 0, number}};
    info_.mtu = shape.mtu;
    info_.headroom = shape.headroom;
    info_.features = shape.features;
    info_.most_pieces = shape.most_pieces;
}
inline FakeNic::~FakeNic() {
    for (uk::netdev::Buffer* packet : sent_)
        uk::netdev::release(packet);
}

inline uk::Result<> FakeNic::start(const uk::netdev::StartRequest& request) {
    if (started_)
        return uk::Errno::busy;
    if (request.queues != 1 || request.pool == nullptr)
        return uk::Errno::inval;
    request_ = request;
    features_ = info_.features & request.features;
    const std::lock_guard guard(wire_.lock_);
    started_ = true;
    return {};
}

inline void FakeNic::event(uint8_t what) {
    if (started_ && request_.on_event != nullptr) {
        uk::netdev::Counters::add(counters_.interrupts, 1);
        request_.on_event(request_.context, 0, what);
    }
}

// False: there is no room.
inline bool FakeNic::send_one(uk::netdev::Buffer& packet) {
    using uk::netdev::Counters;
    const std::lock_guard guard(wire_.lock_);
    if (other_->arrived_.size() >= shape_.room) {
        full_ = true;
        return false;
    }
    const std::optional<std::vector<Frame>> frames =
        do_offload(gather(packet), packet.offload, features_, other_->features());
    unsigned pieces = 0;
    for (const uk::netdev::Buffer* piece = &packet; piece != nullptr; piece = piece->next)
        pieces++;
    if (!frames || pieces > shape_.most_pieces) {
        Counters::add(counters_.tx_bad, 1);
        sent_.push_back(&packet);
        return true;
    }
    for (const Frame& frame : *frames)
        wire_.carry(*this, frame);
    Counters::add(counters_.tx_packets, 1);
    Counters::add(counters_.tx_bytes, uk::netdev::packet_size(packet));
    sent_.push_back(&packet);
    if (other_->armed_ && other_->arrived_.size() > other_->more_) {
        other_->armed_ = false;
        other_->event(uk::netdev::kReceived);
    }
    return true;
}

inline unsigned FakeNic::transmit(unsigned /*queue*/,
                                  std::span<uk::netdev::Buffer* const> packets) {
    (void)reclaim(0);
    unsigned count = 0;
    while (count < packets.size() && send_one(*packets[count]))
        count++;
    return count;
}

inline unsigned FakeNic::reclaim(unsigned /*queue*/) {
    for (uk::netdev::Buffer* packet : sent_)
        uk::netdev::release(packet);
    sent_.clear();
    return 0;
}

// Null: the pool has not enough buffers.
inline uk::netdev::Buffer* FakeNic::fill(const Frame& frame) {
    uk::netdev::Buffer* first = nullptr;
    uk::netdev::Buffer** end = &first;
    for (size_t at = 0; at < frame.bytes.size();) {
        uk::netdev::Buffer* piece = request_.pool->take();
        if (piece == nullptr) {
            uk::netdev::release(first);
            return nullptr;
        }
        const size_t most = shape_.piece_bytes == 0 ? ~size_t{0} : shape_.piece_bytes;
        const size_t size = std::min({frame.bytes.size() - at, size_t{piece->tailroom()}, most});
        std::memcpy(piece->data(), frame.bytes.data() + at, size);
        piece->set_size(static_cast<uint32_t>(size));
        at += size;
        *end = piece;
        end = &piece->next;
    }
    if (first != nullptr)
        first->offload = frame.offload;
    return first;
}

inline unsigned FakeNic::receive(unsigned /*queue*/, std::span<uk::netdev::Buffer*> packets) {
    using uk::netdev::Counters;
    (void)reclaim(0);
    const std::lock_guard guard(wire_.lock_);
    unsigned count = 0;
    while (count < packets.size() && !arrived_.empty()) {
        uk::netdev::Buffer* packet = fill(arrived_.front());
        if (packet == nullptr) {
            Counters::add(counters_.rx_no_buffer, 1);
            break;
        }
        arrived_.pop_front();
        Counters::add(counters_.rx_packets, 1);
        Counters::add(counters_.rx_bytes, uk::netdev::packet_size(*packet));
        packets[count++] = packet;
    }
    if (count != 0 && other_->full_) {
        other_->full_ = false;
        other_->event(uk::netdev::kSent);
    }
    return count;
}

inline bool FakeNic::arm(unsigned /*queue*/, uint16_t more) {
    const std::lock_guard guard(wire_.lock_);
    armed_ = true;
    more_ = more;
    return arrived_.empty();
}
inline void FakeNic::disarm(unsigned /*queue*/) {
    const std::lock_guard guard(wire_.lock_);
    armed_ = false;
}
inline bool FakeNic::link_is_up() {
    const std::lock_guard guard(wire_.lock_);
    return up_;
}
inline void FakeNic::set_link(bool up) {
    const std::lock_guard guard(wire_.lock_);
    up_ = up;
    event(uk::netdev::kLink);
}

} // namespace netdev_test
