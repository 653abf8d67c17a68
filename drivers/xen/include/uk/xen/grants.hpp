// SPDX-License-Identifier: BSD-3-Clause
// Grant table, version 1: which pages of ours which other domain may use (public/grant_table.h).
#pragma once

#include <concepts>

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>
#include <uk/xen/abi.hpp>

namespace uk::xen {

struct GrantEntry {
    uint16_t
        flags; // written by both sides; Xen sets kReading and kWriting while the page is in use
    DomId domain;
    uint32_t frame;
};
static_assert(sizeof(GrantEntry) == 8);

// The first entries belong to console and xenstore, which the tools grant.
inline constexpr uint32_t kReservedGrants = 8;

enum class Sharing : uint8_t { writable, read_only };

// Tells by which number others know a page of ours: Frames::machine_frame(Paddr). The same as ours
// under PVH, looked up for a PV guest.
template <class T>
concept MachineFrames = requires(T frames, Paddr page) {
    { frames.machine_frame(page) } -> std::same_as<uint64_t>;
};

// Gives out entries of a table that Xen sees as it is. What a granted page is called by the other
// side is a DmaAddr: the entry's number in place of a frame's, and the offset in the page. Never
// blocks. Not synchronised: the caller keeps other threads and handlers away.
template <MachineFrames Frames>
class GrantTable {
  public:
    // `entries` is what was mapped of the table, `count` entries; `next`, as long, is room for the
    // list of free ones. Both live as long as the object.
    GrantTable(volatile GrantEntry* entries, uint32_t* next, uint32_t count, Frames frames)
        : entries_(entries), next_(next), count_(count), frames_(frames) {
        for (uint32_t i = count; i > kReservedGrants; i--) {
            next_[i - 1] = free_;
            free_ = i - 1;
        }
    }

    // Lets `domain` use the page that holds `address`. Errors: ENOSPC (no entry is free), ERANGE
    // (entries of version 1 cannot name a page so high: 16 TiB and more).
    [[nodiscard]] Result<DmaAddr> share(DomId domain, Paddr address, Sharing sharing) {
        uint64_t frame = frames_.machine_frame(address);
        if (frame >> 32 != 0) {
            return Errno::range;
        }
        if (free_ == kNone) {
            return Errno::nospc;
        }
        uint32_t number = free_;
        free_ = next_[number];
        next_[number] = kInUse;
        volatile GrantEntry& entry = entries_[number];
        entry.domain = domain;
        entry.frame = static_cast<uint32_t>(frame);
        uint16_t flags = sharing == Sharing::read_only ? kPermit | kReadOnly : kPermit;
        __atomic_store_n(&entry.flags, flags, __ATOMIC_RELEASE); // valid from here on
        return DmaAddr{(uint64_t{number} << kPageShift) + address.page_offset()};
    }

    // Takes the page back. Errors: EBUSY (the other side has it mapped: ask again; until then it
    // may not be used for anything else), EINVAL (nothing is shared under this address).
    [[nodiscard]] Result<> end(DmaAddr address) {
        uint64_t number = address.page_number();
        if (number < kReservedGrants || number >= count_ || next_[number] != kInUse) {
            return Errno::inval;
        }
        volatile uint16_t& flags = entries_[number].flags;
        uint16_t seen = __atomic_load_n(&flags, __ATOMIC_ACQUIRE);
        do {
            if ((seen & (kReading | kWriting)) != 0) {
                return Errno::busy;
            }
        } while (!__atomic_compare_exchange_n(&flags, &seen, uint16_t{0}, false, __ATOMIC_SEQ_CST,
                                              __ATOMIC_ACQUIRE));
        next_[number] = free_;
        free_ = static_cast<uint32_t>(number);
        return {};
    }

    static constexpr uint32_t reference(DmaAddr address) {
        return static_cast<uint32_t>(address.page_number());
    }

  private:
    static constexpr uint16_t kPermit = 1;
    static constexpr uint16_t kReadOnly = 1 << 2;
    static constexpr uint16_t kReading = 1 << 3;
    static constexpr uint16_t kWriting = 1 << 4;
    static constexpr uint32_t kNone = ~uint32_t{0};
    static constexpr uint32_t kInUse = kNone - 1;

    volatile GrantEntry* entries_;
    uint32_t* next_;
    uint32_t count_;
    Frames frames_;
    uint32_t free_ = kNone;
};

} // namespace uk::xen
