// SPDX-License-Identifier: BSD-3-Clause
// What the walkers need to know about a processor's page table entries: a codec, by architecture.
//
// Walkers take for granted what all codecs have in common: tables of 512 entries of 8 bytes, one
// frame each; level 1 maps pages of 4 KiB, each level above 512 times as much; an entry of 0 maps
// nothing.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <uk/base/address.hpp>

namespace uk::pagetable {

inline constexpr size_t kEntries = 512;

// Bytes that one entry of a table at `level` covers, as a power of two.
constexpr unsigned level_shift(unsigned level) {
    return kPageShift + 9 * (level - 1);
}

// What may be done with a mapping, and how it is cached. Everything runs at the same privilege; a
// codec keeps lower ones out where the processor has them.
struct Protection {
    bool write = false;
    bool execute = false;
    bool device = false; // registers: uncached, each access once and in order
    bool read = true;    // false: hidden. The entry keeps the frame, but any access faults.
    friend constexpr bool operator==(Protection, Protection) = default;
};

inline constexpr Protection kRam{.write = true};
inline constexpr Protection kDevice{.write = true, .device = true};
inline constexpr Protection kHidden{.read = false};

// All functions are pure and constexpr. Attributes are the bits that do not depend on address and
// level, so that they are worked out once for a range, or by the compiler.
//
// attributes   the protection as bits. Whatever the processor might set later on (accessed, dirty)
//              is set ahead, so that an entry is what was written and can be compared.
// page         maps `address`, aligned to the size of a page of `level`, of 1 to kBiggestPage.
//              page(a + n) == page(a) + n for every multiple n of the page's size: runs of entries
//              are made by adding.
// table        points to the next lower table; never restricts what lies below it.
// is_page, is_table   of any entry found at `level`, 0 and garbage included; never both. A hidden
//              page is neither, and not 0.
// address      the frame of a table; of a page, hidden or not, its start, apart from the bits below
//              its size, which may mean something else in large ones.
// protection   the inverse of attributes, of a page, hidden or not.
// gone, is_gone   any entry but 0 as one that leads nowhere, on its way out: neither page nor
// table,
//              not hidden, not 0; keeps its address.
template <class C>
concept Codec = requires(uint64_t entry, uint64_t attributes, Paddr address, unsigned level,
                         Protection protection) {
    // Levels of tables: the root's number. The largest pages that any processor has, as a level.
    { C::kLevels } -> std::convertible_to<unsigned>;
    { C::kBiggestPage } -> std::convertible_to<unsigned>;
    { C::attributes(protection) } -> std::same_as<uint64_t>;
    { C::page(address, level, attributes) } -> std::same_as<uint64_t>;
    { C::table(address) } -> std::same_as<uint64_t>;
    { C::is_page(entry, level) } -> std::same_as<bool>;
    { C::is_table(entry, level) } -> std::same_as<bool>;
    { C::address(entry) } -> std::same_as<Paddr>;
    { C::protection(entry) } -> std::same_as<Protection>;
    { C::gone(entry) } -> std::same_as<uint64_t>;
    { C::is_gone(entry) } -> std::same_as<bool>;
};

} // namespace uk::pagetable
