// SPDX-License-Identifier: BSD-3-Clause
// Page tables whose mappings come and go, page by page: the application's half of an address space.
//
// Pure: the processor and the frames of tables are a policy, so host tests run it over ordinary
// memory. PageMap adds mappings that stay for ever (the direct map); both use the same codecs.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

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
// forget(range)   drops what the processor remembers of these pages and of the tables that led
// there forgotten()     all forget()s before have happened, on every processor. May take long:
// others wait code(frame)     bytes of the frame were written, and shall be fetched as instructions
// now
template <class M>
concept TableMachine = requires(M& machine, Paddr frame, VirtRange range) {
    { machine.take() } -> std::same_as<Result<Paddr>>;
    { machine.give(frame) } -> std::same_as<void>;
    { machine.table(frame) } -> std::same_as<uint64_t*>;
    { machine.publish() } -> std::same_as<void>;
    { machine.forget(range) } -> std::same_as<void>;
    { machine.forgotten() } -> std::same_as<void>;
    { machine.code(frame) } -> std::same_as<void>;
};

// A page that has a frame; hidden ones have, too (Protection::read is false).
struct PageEntry {
    bool used = false;
    Paddr frame{};
    Protection protection{};
};

// Who is told of each page that an unmap() took out: anything that can be called as
// taken(Vaddr page, Paddr frame), and outlives the call.
class PageSink {
  public:
    template <class Taken>
    explicit PageSink(Taken& taken)
        : taken_(&taken), call_([](void* who, Vaddr page, Paddr frame) {
              (*static_cast<Taken*>(who))(page, frame);
          }) {}
    void operator()(Vaddr page, Paddr frame) const { call_(taken_, page, frame); }

  private:
    void* taken_;
    void (*call_)(void*, Vaddr, Paddr);
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

    // Takes out the pages of `ranges`, and tables that become empty, and hands the pages to
    // `taken`, of each range in ascending order, when no processor remembers any of them: they are
    // told once. The time depends on pages and tables that there are, not on the size of the
    // ranges. `taken` must not change these tables.
    void unmap(std::span<const VirtRange> ranges, const PageSink& taken);

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
    static constexpr size_t index(Vaddr address, unsigned level) {
        return (address.value() >> level_shift(level)) % kEntries;
    }
    static constexpr uint64_t span(unsigned level) { return uint64_t{1} << level_shift(level); }
    // The next address that another entry of this level stands for.
    static constexpr Vaddr next(Vaddr at, unsigned level) {
        return at.align_down(span(level)) + span(level);
    }

    // Which tables to go down: those in use, or those on their way out as well.
    enum class Through { used, gone };

    Path descend(Vaddr at, Through through = Through::used);
    template <class Change>
    bool change(VirtRange range, const Change& change);
    void let_go(Path& path, Vaddr at);
    void collect(VirtRange range, const PageSink& taken);
    void give_empty(Path& path, Vaddr at);
    template <class Test>
    static bool all(const uint64_t* table, const Test& test);
    Result<> take_tables(Paddr* tables, unsigned count);

    Paddr root_;
    M machine_;
};

template <Codec C, TableMachine M>
typename PageTable<C, M>::Path PageTable<C, M>::descend(Vaddr at, Through through) {
    Path path;
    path.lowest = C::kLevels;
    path.table[C::kLevels] = machine_.table(root_);
    while (path.lowest > 1) {
        uint64_t entry = path.table[path.lowest][index(at, path.lowest)];
        const bool gone = C::is_gone(entry);
        if (entry == 0 || (gone && through == Through::used)) {
            break;
        }
        UK_ASSERT((gone || C::is_table(entry, path.lowest)) && "only pages of 4 KiB are put here");
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
template <class Test>
bool PageTable<C, M>::all(const uint64_t* table, const Test& test) {
    for (size_t i = 0; i < kEntries; i++) {
        if (!test(table[i])) {
            return false;
        }
    }
    return true;
}

// `change` makes something else of an entry that is not 0, or leaves it alone. Returns whether any
// did. What lies between the first and the last that did is forgotten by this processor, too: that
// costs less than telling it of each entry by itself.
template <Codec C, TableMachine M>
template <class Change>
bool PageTable<C, M>::change(VirtRange range, const Change& change) {
    bool any = false;
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
            const uint64_t wanted = entry != 0 ? change(entry) : 0;
            if (entry != wanted) {
                entry = wanted;
                first = first == stop ? at : first;
                last = at + kPageSize;
            }
        }
        if (first < last) {
            let_go(path, first);
            machine_.publish();
            machine_.forget({first, last - first});
            any = true;
        }
    }
    return any;
}

// Unlinks those tables on the path to `at` that lead nowhere any more; collect() finds them.
template <Codec C, TableMachine M>
void PageTable<C, M>::let_go(Path& path, Vaddr at) {
    for (unsigned level = 2; level <= C::kLevels; level++) {
        if (!all(path.table[level - 1], [](auto e) { return e == 0 || C::is_gone(e); })) {
            return;
        }
        uint64_t& entry = path.table[level][index(at, level)];
        entry = C::gone(entry);
    }
}

// Gives those tables on the path to `at` back that were let go and are empty now.
template <Codec C, TableMachine M>
void PageTable<C, M>::give_empty(Path& path, Vaddr at) {
    for (unsigned level = 2; level <= C::kLevels; level++) {
        uint64_t& entry = path.table[level][index(at, level)];
        if (!C::is_gone(entry) || !all(path.table[level - 1], [](auto e) { return e == 0; })) {
            return;
        }
        machine_.give(C::address(entry));
        entry = 0;
    }
}

// Hands on what is gone in a range; no processor knows the way there.
template <Codec C, TableMachine M>
void PageTable<C, M>::collect(VirtRange range, const PageSink& taken) {
    for (Vaddr at = range.start; at < range.end();) {
        Path path = descend(at, Through::gone);
        if (path.lowest > 1) {
            at = next(at, path.lowest);
            continue;
        }
        const Vaddr first = at;
        const Vaddr stop = next(at, 2) < range.end() ? next(at, 2) : range.end();
        for (; at < stop; at += kPageSize) {
            uint64_t& entry = path.table[1][index(at, 1)];
            if (entry != 0) {
                const Paddr frame = C::address(entry);
                entry = 0;
                taken(at, frame);
            }
        }
        give_empty(path, first);
    }
}

// A processor that still remembers a page may write to it, and one that remembers a table reads it:
// so neither is touched before all have forgotten. What is gone stays in its place meanwhile.
template <Codec C, TableMachine M>
void PageTable<C, M>::unmap(std::span<const VirtRange> ranges, const PageSink& taken) {
    bool any = false;
    for (VirtRange range : ranges) {
        any = change(range, C::gone) || any;
    }
    if (!any) {
        return;
    }
    machine_.forgotten();
    for (VirtRange range : ranges) {
        collect(range, taken);
    }
}

template <Codec C, TableMachine M>
void PageTable<C, M>::protect(VirtRange range, Protection protection) {
    const uint64_t attributes = C::attributes(protection);
    const bool any = change(range, [&](uint64_t entry) {
        const uint64_t wanted = C::page(C::address(entry), 1, attributes);
        if (protection.execute && entry != wanted) {
            machine_.code(C::address(entry));
        }
        return wanted;
    });
    if (any) {
        machine_.forgotten();
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
