// SPDX-License-Identifier: BSD-3-Clause
// The direct map: which part of physical memory is visible, and what page tables it takes. Pure.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <uk/assert.h>
#include <uk/base/address.hpp>
#include <uk/base/result.hpp>
#include <uk/config.hpp>
#include <uk/pagetable/page_map.hpp>

namespace uk::pagetable {

// The machine. kWindow: where physical address 0 is seen, and for how many bytes. table(): the
// contents of a frame given to the direct map, or opened by it; whether it may use the window for
// that is its own business. publish(): as in TableFrames.
template <class P>
concept Pages = requires(P pages, Paddr frame) {
    { P::kWindow } -> std::convertible_to<VirtRange>;
    { pages.table(frame) } -> std::same_as<uint64_t*>;
    { pages.publish() } -> std::same_as<void>;
};

// Frames of zeros kept for page tables.
template <Pages P>
class TableReserve {
  public:
    static constexpr size_t kRoom = 12 + cfg::hal_device_tables;

    explicit constexpr TableReserve(P pages) : pages_(pages) {}

    [[nodiscard]] size_t count() const { return count_; }
    [[nodiscard]] uint64_t* table(Paddr frame) { return pages_.table(frame); }
    void publish() { pages_.publish(); }
    // The frame must be all zeros; count() < kRoom.
    void give(Paddr frame) { frames_[count_++] = frame; }
    Result<Paddr> take() {
        if (count_ == 0) {
            return Errno::nomem;
        }
        return frames_[--count_];
    }

  private:
    P pages_;
    Paddr frames_[kRoom] = {};
    size_t count_ = 0;
};

// Opens ranges of physical memory. Not synchronised. What hal::direct_map_open() and
// hal::map_device() promise (uk/hal/memory.hpp) is kept here, for every processor.
template <Codec C, Pages P>
class DirectMap {
  public:
    // A mapping takes at most three tables; one more, so that a device may be mapped in between.
    static constexpr size_t kReserve = C::kLevels;

    // `forbidden`: the image, which has mappings of its own and must not become writable through
    // another.
    constexpr DirectMap(Paddr root, P pages, PhysRange forbidden)
        : reserve_(pages), root_(root), forbidden_(forbidden) {}

    static constexpr Vaddr vaddr(Paddr address) { return P::kWindow.start + address.value(); }

    // For the frames set aside at boot: zeros.
    void give(Paddr frame) { reserve_.give(frame); }
    // `biggest_page` is a level (2 = 2 MiB, 3 = 1 GiB). `limit`: physical memory ends here at the
    // latest. Nothing can be opened before.
    void set_processor(unsigned biggest_page, uint64_t limit) {
        biggest_page_ = biggest_page;
        limit_ = limit < P::kWindow.size ? limit : P::kWindow.size;
    }
    [[nodiscard]] bool knows_processor() const { return limit_ != 0; }

    // hal::direct_map_open(): frames missing in the reserve are taken from the start of `range`.
    // Once some are, a failure further on leaves out the rest of the range instead: its start is in
    // use. Errors: EINVAL (also where a device is mapped: that is not memory), ENOMEM.
    Result<PhysRange> open(PhysRange range) {
        UK_TRY(check(range));
        PhysRange rest = range;
        bool ours = true; // all so far was never open before, so nobody uses it
        for (PhysRange todo = range; !todo.empty();) {
            auto step = map_some(todo, C::attributes(kRam));
            if (!step.ok()) {
                if (rest.start == range.start) {
                    return error_of(step.code());
                }
                return PhysRange{rest.start, todo.start - rest.start};
            }
            ours = ours && step.value().fresh;
            todo = {todo.start + step.value().size, todo.size - step.value().size};
            while (ours && reserve_.count() < kReserve && rest.start < todo.start) {
                clear(reserve_.table(rest.start));
                reserve_.publish();
                reserve_.give(rest.start);
                rest = {rest.start + kPageSize, rest.size - kPageSize};
            }
        }
        return rest;
    }

    // The same for memory whose contents matter, and for device registers (hal::map_device()):
    // `size` bytes at any alignment, with C::attributes(), from which nothing is taken.
    Result<> open_as_it_is(Paddr start, uint64_t size, uint64_t attributes) {
        uint64_t end = 0;
        if (size == 0 || size > limit_ || __builtin_add_overflow(start.value(), size - 1, &end)) {
            return Errno::inval;
        }
        Paddr first = start.align_down(kPageSize);
        PhysRange range{first, Paddr{end}.align_down(kPageSize) - first + kPageSize};
        UK_TRY(check(range));
        while (!range.empty()) {
            auto step = map_some(range, attributes);
            if (!step.ok()) {
                return error_of(step.code());
            }
            range = {range.start + step.value().size, range.size - step.value().size};
        }
        return {};
    }

    // Shows memory at a second address, `to`, outside the window, for ever; kRam. Errors: as
    // open(), and EINVAL where something else is at `to`.
    Result<> show_also(Vaddr to, PhysRange range) {
        UK_TRY(check(range));
        UK_ASSERT(!P::kWindow.overlaps({to, range.size}));
        for (uint64_t done = 0; done < range.size;) {
            auto step = tables().map_some(to + done, {range.start + done, range.size - done},
                                          C::attributes(kRam));
            if (!step.ok()) {
                return error_of(step.code());
            }
            done += step.value().size;
        }
        return {};
    }

    Mapping lookup(Vaddr address) { return tables().lookup(address); }
    [[nodiscard]] size_t reserve() const { return reserve_.count(); }

  private:
    PageMap<C, TableReserve<P>> tables() { return {root_, reserve_, biggest_page_}; }

    [[nodiscard]] Result<> check(PhysRange range) const {
        uint64_t end = 0;
        if (!range.start.is_aligned(kPageSize) || range.size % kPageSize != 0 ||
            __builtin_add_overflow(range.start.value(), range.size, &end) || end > limit_ ||
            range.overlaps(forbidden_)) {
            return Errno::inval;
        }
        return {};
    }
    auto map_some(PhysRange range, uint64_t attributes) {
        return tables().map_some(vaddr(range.start), range, attributes);
    }
    static Errno error_of(Errno code) { return code == Errno::exist ? Errno::inval : code; }
    static void clear(uint64_t* table) {
        for (size_t i = 0; i < kEntries; i++) {
            table[i] = 0;
        }
    }

    TableReserve<P> reserve_;
    Paddr root_;
    PhysRange forbidden_;
    unsigned biggest_page_ = 2;
    uint64_t limit_ = 0;
};

} // namespace uk::pagetable
