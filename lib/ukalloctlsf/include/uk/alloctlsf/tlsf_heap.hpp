// SPDX-License-Identifier: BSD-3-Clause
// TlsfHeap: a heap with constant-time allocation and release, and still faster quick lists in
// front.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/alloc/concepts.hpp>
#include <uk/alloctlsf/block.hpp>
#include <uk/alloctlsf/index.hpp>
#include <uk/assert.h>
#include <uk/base/bits.hpp>
#include <uk/string.h>

namespace uk {

struct TlsfOptions {
    // Blocks that may wait unmerged, before some of them are merged. 0 = none: nothing waits.
    size_t waiting_blocks = 4096;
    // Check values in headers, tested on every call.
    bool checks = false;
};

// Contract: HeapAllocator. Needs no set-up and has no static constructor; the object is about 5 KiB
// of zeroes. Owns the page runs it holds; it has no destructor, so a heap that is dropped drops its
// pages with it (give them back with trim() after freeing all).
//
// Freed blocks of up to kShelfMax bytes are not merged at once, because a request of the same size
// often follows. Those of up to kQuickMax wait in a quick list for their exact size; larger ones on
// one of 32 shelves, picked by a hash of the size, each holding blocks of one size at a time. When
// more than waiting_blocks wait, kSweep of them are merged, list after list in turn, so every call
// has a small bound. Before the page source is asked, and in trim(), all are merged (at most
// waiting_blocks merges, and each block waits for it once).
template <PageSource Pages, TlsfOptions kOptions = TlsfOptions{}>
class TlsfHeap {
    using Block = tlsf::Block;
    using Index = tlsf::Index;
    using Word = tlsf::Word;

  public:
    static constexpr size_t kQuickMax = 1024;         // largest request with a quick list, bytes
    static constexpr size_t kShelfMax = 128 * 1024;   // largest request with a shelf, bytes
    static constexpr size_t kReturnBytes = 1 << 20;   // a freed block as large as this may go back
    static constexpr size_t kLeastGrowth = 64 * 1024; // bytes asked of the page source, if there
    static constexpr size_t kMostGrowth = 4 << 20;    // so many at once for small requests
    static constexpr size_t kSweep = 16; // waiting blocks merged when there are too many

    constexpr TlsfHeap() = default;
    constexpr explicit TlsfHeap(Pages pages) : pages_(pages) {}
    TlsfHeap(const TlsfHeap&) = delete;
    TlsfHeap& operator=(const TlsfHeap&) = delete;

    [[nodiscard]] void* allocate(size_t size) {
        if (kQuick && size <= kQuickMax) [[likely]] {
            // As of block_bytes(), but for requests that get the least block though they need less:
            // for them there is an empty list, and allocate_larger() looks into the right one.
            const size_t list = (size + tlsf::kHeaderBytes + kHeapAlign - 1) / kHeapAlign;
            if (Block* block = quick_[list]) [[likely]] {
                check(block);
                quick_[list] = block->next_;
                return wake(block);
            }
        }
        return allocate_larger(size);
    }

    [[nodiscard]] void* allocate(size_t size, size_t align) {
        if (!is_pow2(align)) [[unlikely]]
            return nullptr;
        if (align <= kHeapAlign) [[likely]]
            return allocate(size);
        return allocate_aligned(size, align);
    }

    void deallocate(void* payload) {
        if (!payload) [[unlikely]]
            return;
        Block* block = Block::of(payload);
        check_live(block);
        // With its flags, which do not matter here, unless something else is above the size.
        const size_t bytes = kChecks ? block->size() : block->header_;
        if (!kQuick || bytes > (kQuickMaxBlock | tlsf::kFlags)) {
            deallocate_larger(block);
            return;
        }
        put_to_wait(block, quick_[bytes / kHeapAlign]);
    }

    [[nodiscard]] void* reallocate(void* payload, size_t size);

