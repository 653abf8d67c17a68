// SPDX-License-Identifier: BSD-3-Clause
// The direct map: which part of physical memory is visible, and what page tables it takes. Pure.
#pragma once

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>

#include "page_map.hpp"

namespace uk::x86 {

inline constexpr Vaddr kDirectMapBase{0xffff'8000'0000'0000};
inline constexpr uint64_t kDirectMapSize = uint64_t{1} << 46; // 64 TiB

constexpr Vaddr direct_vaddr(Paddr address) {
    return kDirectMapBase + address.value();
}

// Frames of zeros kept for page tables. Pages: `uint64_t* table(Paddr)`, which must be able to
// reach every frame given.
template <class Pages>
class TableReserve {
  public:
    static constexpr size_t kRoom = 12;

    explicit constexpr TableReserve(Pages pages) : pages_(pages) {}

    [[nodiscard]] size_t count() const { return count_; }
    [[nodiscard]] uint64_t* table(Paddr frame) { return pages_.table(frame); }
    // The frame must be all zeros; count() < kRoom.
    void give(Paddr frame) { frames_[count_++] = frame; }
    Result<Paddr> take() {
        if (count_ == 0) {
            return Errno::nomem;
        }
        return frames_[--count_];
    }

  private:
    Pages pages_;
    Paddr frames_[kRoom] = {};
    size_t count_ = 0;
};

// Opens ranges of physical memory. Not synchronised.
template <class Pages>
class DirectMap {
  public:
    // A mapping takes at most three tables; one more, so that a device may be mapped in between.
    static constexpr size_t kReserve = 4;

    // `limit`: physical memory ends here at the latest. `forbidden`: the image, which has mappings
    // of its own and must not become writable through another.
    constexpr DirectMap(Paddr root, Pages pages, PhysRange forbidden)
        : reserve_(pages), root_(root), forbidden_(forbidden) {}

    // For the frames set aside at boot: zeros.
    void give(Paddr frame) { reserve_.give(frame); }
    void set_processor(unsigned biggest_page, uint64_t limit) {
        biggest_page_ = biggest_page;
        limit_ = limit < kDirectMapSize ? limit : kDirectMapSize;
    }
    [[nodiscard]] bool knows_processor() const { return limit_ != 0; }

    // hal::direct_map_open(): frames missing in the reserve are taken from the start of `range`.
    // Once some are, a failure further on leaves out the rest of the range instead: its start is in
    // use.
    Result<PhysRange> open(PhysRange range) {
        UK_TRY(check(range));
        PhysRange rest = range;
        bool ours = true; // all so far was never open before, so nobody uses it
        for (PhysRange todo = range; !todo.empty();) {
            auto step = map_some(todo, kMapRam);
            if (!step.ok()) {
                if (rest.start == range.start) {
                    return step.error();
                }
                return PhysRange{rest.start, todo.start - rest.start};
            }
            ours = ours && step.value().fresh;
            todo = {todo.start + step.value().size, todo.size - step.value().size};
            while (ours && reserve_.count() < kReserve && rest.start < todo.start) {
                clear(reserve_.table(rest.start));
                reserve_.give(rest.start);
                rest = {rest.start + kPageSize, rest.size - kPageSize};
            }
        }
        return rest;
    }

    // The same for memory whose contents matter, and for device registers: takes nothing from it.
    Result<> open_as_it_is(PhysRange range, uint64_t flags) {
        UK_TRY(check(range));
        while (!range.empty()) {
            auto step = UK_TRY(map_some(range, flags));
            range = {range.start + step.size, range.size - step.size};
        }
        return {};
    }

    Mapping lookup(Vaddr address) { return tables().lookup(address); }
    [[nodiscard]] size_t reserve() const { return reserve_.count(); }

  private:
    PageMap<TableReserve<Pages>> tables() { return {root_, reserve_, biggest_page_}; }

    [[nodiscard]] Result<> check(PhysRange range) const {
        uint64_t end = 0;
        if (!range.start.is_aligned(kPageSize) || range.size % kPageSize != 0 ||
            __builtin_add_overflow(range.start.value(), range.size, &end) || end > limit_ ||
            range.overlaps(forbidden_)) {
            return Errno::inval;
        }
        return {};
    }
    auto map_some(PhysRange range, uint64_t flags) {
        return tables().map_some(direct_vaddr(range.start), range, flags);
    }
    static void clear(uint64_t* table) {
        for (size_t i = 0; i < kPageSize / sizeof *table; i++) {
            table[i] = 0;
        }
    }

    TableReserve<Pages> reserve_;
    Paddr root_;
    PhysRange forbidden_;
    unsigned biggest_page_ = 2;
    uint64_t limit_ = 0;
};

} // namespace uk::x86
