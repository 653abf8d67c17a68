// SPDX-License-Identifier: BSD-3-Clause
// PageBuddy: splitting and merging of page blocks.
#include <uk/allocbbuddy/page_zone.hpp>

namespace uk::bbuddy {

bool PageBuddy::add_zone(void* run, size_t run_pages) {
    const size_t header = Zone::header_pages(run_pages);
    if (run_pages <= header)
        return false;
    auto* zone = static_cast<Zone*>(run);
    zone->next = zones_;
    zone->base = static_cast<char*>(run) + header * kPageSize;
    zone->pages = run_pages - header;
    zone->free_pages = zone->pages;
    zone->run_pages = run_pages;
    memset(zone->map(), kInner, zone->pages);
    zones_ = zone;
    // The fewest aligned blocks that cover the zone: growing from the start, then shrinking.
    char* end = zone->base + zone->pages * kPageSize;
    for (char* at = zone->base; at < end;) {
        const auto page = reinterpret_cast<uintptr_t>(at) / kPageSize;
        const unsigned most = log2_floor(static_cast<size_t>(end - at) / kPageSize);
        unsigned order = static_cast<unsigned>(std::countr_zero(page));
        order = order < most ? order : most;
        order = order < kOrders ? order : kOrders - 1;
        insert(*zone, at, order);
        at += bytes_of(order);
    }
    return true;
}

void PageBuddy::remove_zone(Zone* zone) {
    UK_VERIFY(zone->free_pages == zone->pages);
    for (size_t page = 0; page < zone->pages;) {
        const unsigned order = zone->map()[page] & kOrderMask;
        remove(*zone, reinterpret_cast<FreeBlock*>(zone->base + page * kPageSize), order);
        page += size_t{1} << order;
    }
    for (Zone** link = &zones_; *link; link = &(*link)->next) {
        if (*link == zone) {
            *link = zone->next;
            return;
        }
    }
}

Zone* PageBuddy::zone_of(const void* block) const {
    for (Zone* zone = zones_; zone; zone = zone->next)
        if (zone->contains(block))
            return zone;
    return nullptr;
}

void PageBuddy::insert(Zone& zone, void* memory, unsigned order) {
    auto* block = static_cast<FreeBlock*>(memory);
    block->next = heads_[order];
    block->prev = nullptr;
    if (block->next)
        block->next->prev = block;
    heads_[order] = block;
    orders_ |= uint64_t{1} << order;
    zone.map()[zone.page_of(block)] = static_cast<uint8_t>(kFreeHead | order);
}

void PageBuddy::remove(Zone& zone, FreeBlock* block, unsigned order) {
    if (block->next)
        block->next->prev = block->prev;
    if (block->prev)
        block->prev->next = block->next;
    else
        heads_[order] = block->next;
    if (!heads_[order])
        orders_ &= ~(uint64_t{1} << order);
    zone.map()[zone.page_of(block)] = kInner;
}

bool PageBuddy::is_free_block(const Zone& zone, const void* block, unsigned order) const {
    return zone.contains(block) && zone.map()[zone.page_of(block)] == (kFreeHead | order);
}

void* PageBuddy::allocate(unsigned order) {
    if (order >= kOrders)
        return nullptr;
    const uint64_t enough = orders_ >> order << order;
    if (!enough)
        return nullptr;
    auto found = static_cast<unsigned>(std::countr_zero(enough));
    FreeBlock* block = heads_[found];
    Zone& zone = *zone_of(block);
    remove(zone, block, found);
    while (found > order) {
        found--;
        insert(zone, reinterpret_cast<char*>(block) + bytes_of(found), found);
    }
    zone.map()[zone.page_of(block)] = static_cast<uint8_t>(kUsedHead | order);
    zone.free_pages -= size_t{1} << order;
    return block;
}

int PageBuddy::order_of(const Zone& zone, const void* block) {
    const uint8_t state = zone.map()[zone.page_of(block)];
    return state & kUsedHead ? state & kOrderMask : -1;
}

static void* buddy_of(void* block, size_t bytes) {
    return reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(block) ^ bytes);
}

void PageBuddy::deallocate(Zone& zone, void* block) {
    auto order = static_cast<unsigned>(order_of(zone, block));
    zone.free_pages += size_t{1} << order;
    zone.map()[zone.page_of(block)] = kInner;
    for (; order + 1 < kOrders; order++) {
        void* buddy = buddy_of(block, bytes_of(order));
        if (!is_free_block(zone, buddy, order))
            break;
        remove(zone, static_cast<FreeBlock*>(buddy), order);
        block = buddy < block ? buddy : block;
    }
    insert(zone, block, order);
}

void PageBuddy::shrink(Zone& zone, void* block, unsigned order) {
    for (auto now = static_cast<unsigned>(order_of(zone, block)); now > order;) {
        now--;
        zone.free_pages += size_t{1} << now;
        insert(zone, static_cast<char*>(block) + bytes_of(now), now);
    }
    zone.map()[zone.page_of(block)] = static_cast<uint8_t>(kUsedHead | order);
}

bool PageBuddy::extend(Zone& zone, void* block, unsigned order) {
    const auto now = static_cast<unsigned>(order_of(zone, block));
    for (unsigned k = now; k < order; k++) {
        void* buddy = buddy_of(block, bytes_of(k));
        if (buddy < block || !is_free_block(zone, buddy, k))
            return false;
    }
    for (unsigned k = now; k < order; k++) {
        remove(zone, static_cast<FreeBlock*>(buddy_of(block, bytes_of(k))), k);
        zone.free_pages -= size_t{1} << k;
    }
    zone.map()[zone.page_of(block)] = static_cast<uint8_t>(kUsedHead | order);
    return true;
}

size_t PageBuddy::free_bytes() const {
    size_t pages = 0;
    for (const Zone* zone = zones_; zone; zone = zone->next)
        pages += zone->free_pages;
    return pages * kPageSize;
}

// The blocks of a zone follow each other without gap, and no two free buddies lie side by side.
bool PageBuddy::verify_zone(const Zone& zone) const {
    size_t free_pages = 0;
    size_t page = 0;
    while (page < zone.pages) {
        const uint8_t state = zone.map()[page];
        const unsigned order = state & kOrderMask;
        char* block = zone.base + page * kPageSize;
        if (!(state & (kFreeHead | kUsedHead)) || order >= kOrders)
            return false;
        if (!is_aligned(block, bytes_of(order)))
            return false;
        if (state & kFreeHead) {
            free_pages += size_t{1} << order;
            if (is_free_block(zone, buddy_of(block, bytes_of(order)), order))
                return false;
        }
        page += size_t{1} << order;
    }
    return page == zone.pages && free_pages == zone.free_pages;
}

bool PageBuddy::verify() const {
    size_t listed = 0;
    for (unsigned order = 0; order < kOrders; order++) {
        if ((heads_[order] != nullptr) != ((orders_ >> order & 1) != 0))
            return false;
        const FreeBlock* before = nullptr;
        for (const FreeBlock* block = heads_[order]; block; before = block, block = block->next) {
            const Zone* zone = zone_of(block);
            if (!zone || block->prev != before || !is_free_block(*zone, block, order))
                return false;
            listed += bytes_of(order);
        }
    }
    for (const Zone* zone = zones_; zone; zone = zone->next)
        if (!verify_zone(*zone))
            return false;
    return listed == free_bytes();
}

} // namespace uk::bbuddy
