// SPDX-License-Identifier: BSD-3-Clause
// BuddyHeap's member functions. Included by bbuddy_heap.hpp only.
#pragma once

#include <uk/allocbbuddy/bbuddy_heap.hpp>

namespace uk {

#define UK_BUDDY_TEMPLATE template <PageSource Pages, BuddyOptions kOptions>
#define UK_BUDDY BuddyHeap<Pages, kOptions>

// Small blocks ------------------------------------------------------------------------------------

UK_BUDDY_TEMPLATE
void UK_BUDDY::link(Slab* slab) {
    Slab*& head = partial_[slab->size_class];
    slab->next = head;
    slab->prev = nullptr;
    if (head)
        head->prev = slab;
    head = slab;
}

UK_BUDDY_TEMPLATE
void UK_BUDDY::unlink(Slab* slab) {
    if (slab->next)
        slab->next->prev = slab->prev;
    (slab->prev ? slab->prev->next : partial_[slab->size_class]) = slab->next;
    slab->next = slab->prev = nullptr;
}

UK_BUDDY_TEMPLATE
bbuddy::Slab* UK_BUDDY::new_slab(unsigned size_class) {
    auto* slab = static_cast<Slab*>(allocate_order(0));
    if (!slab)
        return nullptr;
    slab->init(size_class);
    link(slab);
    return slab;
}

UK_BUDDY_TEMPLATE
void UK_BUDDY::free_slab(Slab* slab) {
    unlink(slab);
    slab->magic = 0;
    buddy_.deallocate(*buddy_.zone_of(slab), slab);
}

// Pages -------------------------------------------------------------------------------------------

UK_BUDDY_TEMPLATE
void* UK_BUDDY::allocate_order(unsigned order) {
    if (void* block = buddy_.allocate(order)) [[likely]]
        return block;
    return grow(order) ? buddy_.allocate(order) : nullptr;
}

// Adds a zone that has a block of this order. Asks for a quarter of what is held already, so that
// there are few zones (each free walks them); then for less and less.
UK_BUDDY_TEMPLATE
bool UK_BUDDY::grow(unsigned order) {
    const size_t block = size_t{1} << order;
    // Wherever the run lies, it contains an aligned block of this order.
    const size_t sure = 2 * block - 1 + bbuddy::Zone::header_pages(2 * block);
    size_t pages = total_ / kPageSize / 4;
    pages = pages < kLeastGrowthPages ? kLeastGrowthPages : pages;
    pages = pages < sure ? sure : pages;
    for (;;) {
        const Result<void*> run = pages_.allocate_pages(pages);
        if (run.ok()) {
            total_ += pages * kPageSize;
            runs_++;
            return buddy_.add_zone(run.value(), pages);
        }
        if (pages == sure)
            return false;
        pages = pages / 2 < sure ? sure : pages / 2;
    }
}

UK_BUDDY_TEMPLATE
void* UK_BUDDY::allocate_pages(size_t size, size_t align) {
    if (size > kHeapMaxRequest || align > kHeapMaxRequest)
        return nullptr;
    const size_t both = size > align ? size : align;
    if (both <= kLargest)
        if (void* block = allocate_order(order_for(both)))
            return block;
    return allocate_run(size, align);
}

UK_BUDDY_TEMPLATE
void UK_BUDDY::deallocate_pages(void* block) {
    Zone* zone = buddy_.zone_of(block);
    if (!zone) {
        free_run(run_of(block));
        return;
    }
    if (bbuddy::PageBuddy::order_of(*zone, block) < 0) [[unlikely]]
        bad_pointer(block);
    buddy_.deallocate(*zone, block);
}

// Runs of their own -------------------------------------------------------------------------------

UK_BUDDY_TEMPLATE
typename UK_BUDDY::Run* UK_BUDDY::run_of(const void* block) {
    const auto start = reinterpret_cast<uintptr_t>(block);
    auto* run = reinterpret_cast<Run*>((start - 1) & ~(kPageSize - 1));
    if (run->magic != Run::kMagic || run->base + run->payload != block) [[unlikely]]
        bad_pointer(block);
    return run;
}

UK_BUDDY_TEMPLATE
void* UK_BUDDY::allocate_run(size_t size, size_t align) {
    const size_t before = align > kRunHeader ? align : kRunHeader;
    const size_t slack = align > kPageSize ? align : 0; // runs are page-aligned, no better
    if (size + before + slack > kHeapMaxRequest)
        return nullptr;
    const size_t pages = div_round_up(size + before + slack, kPageSize);
    Result<void*> run = pages_.allocate_pages(pages);
    if (!run.ok())
        return nullptr;
    char* base = static_cast<char*>(run.take());
    const size_t skip = -(reinterpret_cast<uintptr_t>(base) + before) & (align - 1);
    char* block = base + before + skip;
    auto* head =
        reinterpret_cast<Run*>((reinterpret_cast<uintptr_t>(block) - 1) & ~(kPageSize - 1));
    *head = Run{Run::kMagic, base, pages, before + skip};
    total_ += pages * kPageSize;
    runs_++;
    return block;
}

UK_BUDDY_TEMPLATE
void UK_BUDDY::free_run(Run* run) {
    const size_t pages = run->pages;
    run->magic = 0;
    if constexpr (kPagesReturnable<Pages>) {
        total_ -= pages * kPageSize;
        runs_--;
        pages_.free_pages(run->base, pages);
    } else if (!buddy_.add_zone(run->base, pages)) {
        total_ -= pages * kPageSize; // a single page: nothing fits, nobody wants it back
        runs_--;
    }
}

// Any block ---------------------------------------------------------------------------------------

UK_BUDDY_TEMPLATE
size_t UK_BUDDY::usable_size(const void* block) const {
    if (!block)
        return 0;
    if (is_page_aligned(block)) {
        if (const Zone* zone = buddy_.zone_of(block)) {
            const int order = bbuddy::PageBuddy::order_of(*zone, block);
            if (order < 0)
                bad_pointer(block);
            return kPageSize << order;
        }
    } else if (const Slab* slab = head_of(block); slab->magic == Slab::kMagic) {
        return slab->size();
    }
    const Run* run = run_of(block);
    return run->pages * kPageSize - run->payload;
}

UK_BUDDY_TEMPLATE
void* UK_BUDDY::reallocate(void* block, size_t size) {
    if (!block)
        return allocate(size);
    if (size == 0) {
        deallocate(block);
        return nullptr;
    }
    if (size > kHeapMaxRequest)
        return nullptr;
    const size_t have = usable_size(block);
    Zone* zone = is_page_aligned(block) ? buddy_.zone_of(block) : nullptr;
    if (zone) {
        const unsigned want = order_for(size);
        if (size <= have) {
            buddy_.shrink(*zone, block, want);
            return block;
        }
        if (size <= kLargest && buddy_.extend(*zone, block, want))
            return block;
    }
    if (size <= have && (size > have / 2 || have < 2 * kHeapAlign))
        return block;
    void* moved = allocate(size);
    if (!moved)
        return size <= have ? block : nullptr;
    memcpy(moved, block, have < size ? have : size);
    deallocate(block);
    return moved;
}

UK_BUDDY_TEMPLATE
size_t UK_BUDDY::trim() {
    for (Slab* slab : partial_) {
        while (slab) {
            Slab* next = slab->next;
            if (slab->used == 0)
                free_slab(slab);
            slab = next;
        }
    }
    const size_t before = total_;
    if constexpr (kPagesReturnable<Pages>) {
        for (Zone* zone = buddy_.first_zone(); zone;) {
            Zone* next = zone->next;
            if (zone->free_pages == zone->pages) {
                const size_t pages = zone->run_pages;
                buddy_.remove_zone(zone);
                total_ -= pages * kPageSize;
                runs_--;
                pages_.free_pages(zone, pages);
            }
            zone = next;
        }
    }
    return before - total_;
}

UK_BUDDY_TEMPLATE
HeapStats UK_BUDDY::stats() const {
    HeapStats all;
    all.total_bytes = total_;
    all.runs = runs_;
    all.free_bytes = buddy_.free_bytes();
    all.largest_free = buddy_.largest_free();
    for (const Slab* slab : partial_)
        for (; slab; slab = slab->next)
            all.free_bytes += (bbuddy::slab_capacity(slab->size_class) - slab->used) * slab->size();
    return all;
}

UK_BUDDY_TEMPLATE
bool UK_BUDDY::verify() const {
    for (unsigned c = 0; c < bbuddy::kSlabSizes.size(); c++) {
        const Slab* before = nullptr;
        for (const Slab* slab = partial_[c]; slab; before = slab, slab = slab->next)
            if (slab->size_class != c || slab->prev != before || slab->full() || !slab->verify())
                return false;
    }
    return buddy_.verify();
}

#undef UK_BUDDY
#undef UK_BUDDY_TEMPLATE

} // namespace uk
