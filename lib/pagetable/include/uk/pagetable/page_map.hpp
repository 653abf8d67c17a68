// SPDX-License-Identifier: BSD-3-Clause
// A walker over page tables that adds mappings, for any processor with a codec.
//
// Pure: where tables come from and how they are reached is a policy, so host tests run it over
// ordinary memory.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>
#include <uk/pagetable/codec.hpp>

namespace uk::pagetable {

// Where page tables live. take(): a frame of zeros, which the processor sees as such, or ENOMEM.
// table(): the frame's contents. publish(): what was written to tables so far is seen by the
// processor's walks from here on; nothing to do on processors that order such writes themselves.
template <class T>
concept TableFrames = requires(T& frames, Paddr frame) {
    { frames.take() } -> std::same_as<Result<Paddr>>;
    { frames.table(frame) } -> std::same_as<uint64_t*>;
    { frames.publish() } -> std::same_as<void>;
};

// A mapping as lookup() finds it; size 0 = none.
struct Mapping {
    Paddr address{}; // of the byte asked for
    Protection protection{};
    uint64_t size = 0; // of the page it lies in
};

// Adds mappings to the tables under `root`. Never changes or removes one, so no processor can hold
// an old one in its TLB. Not synchronised.
template <Codec C, TableFrames Frames>
class PageMap {
  public:
    // What one map_some() did: `size` bytes are mapped now; `fresh` = none of them was before.
    struct Step {
        uint64_t size = 0;
        bool fresh = false;
    };

    // `biggest` is the level of the largest page that this processor has, at most C::kBiggestPage.
    constexpr PageMap(Paddr root, Frames& frames, unsigned biggest)
        : root_(root), frames_(frames), biggest_(biggest) {}

    // Maps a first part of `range` at `to` with C::attributes(), as large as one table allows, in
    // the largest pages that fit exactly. `to` and `range` are page-aligned, `range` is not empty.
    // Errors: ENOMEM (no table frame), EEXIST (something else is there: another mapping, or an
    // entry that is not 0 and maps nothing, which is never overwritten).
    Result<Step> map_some(Vaddr to, PhysRange range, uint64_t attributes);

    [[nodiscard]] Mapping lookup(Vaddr address);

  private:
    static constexpr size_t index(Vaddr address, unsigned level) {
        return (address.value() >> level_shift(level)) % kEntries;
    }
    [[nodiscard]] bool fits(Vaddr to, PhysRange range, unsigned level) const {
        uint64_t size = uint64_t{1} << level_shift(level);
        return level <= biggest_ && range.size >= size &&
               ((to.value() | range.start.value()) & (size - 1)) == 0;
    }
    static size_t fill(uint64_t* entries, size_t count, uint64_t first, uint64_t step);
    static Result<Step> existing(uint64_t entry, unsigned level, Vaddr to, PhysRange range,
                                 uint64_t attributes);

    Paddr root_;
    Frames& frames_;
    unsigned biggest_;
};

template <Codec C, TableFrames Frames>
Result<typename PageMap<C, Frames>::Step> PageMap<C, Frames>::map_some(Vaddr to, PhysRange range,
                                                                       uint64_t attributes) {
    uint64_t* table = frames_.table(root_);
    for (unsigned level = C::kLevels;; level--) {
        uint64_t& entry = table[index(to, level)];
        if (entry != 0) {
            if (!C::is_table(entry, level)) {
                return existing(entry, level, to, range, attributes);
            }
            table = frames_.table(C::address(entry));
            continue;
        }
        if (fits(to, range, level)) {
            size_t room = kEntries - index(to, level);
            uint64_t wanted = range.size >> level_shift(level);
            size_t done =
                fill(&entry, wanted < room ? wanted : room, C::page(range.start, level, attributes),
                     uint64_t{1} << level_shift(level));
            frames_.publish();
            return Step{uint64_t{done} << level_shift(level), true};
        }
        Paddr next = UK_TRY(frames_.take());
        entry = C::table(next);
        table = frames_.table(next);
    }
}

// Fills entries until one is in use; the first is not. Eight at a time: this is most of what
// opening memory costs.
template <Codec C, TableFrames Frames>
size_t PageMap<C, Frames>::fill(uint64_t* entries, size_t count, uint64_t first, uint64_t step) {
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

// An address below 0 in the comparison wraps and is found in no entry.
template <Codec C, TableFrames Frames>
Result<typename PageMap<C, Frames>::Step>
PageMap<C, Frames>::existing(uint64_t entry, unsigned level, Vaddr to, PhysRange range,
                             uint64_t attributes) {
    uint64_t size = uint64_t{1} << level_shift(level);
    uint64_t offset = to.value() & (size - 1);
    if (entry != C::page(range.start - offset, level, attributes)) {
        return Errno::exist;
    }
    uint64_t rest = size - offset;
    return Step{rest < range.size ? rest : range.size, false};
}

template <Codec C, TableFrames Frames>
Mapping PageMap<C, Frames>::lookup(Vaddr address) {
    uint64_t* table = frames_.table(root_);
    for (unsigned level = C::kLevels;; level--) {
        uint64_t entry = table[index(address, level)];
        if (C::is_page(entry, level)) {
            uint64_t size = uint64_t{1} << level_shift(level);
            Paddr page = C::address(entry).align_down(size);
            return {page + (address.value() & (size - 1)), C::protection(entry), size};
        }
        if (!C::is_table(entry, level)) {
            return {};
        }
        table = frames_.table(C::address(entry));
    }
}

} // namespace uk::pagetable
