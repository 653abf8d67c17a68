// SPDX-License-Identifier: BSD-3-Clause
// BuddyHeap: binary buddies over pages, slabs inside pages, runs of their own for very large
// blocks.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/alloc/concepts.hpp>
#include <uk/allocbbuddy/page_zone.hpp>
#include <uk/allocbbuddy/slab.hpp>
#include <uk/assert.h>
#include <uk/base/bits.hpp>
#include <uk/string.h>

namespace uk {

struct BuddyOptions {
    // Tests on every call that a small block is an object in use; walks its slab's free list.
    bool checks = false;
};

// Contract: HeapAllocator. Blocks up to 2016 bytes are objects of a slab (one page, equal objects,
// no header each); up to kLargest a power of two of pages, aligned to its size, without header;
// larger ones a page run of their own. No set-up, 500 bytes of zeroes. Owns its page runs; no
// destructor.
template <PageSource Pages, BuddyOptions kOptions = BuddyOptions{}>
class BuddyHeap {
    using Slab = bbuddy::Slab;
    using Zone = bbuddy::Zone;

  public:
    static constexpr size_t kLargest = 512 * 1024;  // largest request served by buddies, bytes
    static constexpr size_t kLeastGrowthPages = 16; // pages asked of the page source, if there

    constexpr BuddyHeap() = default;
    constexpr explicit BuddyHeap(Pages pages) : pages_(pages) {}
    BuddyHeap(const BuddyHeap&) = delete;
    BuddyHeap& operator=(const BuddyHeap&) = delete;

    [[nodiscard]] void* allocate(size_t size) {
        if (size <= bbuddy::kSlabMax) [[likely]]
            return allocate_small(bbuddy::slab_class(size));
        return allocate_pages(size, kHeapAlign);
    }

    [[nodiscard]] void* allocate(size_t size, size_t align) {
        if (!is_pow2(align))
            return nullptr;
        if (align <= kHeapAlign)
            return allocate(size);
        const size_t both = size > align ? size : align;
        if (both <= kSlabAlignMax) // powers of two are aligned to themselves
            return allocate_small(bbuddy::slab_class(std::bit_ceil(both)));
        return allocate_pages(size, align);
    }

    void deallocate(void* block) {
        if (!block)
            return;
        if (is_page_aligned(block)) {
            deallocate_pages(block);
            return;
        }
        Slab* slab = head_of(block);
        if (slab->magic != Slab::kMagic) {
            free_run(run_of(block));
            return;
        }
        check_small(slab, block);
        const bool was_full = slab->full();
        slab->put(block);
        if (was_full)
            link(slab);
        else if (slab->used == 0 && (slab->next || slab->prev))
            free_slab(slab); // another of this class has room
    }

    [[nodiscard]] void* reallocate(void* block, size_t size);
    [[nodiscard]] size_t usable_size(const void* block) const;
    [[nodiscard]] HeapStats stats() const;
    size_t trim();
    [[nodiscard]] bool verify() const;

  private:
    static constexpr size_t kSlabAlignMax = 1024;

    // Head of a page run that holds one block. Lies in the page where the block starts, or in the
    // page before it if the block is page-aligned.
    struct [[gnu::may_alias]] Run {
        static constexpr uint32_t kMagic = 0x4c0a4c0a;
        uint32_t magic;
        char* base;
        size_t pages;
        size_t payload; // offset of the block from `base`
    };
    static constexpr size_t kRunHeader = 64;

    static bool is_page_aligned(const void* block) { return is_aligned(block, kPageSize); }
    static Slab* head_of(const void* block) {
        return reinterpret_cast<Slab*>(reinterpret_cast<uintptr_t>(block) & ~(kPageSize - 1));
    }
    static Run* run_of(const void* block);
    static unsigned order_for(size_t bytes) { return log2_ceil(div_round_up(bytes, kPageSize)); }
    static void check_small(const Slab* slab, const void* block) {
        if (slab->used == 0 || (kOptions.checks && !slab->is_live(block))) [[unlikely]]
            bad_pointer(block);
    }
    [[noreturn, gnu::cold, gnu::noinline]] static void bad_pointer(const void* block) {
        UK_PANIC("heap: %p freed twice, or never allocated", block);
    }

    void* allocate_small(unsigned size_class) {
        Slab* slab = partial_[size_class];
        if (!slab) [[unlikely]] {
            slab = new_slab(size_class);
            if (!slab)
                return nullptr;
        }
        void* object = slab->take();
        if (slab->full())
            unlink(slab);
        return object;
    }
    [[gnu::noinline]] Slab* new_slab(unsigned size_class);
    [[gnu::noinline]] void free_slab(Slab* slab);
    void link(Slab* slab);
    void unlink(Slab* slab);

    [[gnu::noinline]] void* allocate_pages(size_t size, size_t align);
    [[gnu::noinline]] void deallocate_pages(void* block);
    void* allocate_order(unsigned order);
    bool grow(unsigned order);
    void* allocate_run(size_t size, size_t align);
    void free_run(Run* run);

    bbuddy::PageBuddy buddy_;
    Slab* partial_[bbuddy::kSlabSizes.size()] = {};
    size_t total_ = 0; // bytes held from the page source
    size_t runs_ = 0;
    [[no_unique_address]] Pages pages_{};
};

} // namespace uk

#include <uk/allocbbuddy/bbuddy_heap_impl.hpp>
