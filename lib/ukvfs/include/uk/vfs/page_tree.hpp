// SPDX-License-Identifier: BSD-3-Clause
// PageTree: numbers of pages to words, sparse; what PagedContent keeps its pages in.
//
// A radix tree of tables with 64 words each. The word of page 0 lies in the tree itself, so that
// small files need no table. Depth follows the highest page: a table for 256 KiB of file, two
// levels up to 16 MiB, six at most.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>

#include <uk/assert.h>
#include <uk/base/atomic.hpp>
#include <uk/base/result.hpp>

namespace uk::vfs {

// One page's word; 0: there is nothing.
using PageWord = Atomic<uint64_t>;

// Heap: allocate(size) gives memory or null, deallocate(block) takes it. "Changing": by one thread
// at a time, which others may accompany that only find(). "Alone": nobody else is in the tree.
template <class Heap>
class PageTree {
  public:
    static constexpr unsigned kBits = 6;
    static constexpr unsigned kMostHeight = 6;
    static constexpr uint64_t kPages = uint64_t{1} << (kBits * kMostHeight);

    constexpr PageTree() = default;
    PageTree(const PageTree&) = delete;
    PageTree& operator=(const PageTree&) = delete;
#ifdef UK_HOST_TEST
    ~PageTree() {
        UK_ASSERT(root_.load_relaxed() == 0 && "tables are left");
    }
#endif

    // By any number of threads, without a lock. Who finds a word sees what was written before it
    // was stored with release.
    [[nodiscard]] uint64_t find(uint64_t page) const {
        return page == 0 ? first_.load_acquire() : find_in_tables(page);
    }
    // Whether no word was ever made, or all were pruned since.
    [[nodiscard]] bool empty() const {
        return root_.load_relaxed() == 0 && first_.load_relaxed() == 0;
    }

    // Changing. The word of a page, with the tables that lead to it; it stays where it is until it
    // is pruned. Errors: ENOMEM.
    [[nodiscard]] Result<PageWord*> make(Heap& heap, uint64_t page);

    struct Found {
        uint64_t page;
        PageWord* word;
    };
    // Changing. The first page of [from, end) whose word is not 0.
    [[nodiscard]] std::optional<Found> next(uint64_t from, uint64_t end);

    // Alone. Gives back the tables of [from, end) whose words are all 0.
    void prune(Heap& heap, uint64_t from, uint64_t end);

  private:
    static constexpr size_t kWords = size_t{1} << kBits;
    static constexpr uintptr_t kHeight = 7; // low bits of root_: levels of tables; 0: no table

    struct Table {
        Atomic<uint64_t> words[kWords]; // addresses of tables, in the lowest level words of pages
    };
    static_assert(alignof(Table) > kMostHeight);

    static Table* table_of(uint64_t word) {
        return reinterpret_cast<Table*>(static_cast<uintptr_t>(word));
    }
    static uint64_t address(const Table* table) {
        return reinterpret_cast<uintptr_t>(table);
    }
    static size_t slot(uint64_t page, unsigned shift) {
        return (page >> shift) % kWords;
    }

    uint64_t find_in_tables(uint64_t page) const {
        const uintptr_t root = root_.load_acquire();
        unsigned shift = static_cast<unsigned>(root & kHeight) * kBits;
        if (page >> shift != 0)
            return 0;
        uint64_t word = root & ~kHeight;
        while (shift != 0) {
            if (word == 0)
                return 0;
            shift -= kBits;
            word = table_of(word)->words[slot(page, shift)].load_acquire();
        }
        return word;
    }
    static Table* take_table(Heap& heap) {
        void* memory = heap.allocate(sizeof(Table));
        return memory != nullptr ? ::new (memory) Table : nullptr;
    }
    Result<> grow(Heap& heap, uint64_t page);
    bool prune_table(Heap& heap, Table& table, unsigned shift, uint64_t base, uint64_t from,
                     uint64_t end);

