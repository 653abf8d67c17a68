// SPDX-License-Identifier: BSD-3-Clause
// Page tables whose mappings come and go, page by page: the application's half of an address space.
//
// Pure: the processor and the frames of tables are a policy, so host tests run it over ordinary
// memory. PageMap adds mappings that stay for ever (the direct map); both use the same codecs.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <uk/assert.h>
#include <uk/base/address.hpp>
#include <uk/base/result.hpp>
#include <uk/pagetable/codec.hpp>

namespace uk::pagetable {

// The machine under a PageTable.
//
// take()          a frame of zeros, which the processor sees as such, or ENOMEM
// give(frame)     such a frame back; no processor walks it any more
// table(frame)    the contents of a table
// publish()       what was written to tables so far is seen by the processor's walks from here on
// forget(page)    drops what the processor remembers of a page and of the tables that led there
// forgotten()     all forget()s before have happened, on every processor
// code(frame)     bytes of the frame were written, and shall be fetched as instructions now
template <class M>
concept TableMachine = requires(M& machine, Paddr frame, Vaddr page) {
    { machine.take() } -> std::same_as<Result<Paddr>>;
    { machine.give(frame) } -> std::same_as<void>;
    { machine.table(frame) } -> std::same_as<uint64_t*>;
    { machine.publish() } -> std::same_as<void>;
    { machine.forget(page) } -> std::same_as<void>;
    { machine.forgotten() } -> std::same_as<void>;
    { machine.code(frame) } -> std::same_as<void>;
};

// A page that has a frame; hidden ones have, too (Protection::read is false).
struct PageEntry {
    bool used = false;
    Paddr frame{};
    Protection protection{};
};

// Pages that an unmap() took out, in ascending order. No processor remembers them.
struct Removed {
    static constexpr size_t kMost = 32;
    struct Page {
        Vaddr page;
        Paddr frame;
    };
    Page pages[kMost];
    size_t count = 0;
};

// Pages of 4 KiB below `root`, which is never given back. All functions are for page-aligned
// addresses in the half that the root's owner set aside; none blocks. Not synchronised.
template <Codec C, TableMachine M>
class PageTable {
  public:
    constexpr PageTable(Paddr root, M machine) : root_(root), machine_(machine) {}

    [[nodiscard]] M& machine() { return machine_; }

    // Gives `page` a frame. Errors: ENOMEM (no tables; nothing has changed), EEXIST (it has one).
    Result<> map(Vaddr page, Paddr frame, Protection protection);

    // Takes out pages of `range` from its start on, and tables that become empty. Returns where it
    // stopped: at the end, or earlier because `out`, which must be empty, is full. The time depends
    // on pages and tables that there are, not on the size of the range.
    Vaddr unmap(VirtRange range, Removed& out);

    // Changes the protection of those pages of `range` that have a frame. `device` must stay as it
    // was.
    void protect(VirtRange range, Protection protection);

    [[nodiscard]] PageEntry find(Vaddr page);

  private:
    // The tables that lead to an address, as far down as there are any.
    struct Path {
        uint64_t* table[C::kLevels + 1]; // by level
        unsigned lowest;
    };
    // Tables taken out at once: each page of a Removed may have been the last one of its tables.
    static constexpr size_t kMostTables = Removed::kMost * (C::kLevels - 1);

    static constexpr size_t index(Vaddr address, unsigned level) {
        return (address.value() >> level_shift(level)) % kEntries;
    }
    static constexpr uint64_t span(unsigned level) { return uint64_t{1} << level_shift(level); }
    // The next address that another entry of this level stands for.
    static constexpr Vaddr next(Vaddr at, unsigned level) {
        return at.align_down(span(level)) + span(level);
    }

    Path descend(Vaddr at);
    size_t prune(Path& path, Vaddr at, Paddr* tables);
    static bool is_empty(const uint64_t* table);
    Result<> take_tables(Paddr* tables, unsigned count);

