// SPDX-License-Identifier: BSD-3-Clause
// Four-level page tables of x86_64: entries, and a walker that adds mappings. Intel SDM 3A, 4.5.
//
// Pure: where tables come from and how they are reached is a policy, so host tests run it over
// ordinary memory.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>

namespace uk::x86 {

// Bits of an entry.
inline constexpr uint64_t kPtePresent = uint64_t{1} << 0;
inline constexpr uint64_t kPteWritable = uint64_t{1} << 1;
inline constexpr uint64_t kPteWriteThrough = uint64_t{1} << 3;
inline constexpr uint64_t kPteUncached = uint64_t{1} << 4;
inline constexpr uint64_t kPteAccessed = uint64_t{1} << 5;
inline constexpr uint64_t kPteDirty = uint64_t{1} << 6;
inline constexpr uint64_t kPteLarge = uint64_t{1} << 7; // a page, not a table; levels 2 and 3
inline constexpr uint64_t kPteNoExecute = uint64_t{1} << 63;
inline constexpr uint64_t kPteAddress = 0x000f'ffff'ffff'f000;

// Accessed and dirty are set ahead, so that the processor need not write the entry. The two cache
// bits together select entry 3 of the PAT, which is uncacheable from reset on.
inline constexpr uint64_t kMapRam =
    kPtePresent | kPteWritable | kPteAccessed | kPteDirty | kPteNoExecute;
inline constexpr uint64_t kMapDevice = kMapRam | kPteUncached | kPteWriteThrough;
inline constexpr uint64_t kMapTable = kPtePresent | kPteWritable | kPteAccessed;

constexpr unsigned level_shift(unsigned level) {
    return kPageShift + 9 * (level - 1);
}

// Where page tables live. take(): a frame of zeros, or ENOMEM. table(): the frame's contents.
template <class T>
concept TableFrames = requires(T& frames, Paddr frame) {
    { frames.take() } -> std::same_as<Result<Paddr>>;
    { frames.table(frame) } -> std::same_as<uint64_t*>;
};

// A mapping as lookup() finds it; size 0 = none.
struct Mapping {
    Paddr address{}; // of the byte asked for
    uint64_t flags = 0;
    uint64_t size = 0; // of the page it lies in
};

// Adds mappings to the tables under `root`. Never changes or removes one. Not synchronised.
template <TableFrames Frames>
class PageMap {
  public:
    // What one map_some() did: `size` bytes are mapped now; `fresh` = none of them was before.
    struct Step {
        uint64_t size = 0;
        bool fresh = false;
    };

    // `biggest` is the level of the largest page the processor has: 2 (2 MiB) or 3 (1 GiB).
    constexpr PageMap(Paddr root, Frames& frames, unsigned biggest)
        : root_(root), frames_(frames), biggest_(biggest) {}

    // Maps a first part of `range` at `to` with `flags`, as large as one table allows, in the
    // largest pages that fit exactly. `to` and `range` are page-aligned, `range` is not empty.
    // Errors: ENOMEM (no table frame), EEXIST (something else is mapped there).
    Result<Step> map_some(Vaddr to, PhysRange range, uint64_t flags);

    [[nodiscard]] Mapping lookup(Vaddr address);

  private:
    static constexpr size_t kEntries = 512;

    static constexpr size_t index(Vaddr address, unsigned level) {
        return (address.value() >> level_shift(level)) % kEntries;
    }
    static constexpr bool is_page(uint64_t entry, unsigned level) {
        return level == 1 || (level <= 3 && (entry & kPteLarge) != 0);
    }
    [[nodiscard]] bool fits(Vaddr to, PhysRange range, unsigned level) const {
        uint64_t size = uint64_t{1} << level_shift(level);
        return level <= biggest_ && range.size >= size &&
               ((to.value() | range.start.value()) & (size - 1)) == 0;
    }
    static size_t fill(uint64_t* entries, size_t count, uint64_t first, uint64_t step);
    static Result<Step> existing(uint64_t entry, unsigned level, Vaddr to, PhysRange range,
                                 uint64_t flags);