    PageWord first_{0};
    Atomic<uintptr_t> root_{0};
};

// Puts tables on top of the tree until it reaches the page.
template <class Heap>
Result<> PageTree<Heap>::grow(Heap& heap, uint64_t page) {
    for (;;) {
        const uintptr_t root = root_.load_relaxed();
        auto height = static_cast<unsigned>(root & kHeight);
        if (height != 0 && page >> (height * kBits) == 0)
            return ok();
        Table* top = take_table(heap);
        if (top == nullptr)
            return Errno::nomem;
        top->words[0].store_relaxed(root & ~kHeight);
        do {
            height++;
        } while (root == 0 && page >> (height * kBits) != 0);
        root_.store_release(address(top) | height);
    }
}

template <class Heap>
Result<PageWord*> PageTree<Heap>::make(Heap& heap, uint64_t page) {
    UK_ASSERT(page < kPages);
    if (page == 0)
        return &first_;
    UK_TRY(grow(heap, page));
    const uintptr_t root = root_.load_relaxed();
    unsigned shift = static_cast<unsigned>((root & kHeight) - 1) * kBits;
    Table* table = table_of(root & ~kHeight);
    for (; shift != 0; shift -= kBits) {
        Atomic<uint64_t>& word = table->words[slot(page, shift)];
        if (word.load_relaxed() == 0) {
            Table* lower = take_table(heap);
            if (lower == nullptr)
                return Errno::nomem;
            word.store_release(address(lower));
        }
        table = table_of(word.load_relaxed());
    }
    return &table->words[slot(page, 0)];
}

template <class Heap>
auto PageTree<Heap>::next(uint64_t from, uint64_t end) -> std::optional<Found> {
    if (from == 0 && end != 0) {
        if (first_.load_relaxed() != 0)
            return Found{0, &first_};
        from = 1;
    }
    const uintptr_t root = root_.load_relaxed();
    const auto height = static_cast<unsigned>(root & kHeight);
    if (height == 0)
        return std::nullopt;
    const uint64_t reach = uint64_t{1} << (height * kBits);
    end = end < reach ? end : reach;
    uint64_t page = from;
    while (page < end) {
        unsigned shift = (height - 1) * kBits;
        Table* table = table_of(root & ~kHeight);
        for (;;) {
            size_t i = slot(page, shift);
            while (i < kWords && table->words[i].load_relaxed() == 0) {
                i++;
                page = ((page >> shift) + 1) << shift;
            }
            if (i == kWords)
                break; // on in the next table, from the top
            if (page >= end)
                return std::nullopt;
            if (shift == 0)
                return Found{page, &table->words[i]};
            table = table_of(table->words[i].load_relaxed());
            shift -= kBits;
        }
    }
    return std::nullopt;
}

// True: the table holds nothing any more. `base`: the first page under it.
template <class Heap>
bool PageTree<Heap>::prune_table(Heap& heap, Table& table, unsigned shift, uint64_t base,
                                 uint64_t from, uint64_t end) {
    bool empty = true;
    for (size_t i = 0; i < kWords; i++) {
        Atomic<uint64_t>& word = table.words[i];
        const uint64_t first = base + (static_cast<uint64_t>(i) << shift);
        if (shift != 0 && word.load_relaxed() != 0 && first < end &&
            first + (uint64_t{1} << shift) > from) {
            Table* lower = table_of(word.load_relaxed());
            if (prune_table(heap, *lower, shift - kBits, first, from, end)) {
                word.store_relaxed(0);
                heap.deallocate(lower);
            }
        }
        empty = empty && word.load_relaxed() == 0;
    }
    return empty;
}

template <class Heap>
void PageTree<Heap>::prune(Heap& heap, uint64_t from, uint64_t end) {
    const uintptr_t root = root_.load_relaxed();
    if (root == 0)
        return;
    Table* top = table_of(root & ~kHeight);
    if (prune_table(heap, *top, static_cast<unsigned>((root & kHeight) - 1) * kBits, 0, from,
                    end)) {
        root_.store_relaxed(0);
        heap.deallocate(top);
    }
}

} // namespace uk::vfs