    Paddr root_;
    M machine_;
};

template <Codec C, TableMachine M>
typename PageTable<C, M>::Path PageTable<C, M>::descend(Vaddr at) {
    Path path;
    path.lowest = C::kLevels;
    path.table[C::kLevels] = machine_.table(root_);
    while (path.lowest > 1) {
        uint64_t entry = path.table[path.lowest][index(at, path.lowest)];
        if (entry == 0) {
            break;
        }
        UK_ASSERT(C::is_table(entry, path.lowest) && "only pages of 4 KiB are put here");
        path.lowest--;
        path.table[path.lowest] = machine_.table(C::address(entry));
    }
    return path;
}

// All or none: what was linked once could be remembered by a processor.
template <Codec C, TableMachine M>
Result<> PageTable<C, M>::take_tables(Paddr* tables, unsigned count) {
    for (unsigned have = 0; have < count; have++) {
        Result<Paddr> frame = machine_.take();
        if (!frame.ok()) {
            while (have > 0) {
                machine_.give(tables[--have]);
            }
            return frame.error();
        }
        tables[have] = frame.value();
    }
    return {};
}

template <Codec C, TableMachine M>
Result<> PageTable<C, M>::map(Vaddr page, Paddr frame, Protection protection) {
    Path path = descend(page);
    Paddr tables[C::kLevels];
    unsigned missing = path.lowest - 1;
    UK_TRY(take_tables(tables, missing));
    for (unsigned level = path.lowest; level > 1; level--) {
        Paddr lower = tables[--missing];
        path.table[level][index(page, level)] = C::table(lower);
        path.table[level - 1] = machine_.table(lower);
    }
    uint64_t& entry = path.table[1][index(page, 1)];
    if (entry != 0) {
        return Errno::exist;
    }
    if (protection.execute) {
        machine_.code(frame);
    }
    entry = C::page(frame, 1, C::attributes(protection));
    machine_.publish();
    return {};
}

template <Codec C, TableMachine M>
bool PageTable<C, M>::is_empty(const uint64_t* table) {
    for (size_t i = 0; i < kEntries; i++) {
        if (table[i] != 0) {
            return false;
        }
    }
    return true;
}

// Unlinks the tables on the path to `at` that are empty; stores them in `tables`, returns how many.
template <Codec C, TableMachine M>
size_t PageTable<C, M>::prune(Path& path, Vaddr at, Paddr* tables) {
    size_t count = 0;
    for (unsigned level = 2; level <= C::kLevels && is_empty(path.table[level - 1]); level++) {
        uint64_t& entry = path.table[level][index(at, level)];
        tables[count++] = C::address(entry);
        entry = 0;
    }
    return count;
}

template <Codec C, TableMachine M>
Vaddr PageTable<C, M>::unmap(VirtRange range, Removed& out) {
    UK_ASSERT(out.count == 0);
    Paddr tables[kMostTables];
    size_t table_count = 0;
    Vaddr at = range.start;
    const Vaddr end = range.end();
    while (at < end && out.count < Removed::kMost) {
        Path path = descend(at);
        if (path.lowest > 1) {
            at = next(at, path.lowest);
            continue;
        }
        const Vaddr first = at;
        const size_t before = out.count;
        const Vaddr stop = next(at, 2) < end ? next(at, 2) : end;
        for (; at < stop && out.count < Removed::kMost; at += kPageSize) {
            uint64_t& entry = path.table[1][index(at, 1)];
            if (entry != 0) {
                out.pages[out.count++] = {at, C::address(entry)};
                entry = 0;
            }
        }
        if (out.count != before) {
            table_count += prune(path, first, tables + table_count);
        }
    }
    if (out.count != 0) {
        machine_.publish();
        for (size_t i = 0; i < out.count; i++) {
            machine_.forget(out.pages[i].page);
        }
        machine_.forgotten();
        for (size_t i = 0; i < table_count; i++) {
            machine_.give(tables[i]);
        }
    }
    return at < end ? at : end;
}

// What lies between the first and the last page that changed is forgotten, too: that costs less
// than telling the processor of each entry by itself that it was written.
template <Codec C, TableMachine M>
void PageTable<C, M>::protect(VirtRange range, Protection protection) {
    const uint64_t attributes = C::attributes(protection);
    for (Vaddr at = range.start; at < range.end();) {
        Path path = descend(at);
        if (path.lowest > 1) {
            at = next(at, path.lowest);
            continue;
        }
        const Vaddr stop = next(at, 2) < range.end() ? next(at, 2) : range.end();
        Vaddr first = stop;
        Vaddr last = at;
        for (; at < stop; at += kPageSize) {
            uint64_t& entry = path.table[1][index(at, 1)];
            const uint64_t wanted = C::page(C::address(entry), 1, attributes);
            if (entry == 0 || entry == wanted) {
                continue;
            }
            if (protection.execute) {
                machine_.code(C::address(entry));
            }
            entry = wanted;
            first = first == stop ? at : first;
            last = at + kPageSize;
        }
        if (first < last) {
            machine_.publish();
            for (; first < last; first += kPageSize) {
                machine_.forget(first);
            }
            machine_.forgotten();
        }
    }
}

template <Codec C, TableMachine M>
PageEntry PageTable<C, M>::find(Vaddr page) {
    Path path = descend(page);
    if (path.lowest > 1) {
        return {};
    }
    const uint64_t entry = path.table[1][index(page, 1)];
    if (entry == 0) {
        return {};
    }
    return {true, C::address(entry), C::protection(entry)};
}

} // namespace uk::pagetable