    Paddr root_;
    Frames& frames_;
    unsigned biggest_;
};

template <TableFrames Frames>
Result<typename PageMap<Frames>::Step> PageMap<Frames>::map_some(Vaddr to, PhysRange range,
                                                                 uint64_t flags) {
    uint64_t* table = frames_.table(root_);
    for (unsigned level = 4;; level--) {
        uint64_t& entry = table[index(to, level)];
        if ((entry & kPtePresent) != 0) {
            if (is_page(entry, level)) {
                return existing(entry, level, to, range, flags);
            }
            table = frames_.table(Paddr{entry & kPteAddress});
            continue;
        }
        if (fits(to, range, level)) {
            size_t room = kEntries - index(to, level);
            uint64_t wanted = range.size >> level_shift(level);
            uint64_t first = range.start.value() | flags | (level > 1 ? kPteLarge : 0);
            size_t done = fill(&entry, wanted < room ? wanted : room, first,
                               uint64_t{1} << level_shift(level));
            return Step{uint64_t{done} << level_shift(level), true};
        }
        Paddr next = UK_TRY(frames_.take());
        entry = next.value() | kMapTable;
        table = frames_.table(next);
    }
}

// Fills entries until one is in use; the first is not. Eight at a time: this is most of what
// opening memory costs.
template <TableFrames Frames>
size_t PageMap<Frames>::fill(uint64_t* entries, size_t count, uint64_t first, uint64_t step) {
    using Pair [[gnu::vector_size(16), gnu::may_alias]] = uint64_t;
    size_t done = 0;
    for (; done < count && reinterpret_cast<uintptr_t>(entries + done) % 64 != 0; done++) {
        if (entries[done] != 0) {
            return done;
        }
        entries[done] = first + done * step;
    }
    Pair value = {first + done * step, first + (done + 1) * step};
    const Pair ahead = {2 * step, 2 * step};
    for (; count - done >= 8; done += 8) {
        auto* pairs = reinterpret_cast<Pair*>(entries + done);
        Pair used = (pairs[0] | pairs[1]) | (pairs[2] | pairs[3]);
        if ((used[0] | used[1]) != 0) {
            break;
        }
        pairs[0] = value;
        pairs[1] = value += ahead;
        pairs[2] = value += ahead;
        pairs[3] = value += ahead;
        value += ahead;
    }
    for (; done < count && entries[done] == 0; done++) {
        entries[done] = first + done * step;
    }
    return done;
}

template <TableFrames Frames>
Result<typename PageMap<Frames>::Step> PageMap<Frames>::existing(uint64_t entry, unsigned level,
                                                                 Vaddr to, PhysRange range,
                                                                 uint64_t flags) {
    uint64_t size = uint64_t{1} << level_shift(level);
    uint64_t offset = to.value() & (size - 1);
    uint64_t large = level > 1 ? kPteLarge : 0;
    if (entry != (((range.start.value() - offset) & kPteAddress) | flags | large)) {
        return Errno::exist;
    }
    uint64_t rest = size - offset;
    return Step{rest < range.size ? rest : range.size, false};
}

template <TableFrames Frames>
Mapping PageMap<Frames>::lookup(Vaddr address) {
    uint64_t* table = frames_.table(root_);
    for (unsigned level = 4; level > 0; level--) {
        uint64_t entry = table[index(address, level)];
        if ((entry & kPtePresent) == 0) {
            break;
        }
        if (is_page(entry, level)) {
            uint64_t size = uint64_t{1} << level_shift(level);
            uint64_t offset = address.value() & (size - 1);
            Paddr page{entry & kPteAddress & ~(size - 1)};
            return {page + offset, entry & ~kPteAddress, size};
        }
        table = frames_.table(Paddr{entry & kPteAddress});
    }
    return {};
}

} // namespace uk::x86
