// SPDX-License-Identifier: BSD-3-Clause
// TlsfHeap's member functions. Included by tlsf_heap.hpp only.
#pragma once

#include <uk/alloctlsf/tlsf_heap.hpp>

namespace uk {

#define UK_TLSF_TEMPLATE template <PageSource Pages, TlsfOptions kOptions>
#define UK_TLSF TlsfHeap<Pages, kOptions>

UK_TLSF_TEMPLATE
void UK_TLSF::damaged(const Block* block) {
    UK_PANIC("heap: damaged block header at %p: 0x%016llx (bad pointer, or written past the block "
             "before it)",
             static_cast<const void*>(block), static_cast<unsigned long long>(block->header_));
}

UK_TLSF_TEMPLATE
void UK_TLSF::not_live(const Block* block) {
    UK_PANIC("heap: %p freed twice, or never allocated",
             static_cast<const void*>(reinterpret_cast<const char*>(block) + tlsf::kHeaderBytes));
}

// A block that its owner hands in. The cheap test is always there; the others also look at the
// block behind it, which is what a write past the end hits first.
UK_TLSF_TEMPLATE
inline void UK_TLSF::check_live(const Block* block) {
    if constexpr (kChecks) {
        if (!is_aligned(reinterpret_cast<uintptr_t>(block) + tlsf::kHeaderBytes, kHeapAlign))
            not_live(block);
        check(block);
    }
    if (block->header_ & (tlsf::kFree | tlsf::kQuick)) [[unlikely]]
        not_live(block);
    if constexpr (kChecks)
        check(block->at(block->size()));
}

// A free block of at least `bytes`, still in the index, or nullptr.
UK_TLSF_TEMPLATE
inline tlsf::Block* UK_TLSF::find(size_t bytes) {
    const unsigned found = index_.find(Index::class_at_least(bytes));
    if (found == Index::kNone) [[unlikely]]
        return find_hard(bytes);
    return index_.head(found);
}

// When no class above holds a block: what waits in the quick lists, a few blocks of the class
// itself (some may be large enough), then the page source.
UK_TLSF_TEMPLATE
tlsf::Block* UK_TLSF::find_hard(size_t bytes) {
    if (kQuick && waiting() != 0) {
        flush();
        const unsigned found = index_.find(Index::class_at_least(bytes));
        if (found != Index::kNone)
            return index_.head(found);
    }
    constexpr unsigned kLook = 8;
    Block* block = index_.head(Index::class_of(bytes));
    for (unsigned i = 0; block && i < kLook; i++, block = block->next_)
        if (block->size() >= bytes)
            return block;
    return grow(bytes);
}

// Turns the first `want` bytes of the free block, which has `have`, into a used block.
UK_TLSF_TEMPLATE
inline void UK_TLSF::take(Block* block, size_t have, size_t want) {
    check(block);
    const unsigned size_class = Index::class_of(have);
    const size_t rest = have - want;
    if (rest < tlsf::kMinBlock) {
        index_.remove(block, size_class);
        block->header_ &= ~tlsf::kFree;
        block->at(have)->header_ &= ~tlsf::kPrevFree;
        return;
    }
    Block* tail = block->at(want);
    const unsigned tail_class = Index::class_of(rest);
    if (tail_class == size_class) {
        index_.replace(block, tail, size_class);
    } else {
        index_.remove(block, size_class);
        index_.insert(tail, tail_class);
    }
    set_header(tail, rest, tlsf::kFree);
    tail->set_footer(rest);
    set_header(block, want, block->header_ & tlsf::kFirst);
}

// Requests that found nothing in a quick list, or are too large for one.
UK_TLSF_TEMPLATE
void* UK_TLSF::allocate_larger(size_t size) {
    constexpr size_t kTiny = tlsf::kMinBlock - kHeapAlign - tlsf::kHeaderBytes;
    if (kQuick && (size > kQuickMax ? size <= kShelfMax : size <= kTiny)) {
        const size_t bytes = tlsf::block_bytes(size);
        Block*& list =
            size <= kTiny ? quick_[tlsf::kMinBlock / kHeapAlign] : shelves_[shelf_of(bytes)];
        Block* block = list;
        if (block && block->size() == bytes) {
            check(block);
            list = block->next_;
            return wake(block);
        }
    }
    return allocate_block(size);
}

UK_TLSF_TEMPLATE
void UK_TLSF::deallocate_larger(Block* block) {
    const size_t bytes = block->size();
    if (kQuick && bytes <= kShelfMaxBlock) {
        Block*& shelf = shelves_[shelf_of(bytes)];
        Block* other = shelf;
        if (!other || other->size() == bytes) {
            put_to_wait(block, shelf);
            return;
        }
        // Another size lives here; each comer takes one of them along, so the shelf gets empty.
        shelf = other->next_;
        wake(other);
        release(other);
    }
    release(block);
}

UK_TLSF_TEMPLATE
void* UK_TLSF::allocate_block(size_t size) {
    if (size > kHeapMaxRequest) [[unlikely]]
        return nullptr;
    const size_t want = tlsf::block_bytes(size);
    Block* block = find(want);
    if (!block) [[unlikely]]
        return nullptr;
    take(block, block->size(), want);
    return block->payload();
}

UK_TLSF_TEMPLATE
void* UK_TLSF::allocate_aligned(size_t size, size_t align) {
    if (size > kHeapMaxRequest || align > kHeapMaxRequest)
        return nullptr;
    const size_t want = tlsf::block_bytes(size);
    // The piece cut off in front must be able to live as a block: 0 bytes or kMinBlock and more.
    const size_t need = want + align + kHeapAlign;
    if (need > kHeapMaxRequest)
        return nullptr;
    Block* block = find(need);
    if (!block)
        return nullptr;
    take(block, block->size(), need);
    const auto address = reinterpret_cast<uintptr_t>(block->payload());
    size_t gap = -address & (align - 1);
    if (gap != 0) {
        if (gap < tlsf::kMinBlock)
            gap += align;
        Block* front = block;
        const size_t have = front->size();
        block = front->at(gap);
        set_header(block, have - gap, 0);
        set_header(front, gap, front->header_ & tlsf::kFlags);
        release(front); // the block before it is in use, so this only files it
    }
    cut_tail(block, want);
    return block->payload();
}

// Shortens a used block to `want` bytes and frees the rest, if that can live as a block.
UK_TLSF_TEMPLATE
inline void UK_TLSF::cut_tail(Block* block, size_t want) {
    const size_t rest = block->size() - want;
    if (rest < tlsf::kMinBlock)
        return;
    Block* tail = block->at(want);
    set_header(tail, rest, 0);
    set_header(block, want, block->header_ & tlsf::kFlags);
    release(tail);
}

// Makes a used block free, merges it with free neighbours and files the result, which it returns.
UK_TLSF_TEMPLATE
tlsf::Block* UK_TLSF::merge(Block* block) {
    size_t bytes = block->size();
    Block* next = block->at(bytes);
    check(next);
    block->header_ |= tlsf::kFree; // stays behind in the payload: a second free finds it
    bool filed = false;
    if (block->is_prev_free()) {
        block = block->prev();
        check(block);
        const unsigned old_class = Index::class_of(block->size());
        bytes += block->size();
        // Growing the block in front often leaves it in its class.
        filed = !next->is_free() && old_class == Index::class_of(bytes);
        if (!filed)
            index_.remove(block, old_class);
    }
    if (next->is_free()) {
        const unsigned old_class = Index::class_of(next->size());
        bytes += next->size();
        filed = old_class == Index::class_of(bytes);
        if (filed)
            index_.replace(next, block, old_class);
        else
            index_.remove(next, old_class);
    } else {
        next->header_ |= tlsf::kPrevFree;
    }
    if (!filed)
        index_.insert(block, Index::class_of(bytes));
    set_header(block, bytes, (block->header_ & tlsf::kFirst) | tlsf::kFree);
    block->set_footer(bytes);
    return block;
}

UK_TLSF_TEMPLATE
void UK_TLSF::release(Block* block) {
    const size_t freed = block->size();
    block = merge(block);
    if (kPagesReturnable<Pages> && freed >= kReturnBytes && is_whole_run(block)) [[unlikely]]
        give_back(block);
}

UK_TLSF_TEMPLATE
inline size_t UK_TLSF::flush(Block*& list, size_t most) {
    size_t merged = 0;
    for (; merged < most; merged++) {
        Block* block = list;
        if (!block)
            break;
        check(block);
        list = block->next_;
        wake(block);
        release(block);
    }
    return merged;
}

// Merges kSweep blocks. Each call goes on where the last one stopped, so that sizes which are no
// longer asked for do not wait for ever.
UK_TLSF_TEMPLATE
inline void UK_TLSF::sweep() {
    const size_t most = kSweep < waiting() ? kSweep : waiting();
    for (size_t merged = 0; merged < most;) {
        Block*& list =
            next_sweep_ < kQuickLists ? quick_[next_sweep_] : shelves_[next_sweep_ - kQuickLists];
        merged += flush(list, most - merged);
        next_sweep_ = next_sweep_ + 1 < kQuickLists + kShelves ? next_sweep_ + 1 : 0;
    }
}

// One more waits than may.
UK_TLSF_TEMPLATE
void UK_TLSF::make_room() {
    if (opened_) {
        sweep();
        return;
    }
    opened_ = true;
    room_ += kOptions.waiting_blocks;
}

UK_TLSF_TEMPLATE
void UK_TLSF::flush() {
    for (Block*& list : quick_)
        flush(list, waiting());
    for (Block*& shelf : shelves_)
        flush(shelf, waiting());
}

UK_TLSF_TEMPLATE
void* UK_TLSF::reallocate(void* payload, size_t size) {
    if (!payload)
        return allocate(size);
    if (size == 0) {
        deallocate(payload);
        return nullptr;
    }
    if (size > kHeapMaxRequest)
        return nullptr;
    Block* block = Block::of(payload);
    check_live(block);
    const size_t want = tlsf::block_bytes(size);
    const size_t have = block->size();
    if (want <= have) {
        // Slivers stay: they would only make the next growth move.
        if (have - want >= 2 * tlsf::kMinBlock)
            cut_tail(block, want);
        return payload;
    }
    Block* next = block->at(have);
    if (next->is_free() && have + next->size() >= want) {
        const size_t both = have + next->size();
        take(next, next->size(), next->size());
        set_header(block, both, block->header_ & tlsf::kFlags);
        cut_tail(block, want);
        return payload;
    }
    void* moved = allocate(size);
    if (!moved)
        return nullptr;
    memcpy(moved, payload, have - tlsf::kHeaderBytes);
    deallocate(payload);
    return moved;
}

// Page runs ---------------------------------------------------------------------------------------

// Fetches pages so that a block of `bytes` exists. Small requests fetch more, in proportion to what
// the heap holds; when that cannot be had, just what is needed; and at last only what is missing
// behind the free block at the end of the newest run.
UK_TLSF_TEMPLATE
tlsf::Block* UK_TLSF::grow(size_t bytes) {
    const size_t need = div_round_up(bytes + tlsf::kRunOverhead, kPageSize);
    size_t more = total_ / 4;
    more = more < kLeastGrowth ? kLeastGrowth : more > kMostGrowth ? kMostGrowth : more;
    size_t pages = need > more / kPageSize ? need : more / kPageSize;
    Result<void*> run = pages_.allocate_pages(pages);
    if (!run.ok() && pages > need) {
        pages = need;
        run = pages_.allocate_pages(pages);
    }
    if (!run.ok() && newest_end_) {
        Block* end = Block::of(newest_end_);
        const size_t have = end->is_prev_free() ? end->prev()->size() : 0;
        pages = div_round_up(bytes - (have < bytes ? have : 0), kPageSize);
        if (pages < need)
            run = pages_.allocate_pages(pages);
    }
    if (!run.ok())
        return nullptr;
    Block* block = add_run(run.take(), pages);
    return block && block->size() >= bytes ? block : nullptr;
}

// Makes a run one free block, merged with the newest run where they touch.
UK_TLSF_TEMPLATE
tlsf::Block* UK_TLSF::add_run(void* run, size_t pages) {
    char* base = static_cast<char*>(run);
    const size_t bytes = pages * kPageSize;
    if (bytes > Index::kMaxBlock - total_) { // the index could not file it
        pages_.free_pages(run, pages);
        return nullptr;
    }
    total_ += bytes;
    Block* block = Block::of(base + kHeapAlign);
    Word flags = tlsf::kFirst;
    size_t size = bytes - tlsf::kRunOverhead;
    char* end = base + bytes;
    runs_++;
    if (base == newest_end_) { // the old sentinel becomes the header
        block = Block::of(base);
        flags = block->header_ & tlsf::kPrevFree;
        size += kHeapAlign;
        base = newest_;
        runs_--;
    }
    if (end == newest_) { // the old run's first block follows; its unused bytes become ours
        Block* follower = Block::of(end + kHeapAlign);
        follower->header_ &= ~tlsf::kFirst;
        size += kHeapAlign;
        end = newest_end_;
        runs_--;
    } else {
        set_header(block->at(size), 0, 0);
    }
    newest_ = base;
    newest_end_ = end;
    set_header(block, size, flags);
    return merge(block);
}

// Whether a free block is all of its run.
UK_TLSF_TEMPLATE
inline bool UK_TLSF::is_whole_run(const Block* block) const {
    return block->is_first() && block->at(block->size())->size() == 0;
}

UK_TLSF_TEMPLATE
void UK_TLSF::give_back(Block* block) {
    const size_t bytes = block->size();
    index_.remove(block, Index::class_of(bytes));
    char* base = static_cast<char*>(block->payload()) - kHeapAlign;
    if (base == newest_)
        newest_ = newest_end_ = nullptr;
    const size_t run_bytes = bytes + tlsf::kRunOverhead;
    total_ -= run_bytes;
    runs_--;
    pages_.free_pages(base, run_bytes / kPageSize);
}

UK_TLSF_TEMPLATE
size_t UK_TLSF::trim() {
    if (kQuick)
        flush();
    const size_t before = total_;
    if constexpr (kPagesReturnable<Pages>) {
        const unsigned least = Index::class_of(kPageSize - tlsf::kRunOverhead);
        for (unsigned c = index_.find(least); c < Index::kClasses;) {
            for (Block* block = index_.head(c); block;) {
                Block* following = block->next_;
                if (is_whole_run(block))
                    give_back(block);
                block = following;
            }
            c = c + 1 < Index::kClasses ? index_.find(c + 1) : Index::kNone;
        }
    }
    return before - total_;
}

// Looking -----------------------------------------------------------------------------------------

UK_TLSF_TEMPLATE
HeapStats UK_TLSF::stats() const {
    HeapStats all;
    all.total_bytes = total_;
    all.runs = runs_;
    for (const Block* list : quick_)
        for (; list; list = list->next_)
            all.free_bytes += list->size();
    for (const Block* shelf : shelves_)
        for (; shelf; shelf = shelf->next_)
            all.free_bytes += shelf->size();
    for (unsigned c = 0; c < Index::kClasses; c++) {
        for (const Block* block = index_.head(c); block; block = block->next_) {
            all.free_bytes += block->size();
            if (block->size() > all.largest_free)
                all.largest_free = block->size();
        }
    }
    return all;
}

UK_TLSF_TEMPLATE
bool UK_TLSF::is_sound(const Block* block, unsigned size_class) const {
    const size_t bytes = block->size();
    if (!block->is_free() || block->is_prev_free() || (block->header_ & tlsf::kQuick))
        return false;
    if (bytes < tlsf::kMinBlock || Index::class_of(bytes) != size_class)
        return false;
    if (kChecks && !tlsf::is_sealed(block))
        return false;
    const Block* next = block->at(bytes);
    return block->footer() == bytes && next->is_prev_free() && !next->is_free();
}

UK_TLSF_TEMPLATE
bool UK_TLSF::verify() const {
    for (unsigned c = 0; c < Index::kClasses; c++) {
        const Block* before = nullptr;
        for (const Block* block = index_.head(c); block; before = block, block = block->next_)
            if (block->prev_ != before || !is_sound(block, c))
                return false;
    }
    size_t waiting = 0;
    for (size_t i = 0; i < kQuickLists; i++)
        for (const Block* block = quick_[i]; block; block = block->next_, waiting++)
            if (block->size() != i * kHeapAlign || !is_waiting(block))
                return false;
    for (size_t i = 0; i < kShelves; i++)
        for (const Block* block = shelves_[i]; block; block = block->next_, waiting++)
            if (block->size() != shelves_[i]->size() || !is_waiting(block))
                return false;
    return waiting == this->waiting() && index_.bitmaps_agree();
}

UK_TLSF_TEMPLATE
bool UK_TLSF::is_waiting(const Block* block) {
    if (kChecks && !tlsf::is_sealed(block))
        return false;
    return (block->header_ & (tlsf::kQuick | tlsf::kFree)) == tlsf::kQuick;
}

#undef UK_TLSF
#undef UK_TLSF_TEMPLATE

} // namespace uk
