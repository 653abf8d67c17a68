// SPDX-License-Identifier: BSD-3-Clause
// RegionHeap: hands memory out from bottom to top and takes back only the last block.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/alloc/concepts.hpp>
#include <uk/assert.h>
#include <uk/base/bits.hpp>
#include <uk/string.h>

namespace uk {

struct RegionOptions {
    // A check value in each header and a mark in freed blocks, tested on every call.
    bool checks = false;
};

// Contract: HeapAllocator, except that freed memory is not used again: deallocate() takes back the
// block that was allocated last and forgets all others. For programs that allocate at start and
// then run, or run briefly. An allocation is an addition and a comparison; each block has 8 bytes
// of header (its size, for reallocate()). Owns its page runs; no destructor.
template <PageSource Pages, RegionOptions kOptions = RegionOptions{}>
class RegionHeap {
  public:
    static constexpr bool kReuses = false;
    static constexpr size_t kLeastGrowth = 64 * 1024; // bytes asked of the page source, if there
    static constexpr size_t kMostGrowth = 4 << 20;

    constexpr RegionHeap() = default;
    constexpr explicit RegionHeap(Pages pages) : pages_(pages) {}
    RegionHeap(const RegionHeap&) = delete;
    RegionHeap& operator=(const RegionHeap&) = delete;

    [[nodiscard]] void* allocate(size_t size) { return allocate(size, kHeapAlign); }

    [[nodiscard]] void* allocate(size_t size, size_t align) {
        if (!is_pow2(align) || size > kHeapMaxRequest || align > kHeapMaxRequest)
            return nullptr;
        const size_t bytes = payload_bytes(size);
        const size_t wide = align < kHeapAlign ? kHeapAlign : align;
        const size_t needed = skip_to(top_, wide) + bytes;
        if (needed > room()) [[unlikely]]
            return allocate_beyond(bytes, wide);
        return place(skip_to(top_, wide), bytes);
    }

    void deallocate(void* block) {
        if (!block)
            return;
        check_live(block);
        if (block == last_) {
            top_ = static_cast<char*>(block) - kHeaderBytes;
            last_ = nullptr;
        } else if constexpr (kOptions.checks) {
            *header(block) |= kFreed;
        }
    }

    [[nodiscard]] void* reallocate(void* block, size_t size);

    [[nodiscard]] size_t usable_size(const void* block) const {
        return block ? *header(const_cast<void*>(block)) & kSizeMask : 0;
    }

    [[nodiscard]] HeapStats stats() const {
        HeapStats all;
        all.total_bytes = total_;
        all.free_bytes = all.largest_free = room();
        return all;
    }

    // Gives back the whole pages that nobody has touched yet.
    size_t trim();

    [[nodiscard]] bool verify() const {
        if (top_ > end_ || (reinterpret_cast<uintptr_t>(top_) & (kHeapAlign - 1)) != first_skip())
            return false;
        return !last_ || (sound(last_) && last_ + usable_size(last_) == top_);
    }

  private:
    using Word [[gnu::may_alias]] = uint64_t;
    static constexpr size_t kHeaderBytes = 8;
    static constexpr Word kFreed = 1;
    static constexpr unsigned kSealShift = 48;
    static constexpr Word kSizeMask = ((Word{1} << kSealShift) - 1) & ~kFreed;

    static Word* header(void* block) { return static_cast<Word*>(block) - 1; }
    static Word seal(const void* block, size_t bytes) {
        const Word mixed = (reinterpret_cast<uintptr_t>(block) ^ bytes) * 0x9E3779B97F4A7C15u;
        return kOptions.checks ? mixed >> kSealShift << kSealShift : 0;
    }
    static void set_size(void* block, size_t bytes) { *header(block) = seal(block, bytes) | bytes; }
    static bool sound(void* block) {
        const Word word = *header(block);
        return seal(block, word & kSizeMask) == word >> kSealShift << kSealShift;
    }
    static void check_live(void* block) {
        if constexpr (kOptions.checks) {
            if (!is_aligned(block, kHeapAlign) || !sound(block))
                UK_PANIC("heap: damaged block header before %p, or a bad pointer", block);
            if (*header(block) & kFreed)
                UK_PANIC("heap: %p freed twice, or used after it was freed", block);
        }
    }

