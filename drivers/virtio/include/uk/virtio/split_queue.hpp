// SPDX-License-Identifier: BSD-3-Clause
// A split virtqueue from the driver's side: chains of buffers go to the device and come back used.
// Pure: it knows memory and nothing else; transport and interrupts are its owner's.
//
//     UK_TRY(queue.add({}, {&buffer, 1}, token));    // the device writes into it
//     if (queue.publish()) doorbell.ring();
//     ...
//     virtio::Used used;
//     while (queue.take(used)) done(used.token, used.written);
//
// The device is not trusted. What it wrote is read once, and believed only where it can be true:
// chains that it has, once each, and no more bytes than it was given room for. A device that claims
// else makes the queue broken, with one line in the log: it gives nothing any more. Memory whose
// chains did not come back stays the device's until it is reset.
//
// Not synchronised: one caller at a time, thread or handler. Nothing blocks or allocates.
// (VIRTIO 2.7.)
#pragma once

#include <cstdint>
#include <span>

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>
#include <uk/virtio/ring.hpp>

namespace uk::virtio {

struct Buffer {
    DmaAddr address;
    uint32_t size = 0;
};

// A chain that came back.
struct Used {
    void* token = nullptr;
    uint32_t written = 0; // bytes, of those that the device may write; the rest is as it was
};

class SplitQueue {
  public:
    // What is known of each descriptor, out of the device's reach.
    struct Slot {
        void* token = nullptr;
        uint32_t writable = 0; // bytes
        uint16_t next = 0;
        uint16_t count = 0; // descriptors of the chain that begins here; 0 = none does
    };

    // `memory` has `layout.bytes()` bytes, zeros, at a multiple of 64, and the device knows it by
    // `address`; `slots` has layout.size. Both are the caller's and live as long as this.
    // `event_index`: the feature was negotiated (2.7.7, 2.7.10). `number` is for the log.
    SplitQueue(Layout layout, void* memory, DmaAddr address, std::span<Slot> slots,
               bool event_index, unsigned number = 0);
    SplitQueue(const SplitQueue&) = delete;
    SplitQueue& operator=(const SplitQueue&) = delete;

    [[nodiscard]] const Layout& layout() const { return layout_; }
    [[nodiscard]] DmaAddr address() const { return address_; }
    [[nodiscard]] uint16_t free_descriptors() const { return free_; }
    [[nodiscard]] uint16_t in_flight() const { return in_flight_; } // chains
    [[nodiscard]] bool is_broken() const { return broken_; }

    // A chain of buffers that the device reads, then such that it writes. It sees them after
    // publish(). With tables a chain of several takes one descriptor. Errors: EAGAIN (no room: take
    // some first), EINVAL (no buffer, an empty one, or more than the queue ever has room for), EIO
    // (broken).
    [[nodiscard]] Result<> add(std::span<const Buffer> readable, std::span<const Buffer> writable,
                               void* token);

    // The same for a chain of one buffer, in a third of the instructions.
    [[nodiscard]] Result<> add_one(const Buffer& buffer, bool device_writes, void* token);

    // Shows what was added to the device. True: it wants to be notified.
    [[nodiscard]] bool publish();

    // True: the device waits to be notified of chains that it was shown, and should be now. Between
    // two CPUs that keep to the fences of publish() that cannot be; but an emulator that knows of
    // one CPU leaves fences out, and its devices run on others (decision 0023). Once it has
    // happened publish() stays false, so who is about to sleep asks.
    [[nodiscard]] bool is_due();

    // The next chain that came back. False: none now, or broken.
    [[nodiscard]] bool take(Used& used);

    // After the device was reset, for good: the next chain that did not come back, in any order;
    // `written` is 0. False: there are none. The queue is broken from the first call on.
    [[nodiscard]] bool take_back(Used& used);

    // Interrupts: none wanted any more (one may be on its way), or one when the next chain is used,
    // or when `more` others are, too. False: there is one already, and perhaps no interrupt for it.
    // A new queue wants one each time.
    void disarm();
    [[nodiscard]] bool arm(uint16_t more = 0);

  private:
    [[nodiscard]] AvailableRing& available() const;
    [[nodiscard]] UsedRing& used() const;
    [[nodiscard]] Atomic<uint16_t>& used_event() const;
    [[nodiscard]] Atomic<uint16_t>& available_event() const;
    [[nodiscard]] bool wants_notification(uint16_t before) const;
    void put_chain(Descriptor* table, uint16_t first, std::span<const Buffer> readable,
                   std::span<const Buffer> writable);
    void release(uint16_t head);
    [[gnu::cold]] bool give_up(const char* why);

    Layout layout_;
    std::byte* memory_;
    DmaAddr address_;
    std::span<Slot> slots_;
    uint16_t first_free_ = 0; // a list by Slot::next
    uint16_t free_;
    uint16_t added_ = 0;     // what the available ring's index will be
    uint16_t published_ = 0; // what it is
    uint16_t told_ = 0;      // what it was when the device was last to be notified
    uint16_t taken_ = 0;     // how far the used ring was read
    uint16_t in_flight_ = 0;
    uint16_t number_;
    bool event_index_;
    bool broken_ = false;
};

// Whether the index going from `before` to `now` passes the one that the other side named (2.7.7.2,
// 2.7.10.1).
constexpr bool passes_event(uint16_t event, uint16_t now, uint16_t before) {
    return static_cast<uint16_t>(now - event - 1) < static_cast<uint16_t>(now - before);
}

} // namespace uk::virtio
