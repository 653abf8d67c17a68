// SPDX-License-Identifier: BSD-3-Clause
// Binary buddies over whole pages: zones, their page maps, and the lists of free blocks.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include <uk/assert.h>
#include <uk/base/address.hpp>
#include <uk/base/bits.hpp>
#include <uk/string.h>

namespace uk::bbuddy {

inline constexpr unsigned kOrders = 30; // the largest block has 2^29 pages

// One byte for each page of a zone. A block is named by its first page; the bytes of its other
// pages are kInner.
inline constexpr uint8_t kInner = 0;
inline constexpr uint8_t kFreeHead = 0x80; // | order
inline constexpr uint8_t kUsedHead = 0x40; // | order
inline constexpr uint8_t kOrderMask = 0x3f;

// Sits at the start of a page run and governs the pages behind itself. Blocks are aligned to their
// size by address, so a buddy's address is the block's with one bit changed.
struct Zone {
    Zone* next;
    char* base;        // first page that may be allocated
    size_t pages;      // so many
    size_t free_pages; // of these
    size_t run_pages;  // the run, this header included

    uint8_t* map() { return reinterpret_cast<uint8_t*>(this + 1); }
    const uint8_t* map() const { return reinterpret_cast<const uint8_t*>(this + 1); }
    size_t page_of(const void* block) const {
        return static_cast<size_t>(static_cast<const char*>(block) - base) / kPageSize;
    }
    bool contains(const void* block) const {
        const auto offset = reinterpret_cast<uintptr_t>(block) - reinterpret_cast<uintptr_t>(base);
        return offset < pages * kPageSize;
    }

    // Pages of a run of `run_pages` that the header and the map take.
    static constexpr size_t header_pages(size_t run_pages) {
        return div_round_up(sizeof(Zone) + run_pages, kPageSize);
    }
};

// The free blocks of all zones, and the operations on them. Knows nothing of where zones come from.
class PageBuddy {
  public:
    constexpr PageBuddy() = default;

    // Makes a zone of a run; false (and nothing happens) if the run is too short for one page.
    bool add_zone(void* run, size_t run_pages);
    // Takes the zone out, which must be wholly free; the run is the caller's again.
    void remove_zone(Zone* zone);
    Zone* first_zone() { return zones_; }
    Zone* zone_of(const void* block) const;

    // A block of 2^order pages aligned to its size, or nullptr.
    void* allocate(unsigned order);
    void deallocate(Zone& zone, void* block);
    // The order of a block in use, or -1 if `block` is none.
    static int order_of(const Zone& zone, const void* block);
    // Splits a block in use down to `order`, freeing the upper halves.
    void shrink(Zone& zone, void* block, unsigned order);
    // Grows a block in use to `order` if its upper neighbours are free.
    bool extend(Zone& zone, void* block, unsigned order);

    size_t free_bytes() const;
    size_t largest_free() const { return orders_ ? kPageSize << (std::bit_width(orders_) - 1) : 0; }
    bool verify() const;

  private:
    struct [[gnu::may_alias]] FreeBlock {
        FreeBlock* next;
        FreeBlock* prev;
    };

    static size_t bytes_of(unsigned order) { return kPageSize << order; }
    void insert(Zone& zone, void* block, unsigned order);
    void remove(Zone& zone, FreeBlock* block, unsigned order);
    bool is_free_block(const Zone& zone, const void* block, unsigned order) const;
    bool verify_zone(const Zone& zone) const;

    uint64_t orders_ = 0; // bit k: heads_[k] is not empty
    FreeBlock* heads_[kOrders] = {};
    Zone* zones_ = nullptr;
};

} // namespace uk::bbuddy