    [[nodiscard]] size_t usable_size(const void* payload) const {
        return payload ? Block::of(payload)->size() - tlsf::kHeaderBytes : 0;
    }

    [[nodiscard]] HeapStats stats() const;
    size_t trim();
    [[nodiscard]] bool verify() const;

  private:
    static constexpr bool kChecks = kOptions.checks;
    static constexpr bool kQuick = kOptions.waiting_blocks != 0;
    static constexpr size_t kQuickMaxBlock = tlsf::block_bytes(kQuickMax);
    static constexpr size_t kQuickLists = kQuick ? kQuickMaxBlock / kHeapAlign + 1 : 1;
    static constexpr size_t kShelfMaxBlock = tlsf::block_bytes(kShelfMax);
    static constexpr unsigned kLog2Shelves = 5;
    static constexpr size_t kShelves = kQuick ? size_t{1} << kLog2Shelves : 1;

    static void set_header(Block* block, size_t bytes, Word flags) {
        block->header_ = tlsf::make_header<kChecks>(block, bytes, flags);
    }
    static void check(const Block* block) {
        if constexpr (kChecks)
            if (!tlsf::is_sealed(block)) [[unlikely]]
                damaged(block);
    }
    static unsigned shelf_of(size_t bytes) {
        return static_cast<uint32_t>(bytes / kHeapAlign) * 0x9E3779B1u >> (32 - kLog2Shelves);
    }
    void put_to_wait(Block* block, Block*& list) {
        block->next_ = list;
        list = block;
        block->header_ |= tlsf::kQuick;
        if (--room_ < 0) [[unlikely]]
            make_room();
    }
    void* wake(Block* block) {
        block->header_ &= ~tlsf::kQuick;
        room_++;
        return block->payload();
    }
    static void check_live(const Block* block);
    [[noreturn, gnu::cold, gnu::noinline]] static void damaged(const Block* block);
    [[noreturn, gnu::cold, gnu::noinline]] static void not_live(const Block* block);

    [[gnu::noinline]] void* allocate_larger(size_t size);
    [[gnu::noinline]] void deallocate_larger(Block* block);
    [[gnu::noinline]] void* allocate_block(size_t size);
    [[gnu::noinline]] void* allocate_aligned(size_t size, size_t align);
    [[gnu::noinline]] void release(Block* block);
    // Blocks in the quick lists and on the shelves.
    size_t waiting() const { return opened_ ? kOptions.waiting_blocks - room_ : 0; }
    [[gnu::noinline, gnu::cold]] void make_room();
    void sweep();
    [[gnu::noinline, gnu::cold]] void flush();
    size_t flush(Block*& list, size_t most);

    [[gnu::noinline]] Block* merge(Block* block);
    Block* find(size_t bytes);
    [[gnu::noinline, gnu::cold]] Block* find_hard(size_t bytes);
    void take(Block* block, size_t have, size_t want);
    void cut_tail(Block* block, size_t want);
    Block* grow(size_t bytes);
    Block* add_run(void* run, size_t pages);
    void give_back(Block* block);
    bool is_whole_run(const Block* block) const;
    bool is_sound(const Block* block, unsigned size_class) const;
    static bool is_waiting(const Block* block);

    Block* quick_[kQuickLists] = {}; // first, so that no offset is added to the place of a list
    Block* shelves_[kShelves] = {};
    Index index_;
    // How many more blocks may wait. The first one finds no room: the object begins as zeros.
    ptrdiff_t room_ = 0;
    bool opened_ = false;
    size_t next_sweep_ = 0; // the list at which the next sweep starts: quick lists, then shelves
    size_t total_ = 0;      // bytes held from the page source
    size_t runs_ = 0;
    char* newest_ = nullptr;     // the run added last, merged with its neighbours; for merging the
    char* newest_end_ = nullptr; // next one with it
    [[no_unique_address]] Pages pages_{};
};

} // namespace uk

#include <uk/alloctlsf/tlsf_heap_impl.hpp>
