// SPDX-License-Identifier: BSD-3-Clause
// Layout of memory inside a TLSF heap: runs made of blocks, one 8-byte header for each block.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/alloc/concepts.hpp>
#include <uk/assert.h>

namespace uk::tlsf {

// A run of pages [base, base + n * kPageSize) holds
//     8 unused bytes | block | block | ... | sentinel header (size 0, never free)
// so that every header lies 8 below a multiple of 16 and every payload on one. A block is
//     header 8 | payload size - 8
// and while it is free, its payload starts with the two list links and ends with its size (the
// footer), by which the block behind it finds its head. No two free blocks touch.
//
// The types may alias anything: the payload belongs to others before and after.
using Word [[gnu::may_alias]] = uint64_t;

inline constexpr size_t kHeaderBytes = 8;
inline constexpr size_t kMinBlock = 32;    // header, two links, footer
inline constexpr size_t kRunOverhead = 16; // the unused bytes and the sentinel

inline constexpr Word kFree = 1;     // in the index
inline constexpr Word kPrevFree = 2; // the block before is kFree; its footer is valid
inline constexpr Word kQuick = 4; // freed, but waiting in a quick list: neighbours see it as used
inline constexpr Word kFirst = 8; // the first block of its run
inline constexpr Word kFlags = 15;
inline constexpr unsigned kSealShift = 48; // above it: the check value, or 0 without checks
inline constexpr Word kSizeMask = ((Word{1} << kSealShift) - 1) & ~kFlags;

struct [[gnu::may_alias]] Block {
    Word header_;
    Block* next_; // links: only while free or quick
    Block* prev_; // only while free

    size_t size() const { return header_ & kSizeMask; }
    bool is_free() const { return header_ & kFree; }
    bool is_prev_free() const { return header_ & kPrevFree; }
    bool is_first() const { return header_ & kFirst; }

    void* payload() { return reinterpret_cast<char*>(this) + kHeaderBytes; }
    static Block* of(void* payload) {
        return reinterpret_cast<Block*>(static_cast<char*>(payload) - kHeaderBytes);
    }
    static const Block* of(const void* payload) {
        return reinterpret_cast<const Block*>(static_cast<const char*>(payload) - kHeaderBytes);
    }
    Block* at(size_t offset) {
        return reinterpret_cast<Block*>(reinterpret_cast<char*>(this) + offset);
    }
    const Block* at(size_t offset) const {
        return reinterpret_cast<const Block*>(reinterpret_cast<const char*>(this) + offset);
    }
    // Only while is_prev_free().
    Block* prev() {
        const Word bytes = *(reinterpret_cast<const Word*>(this) - 1);
        return reinterpret_cast<Block*>(reinterpret_cast<char*>(this) - bytes);
    }
    // The footer of a free block lies in front of the next header.
    void set_footer(size_t bytes) { *(&at(bytes)->header_ - 1) = bytes; }
    size_t footer() const { return *(&at(size())->header_ - 1); }
};

// Check value of a header: ties the size to the address, so that a header written by anybody else,
// or a pointer into the middle of a block, is found out (1 in 65,536 slips through).
inline Word seal(const Block* block, size_t bytes) {
    const Word mixed = (reinterpret_cast<uintptr_t>(block) ^ bytes) * 0x9E3779B97F4A7C15u;
    return mixed >> kSealShift << kSealShift;
}

template <bool kChecks>
inline Word make_header(const Block* block, size_t bytes, Word flags) {
    if constexpr (kChecks)
        return seal(block, bytes) | bytes | flags;
    else
        return bytes | flags;
}

inline bool is_sealed(const Block* block) {
    return seal(block, block->size()) == block->header_ >> kSealShift << kSealShift;
}

// Block size for a request, which is at most kHeapMaxRequest.
constexpr size_t block_bytes(size_t request) {
    constexpr size_t kLeast = kMinBlock - kHeaderBytes;
    const size_t payload = request < kLeast ? kLeast : request;
    return (payload + kHeaderBytes + kHeapAlign - 1) & ~(kHeapAlign - 1);
}

static_assert(block_bytes(0) == kMinBlock && block_bytes(24) == 32 && block_bytes(25) == 48);
static_assert(block_bytes(64) == 80);

} // namespace uk::tlsf
