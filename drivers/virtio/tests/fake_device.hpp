// SPDX-License-Identifier: BSD-3-Clause
// The device's side of a split virtqueue as VIRTIO 1.2, 2.7 has it, which can be told to misbehave.
#pragma once

#include <uk/virtio/split_queue.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <vector>

namespace virtio_test {

using uk::DmaAddr;
using uk::virtio::AvailableRing;
using uk::virtio::Buffer;
using uk::virtio::Descriptor;
using uk::virtio::Layout;
using uk::virtio::SplitQueue;
using uk::virtio::UsedRing;

// Memory of a queue; the device sees it from kBase on.
class Memory {
  public:
    static constexpr uint64_t kBase = 0x40000000;

    explicit Memory(Layout wanted)
        : layout(wanted),
          bytes_(static_cast<char*>(std::aligned_alloc(64, (wanted.bytes() + 63) & ~size_t{63}))),
          slots(wanted.size) {
        std::memset(bytes_.get(), 0, wanted.bytes());
    }
    char* data() { return bytes_.get(); }
    Layout layout;

  private:
    struct Free {
        void operator()(char* at) const { std::free(at); }
    };
    std::unique_ptr<char, Free> bytes_;

  public:
    std::vector<SplitQueue::Slot> slots;
};

class FakeDevice {
  public:
    struct Piece {
        uint64_t address;
        uint32_t length;
        bool writes;
    };
    struct Chain {
        uint16_t head = 0;
        std::vector<Piece> pieces;
    };

    FakeDevice(Memory& memory, bool event_index) : memory_(memory), event_index_(event_index) {}

    // The next chain that the driver made available.
    bool next(Chain& chain) {
        if (available().index.load_acquire() == seen_) {
            return false;
        }
        chain.head = available().entries[seen_ % size()].load_relaxed();
        chain.pieces.clear();
        seen_++;
        follow(reinterpret_cast<const Descriptor*>(memory_.data()), chain.head, size(), chain);
        return true;
    }
    // Gives it back. True: the driver wants an interrupt.
    bool use(uint32_t head, uint32_t written) {
        UsedRing& ring = used();
        ring.entries[used_ % size()].head.store_relaxed(head);
        ring.entries[used_ % size()].written.store_relaxed(written);
        const uint16_t before = used_++;
        ring.index.store_release(used_);
        uk::fence_full();
        if (event_index_) {
            return uk::virtio::passes_event(available().entries[size()].load_relaxed(), used_,
                                            before);
        }
        return (available().flags.load_relaxed() & AvailableRing::kNoInterrupt) == 0;
    }
    // Wants to hear of the next chain, or of none. True: there is one already.
    bool want_notify(bool wanted) {
        if (event_index_) {
            auto* event = reinterpret_cast<uk::Atomic<uint16_t>*>(&used().entries[size()]);
            event->store_relaxed(wanted ? seen_ : static_cast<uint16_t>(seen_ - 1));
        } else {
            used().flags.store_relaxed(wanted ? 0 : UsedRing::kNoNotify);
        }
        uk::fence_full();
        return available().index.load_acquire() != seen_;
    }
    void jump(uint16_t by) { used().index.store_release(static_cast<uint16_t>(used_ += by)); }

    [[nodiscard]] uint16_t size() const { return memory_.layout.size; }
    AvailableRing& available() {
        return *reinterpret_cast<AvailableRing*>(memory_.data() + memory_.layout.available());
    }
    UsedRing& used() {
        return *reinterpret_cast<UsedRing*>(memory_.data() + memory_.layout.used());
    }

  private:
    void follow(const Descriptor* table, unsigned at, unsigned count, Chain& chain) {
        for (unsigned steps = 0;; steps++) {
            ASSERT_LT(at, count);
            ASSERT_LT(steps, count) << "a circle";
            const Descriptor one = table[at];
            if ((one.flags & Descriptor::kIndirect) != 0) {
                ASSERT_EQ(one.flags, Descriptor::kIndirect);
                const uint64_t offset = one.address - Memory::kBase;
                ASSERT_GE(offset, memory_.layout.tables());
                ASSERT_LE(offset + one.length, memory_.layout.bytes());
                return follow(reinterpret_cast<const Descriptor*>(memory_.data() + offset), 0,
                              one.length / 16, chain);
            }
            const bool writes = (one.flags & Descriptor::kWrite) != 0;
            ASSERT_TRUE(writes || chain.pieces.empty() || !chain.pieces.back().writes)
                << "2.7.4.2: what the device reads comes first";
            chain.pieces.push_back({one.address, one.length, writes});
            if ((one.flags & Descriptor::kNext) == 0) {
                return;
            }
            at = one.next;
        }
    }

    Memory& memory_;
    bool event_index_;
    uint16_t seen_ = 0;
    uint16_t used_ = 0;
};

} // namespace virtio_test