    // The top lies 8 below a multiple of 16, where the next header goes (except before the first
    // run), so payloads and headers need no gaps.
    static constexpr size_t payload_bytes(size_t size) {
        return align_up(size + kHeaderBytes, kHeapAlign) - kHeaderBytes;
    }
    static size_t skip_to(const char* top, size_t align) {
        const auto payload = reinterpret_cast<uintptr_t>(top) + kHeaderBytes;
        return kHeaderBytes + (-payload & (align - 1));
    }
    size_t first_skip() const { return top_ ? kHeaderBytes : 0; }
    size_t room() const { return static_cast<size_t>(end_ - top_); }

    void* place(size_t skip, size_t bytes) {
        last_ = top_ + skip;
        top_ = last_ + bytes;
        set_size(last_, bytes);
        return last_;
    }

    [[gnu::noinline]] void* allocate_beyond(size_t bytes, size_t align);
    Result<void*> fetch(size_t bytes, size_t& pages);

    char* top_ = nullptr;
    char* end_ = nullptr;
    char* last_ = nullptr; // the block that ends at top_, if it is still in use
    size_t total_ = 0;
    [[no_unique_address]] Pages pages_{};
};

// At least `bytes`, by preference more.
template <PageSource Pages, RegionOptions kOptions>
Result<void*> RegionHeap<Pages, kOptions>::fetch(size_t bytes, size_t& pages) {
    size_t more = total_ / 4;
    more = more < kLeastGrowth ? kLeastGrowth : more > kMostGrowth ? kMostGrowth : more;
    const size_t need = div_round_up(bytes, kPageSize);
    pages = need > more / kPageSize ? need : more / kPageSize;
    Result<void*> run = pages_.allocate_pages(pages);
    if (!run.ok() && pages > need) {
        pages = need;
        run = pages_.allocate_pages(pages);
    }
    return run;
}

// The current run has no room: extends it, or goes on in whichever run leaves more.
template <PageSource Pages, RegionOptions kOptions>
void* RegionHeap<Pages, kOptions>::allocate_beyond(size_t bytes, size_t align) {
    size_t pages = 0;
    Result<void*> run = fetch(align + bytes, pages);
    if (!run.ok() && top_) { // what is missing may lie right behind
        pages = div_round_up(skip_to(top_, align) + bytes - room(), kPageSize);
        run = pages_.allocate_pages(pages);
    }
    if (!run.ok())
        return nullptr;
    char* base = static_cast<char*>(run.take());
    const size_t run_bytes = pages * kPageSize;
    total_ += run_bytes;
    if (base == end_) {
        end_ += run_bytes;
        return place(skip_to(top_, align), bytes);
    }
    char* first = base + kHeaderBytes;
    if (kHeaderBytes + skip_to(first, align) + bytes > run_bytes) {
        if constexpr (kPagesReturnable<Pages>) {
            total_ -= run_bytes;
            pages_.free_pages(base, pages);
        }
        return nullptr;
    }
    char* old_top = top_;
    char* old_end = end_;
    char* old_last = last_;
    top_ = first;
    end_ = base + run_bytes;
    void* block = place(skip_to(top_, align), bytes);
    if (old_top && static_cast<size_t>(old_end - old_top) > room()) {
        top_ = old_top;
        end_ = old_end;
        last_ = old_last;
    }
    return block;
}

template <PageSource Pages, RegionOptions kOptions>
void* RegionHeap<Pages, kOptions>::reallocate(void* block, size_t size) {
    if (!block)
        return allocate(size);
    if (size == 0) {
        deallocate(block);
        return nullptr;
    }
    if (size > kHeapMaxRequest)
        return nullptr;
    check_live(block);
    const size_t have = usable_size(block);
    const size_t want = payload_bytes(size);
    if (block == last_ && (want <= have || want - have <= room())) {
        top_ = last_ + want;
        set_size(block, want);
        return block;
    }
    if (want <= have)
        return block;
    void* moved = allocate(size);
    if (!moved)
        return nullptr;
    memcpy(moved, block, have);
    deallocate(block);
    return moved;
}

template <PageSource Pages, RegionOptions kOptions>
size_t RegionHeap<Pages, kOptions>::trim() {
    if constexpr (kPagesReturnable<Pages>) {
        const size_t skip = -reinterpret_cast<uintptr_t>(top_) & (kPageSize - 1);
        if (room() >= skip + kPageSize) {
            const size_t pages = (room() - skip) / kPageSize;
            end_ = top_ + skip;
            total_ -= pages * kPageSize;
            pages_.free_pages(end_, pages);
            return pages * kPageSize;
        }
    }
    return 0;
}

} // namespace uk
