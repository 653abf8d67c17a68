// SPDX-License-Identifier: BSD-3-Clause
// BasicRing: packets of a capture on their way from the devices to the file, as records of pcap.
//
//     const Ring::Entry entry = ring.add(packet, now_ns);   // any number of threads
//     ring.settle(entry, device.transmit(...) == 1);
//     size_t size = ring.take(room);                         // one thread
//
// Nobody waits: what finds no room is counted and left out. Format: draft-ietf-opsawg-pcap, with
// nanoseconds, in the byte order of this machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

#include <uk/assert.h>
#include <uk/base/address.hpp>
#include <uk/base/atomic.hpp>
#include <uk/base/bits.hpp>
#include <uk/netdev/buffer.hpp>
#include <uk/spinlock.hpp>

namespace uk::netcapture {

// What a file begins with.
struct FileHeader {
    uint32_t magic = 0xa1b2'3c4d; // times have nanoseconds
    uint16_t major = 2;
    uint16_t minor = 4;
    uint32_t reserved[2] = {};
    uint32_t most_bytes = 0;
    uint32_t link_type = 1; // Ethernet
};
static_assert(sizeof(FileHeader) == 24);

// What stands in front of each packet.
struct RecordHeader {
    uint32_t seconds; // since 1970
    uint32_t nanoseconds;
    uint32_t kept_bytes; // that follow
    uint32_t bytes;      // of the packet
};
static_assert(sizeof(RecordHeader) == 16);

// Of a packet, so many are kept: all of the largest that a device takes or brings.
inline constexpr uint32_t kMostBytes = 65'536 + 18;
// take() gets any record into so much.
inline constexpr size_t kMostRecord = sizeof(RecordHeader) + kMostBytes;

template <class Lock>
class BasicRing {
  public:
    // Of a packet that was added.
    struct Entry {
        uint64_t at;
    };

    constexpr BasicRing() = default;
    BasicRing(const BasicRing&) = delete;
    BasicRing& operator=(const BasicRing&) = delete;

    // The memory outlives it; a power of two, aligned to 8. Before anything else.
    void init(std::span<std::byte> memory) {
        UK_ASSERT(is_pow2(memory.size()));
        memory_ = memory;
    }

    // Copies a packet; take() sees it, and those after it, once it was settled. Without room, or
    // after close(): lost, which settle() accepts. Does not block.
    [[nodiscard]] Entry add(const netdev::Buffer& packet, uint64_t wall_ns) {
        constexpr uint64_t kSecond = 1'000'000'000;
        const uint32_t bytes = netdev::packet_size(packet);
        const uint32_t kept = bytes < kMostBytes ? bytes : kMostBytes;
        const Entry entry = reserve(kept);
        if (entry.at == kLost) {
            return entry;
        }
        const RecordHeader header = {static_cast<uint32_t>(wall_ns / kSecond),
                                     static_cast<uint32_t>(wall_ns % kSecond), kept, bytes};
        uint64_t at = entry.at + sizeof(Mark);
        at = put(at, &header, sizeof header);
        uint32_t left = kept;
        for (const netdev::Buffer* piece = &packet; left != 0; piece = piece->next) {
            const uint32_t size = piece->size() < left ? piece->size() : left;
            at = put(at, piece->data(), size);
            left -= size;
        }
        return entry;
    }
    // Whether it is part of the capture. Once for each.
    void settle(Entry entry, bool keep) {
        if (entry.at != kLost) {
            mark(entry.at).state.store_release(keep ? kKept : kLeftOut);
        }
    }

    // Moves whole records to `out`, at least kMostRecord, as many as fit; returns how many bytes.
    // 0: there is none. One thread at a time.
    size_t take(std::span<std::byte> out) {
        UK_ASSERT(out.size() >= kMostRecord);
        size_t done = 0;
        const uint64_t end = head_.load_acquire();
        for (uint64_t at = tail_.load_relaxed(); at != end;) {
            const uint32_t state = mark(at).state.load_acquire();
            const uint32_t size = mark(at).bytes;
            if (state == kPending || (state == kKept && out.size() - done < size)) {
                break;
            }
            if (state == kKept) {
                get(at + sizeof(Mark), out.data() + done, size);
                done += size;
            }
            at += span_of(size);
            tail_.store_release(at);
        }
        return done;
    }

    // Nothing is added any more, and nothing counted as lost.
    void close() { closed_.store_relaxed(true); }
    // Packets that found no room.
    [[nodiscard]] uint64_t lost() const { return lost_.load_relaxed(); }

  private:
    static constexpr uint64_t kLost = ~uint64_t{0};
    static constexpr size_t kAlign = 8;

    // States of a record.
    static constexpr uint32_t kPending = 0, kKept = 1, kLeftOut = 2;
    // In the ring, in front of each record: 8 bytes, so it never goes round the end.
    struct Mark {
        uint32_t bytes; // of the record
        Atomic<uint32_t> state;
    };
    static_assert(sizeof(Mark) == kAlign);

    static uint64_t span_of(uint32_t record) {
        return sizeof(Mark) + align_up(uint64_t{record}, uint64_t{kAlign});
    }
    std::byte* place(uint64_t at) const { return memory_.data() + (at & (memory_.size() - 1)); }
    Mark& mark(uint64_t at) const { return *std::launder(reinterpret_cast<Mark*>(place(at))); }

    Entry reserve(uint32_t kept) {
        if (closed_.load_relaxed()) {
            return {kLost};
        }
        const auto record = static_cast<uint32_t>(sizeof(RecordHeader) + kept);
        LockGuard guard(lock_);
        const uint64_t at = head_.load_relaxed();
        if (at + span_of(record) - tail_.load_acquire() > memory_.size()) {
            lost_.store_relaxed(lost_.load_relaxed() + 1);
            return {kLost};
        }
        ::new (static_cast<void*>(place(at))) Mark{record, Atomic<uint32_t>(kPending)};
        head_.store_release(at + span_of(record));
        return {at};
    }

    // Copies round the end; put() returns where it goes on.
    uint64_t put(uint64_t at, const void* from, size_t size) {
        const size_t first = until_end(at, size);
        __builtin_memcpy(place(at), from, first);
        __builtin_memcpy(memory_.data(), static_cast<const std::byte*>(from) + first, size - first);
        return at + size;
    }
    void get(uint64_t at, std::byte* to, size_t size) const {
        const size_t first = until_end(at, size);
        __builtin_memcpy(to, place(at), first);
        __builtin_memcpy(to + first, memory_.data(), size - first);
    }
    size_t until_end(uint64_t at, size_t size) const {
        const size_t left = memory_.size() - (at & (memory_.size() - 1));
        return size < left ? size : left;
    }

    Lock lock_; // between those who reserve
    std::span<std::byte> memory_;
    // Bytes since the start.
    Atomic<uint64_t> head_{0}; // where the next is reserved
    Atomic<uint64_t> tail_{0}; // where take() goes on
    Atomic<uint64_t> lost_{0}; // under the lock
    Atomic<bool> closed_{false};
};

using Ring = BasicRing<Spinlock<LockRank::subsystem>>;

} // namespace uk::netcapture
