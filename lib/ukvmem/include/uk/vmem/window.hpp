// SPDX-License-Identifier: BSD-3-Clause
// Window: addresses for one who takes much more of them than memory, and has frames put behind
// parts of them. For heaps whose segments must be large and aligned; pages in it never fault.
//
// Pure: page tables, frames and the lock are a policy. <uk/vmem/kernel_window.hpp> is this image's.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/base/address.hpp>
#include <uk/base/bits.hpp>
#include <uk/base/minmax.hpp>
#include <uk/base/result.hpp>
#include <uk/pagetable/page_table.hpp>
#include <uk/vmem/types.hpp>

namespace uk::vmem {

// What a Window stands on. Nothing here waits.
//
// Lock                 guards the page tables, for everybody who changes them: State lock(), ...
// take_run(pages)      frames in one piece, in the direct map, contents undefined, or ENOMEM
// give_run(run, pages) takes back any part of them
// paddr(run), pointer(frame)   from the one to the other
// map, unmap, find     as in pagetable::PageTable; called with the lock held
// memory_size()        all RAM there is, used or not, in bytes
template <class B>
concept WindowBackend = requires(B& b, Vaddr page, Paddr frame, void* run, size_t pages,
                                 std::span<const VirtRange> ranges, Protection protection,
                                 const pagetable::PageSink& taken, typename B::Lock& lock) {
    lock.unlock(lock.lock());
    { b.take_run(pages) } -> std::same_as<Result<void*>>;
    { b.give_run(run, pages) } -> std::same_as<void>;
    { b.paddr(run) } -> std::same_as<Paddr>;
    { b.pointer(frame) } -> std::same_as<void*>;
    { b.map(page, frame, protection) } -> std::same_as<Result<>>;
    { b.unmap(ranges, taken) } -> std::same_as<void>;
    { b.find(page) } -> std::same_as<pagetable::PageEntry>;
    { b.memory_size() } -> std::same_as<uint64_t>;
};

// Thread context; any number of threads, as long as each works on what it reserved. Never waits,
// and takes nothing from a heap: may be called under locks of ranks above page_tables.
template <WindowBackend B, size_t kMostUnits>
class Window {
  public:
    static constexpr uint64_t kUnit = 32 << 20; // addresses are given out in pieces of this size

    constexpr explicit Window(B backend, typename B::Lock& tables)
        : backend_(backend), tables_(tables) {}

    // Once, before all others: the addresses to give out. What is no whole unit is not used.
    void init(VirtRange range);
    // What init() made of it; empty before.
    [[nodiscard]] VirtRange range() const { return {base_, units_ * kUnit}; }

    // `size` bytes of addresses, rounded up to whole units, such that `offset` bytes behind their
    // start is a multiple of `align`, a power of two. Nothing is there yet. Errors: ENOMEM (no such
    // piece is free), EINVAL.
    [[nodiscard]] Result<Vaddr> reserve(uint64_t size, uint64_t align = kUnit, uint64_t offset = 0);
    // Takes a piece back, and decommits what is committed in it. `size` as it was reserved.
    void release(Vaddr start, uint64_t size);

    // Puts frames, readable and writable, behind those pages that have none; the others stay as
    // they are. Contents of new pages are undefined. Pages; inside one reservation. Errors: ENOMEM;
    // nothing has changed then.
    [[nodiscard]] Result<> commit(Vaddr start, uint64_t size);
    // Gives the frames back; pages without one are passed over. Cannot fail.
    void decommit(Vaddr start, uint64_t size);

    // Of frames that are behind addresses now; page tables not counted.
    [[nodiscard]] uint64_t committed_bytes() {
        Guard locked(tables_);
        return committed_;
    }

  private:
    // The most pages that are looked at under the lock, and taken at once: side by side, they cost
    // a host (linuxu) one mapping.
    static constexpr size_t kPiece = 16;
    // The most that is taken out at once under it: other CPUs are asked to forget once.
    static constexpr uint64_t kRemoved = 512 * kPageSize;

    class Guard {
      public:
        explicit Guard(typename B::Lock& lock) : lock_(lock), state_(lock.lock()) {}
        ~Guard() { lock_.unlock(state_); }
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;

      private:
        typename B::Lock& lock_;
        decltype(std::declval<typename B::Lock&>().lock()) state_;
    };

    [[nodiscard]] bool is_used(size_t unit) const {
        return (used_[unit / 64] >> unit % 64 & 1) != 0;
    }
    void mark(size_t first, size_t count, bool used);
    [[nodiscard]] size_t free_run(size_t first, size_t wanted) const;
    [[nodiscard]] size_t missing(Vaddr page, size_t most);
    Result<> add(Vaddr page, size_t pages, Vaddr& latest);
    void undo(Vaddr latest);
    void remove(VirtRange range);

    B backend_;
    typename B::Lock& tables_;
    Vaddr base_{};
    size_t units_ = 0;
    uint64_t committed_ = 0;
    uint64_t used_[div_round_up(kMostUnits, size_t{64})] = {};
};

template <WindowBackend B, size_t kMostUnits>
void Window<B, kMostUnits>::init(VirtRange range) {
    const Vaddr first = range.start.align_up(kUnit);
    const Vaddr end = range.end().align_down(kUnit);
    base_ = first;
    units_ = end > first ? (end - first) / kUnit : 0;
    units_ = units_ < kMostUnits ? units_ : kMostUnits;
}

template <WindowBackend B, size_t kMostUnits>
void Window<B, kMostUnits>::mark(size_t first, size_t count, bool used) {
    for (size_t unit = first; unit < first + count; unit++) {
        const uint64_t bit = uint64_t{1} << unit % 64;
        used_[unit / 64] = used ? used_[unit / 64] | bit : used_[unit / 64] & ~bit;
    }
}

// How many units are free from `first` on, up to `wanted`.
template <WindowBackend B, size_t kMostUnits>
size_t Window<B, kMostUnits>::free_run(size_t first, size_t wanted) const {
    size_t count = 0;
    while (count < wanted && first + count < units_ && !is_used(first + count)) {
        count++;
    }
    return count;
}

template <WindowBackend B, size_t kMostUnits>
Result<Vaddr> Window<B, kMostUnits>::reserve(uint64_t size, uint64_t align, uint64_t offset) {
    if (size == 0 || !is_pow2(align)) {
        return Errno::inval;
    }
    if (size > units_ * kUnit) { // before it is rounded, which could wrap
        return Errno::nomem;
    }
    const size_t wanted = div_round_up(size, kUnit);
    Guard locked(tables_);
    for (size_t unit = 0; unit + wanted <= units_;) {
        if (unit % 64 == 0 && used_[unit / 64] == ~uint64_t{0}) {
            unit += 64;
            continue;
        }
        const Vaddr start = base_ + unit * kUnit;
        if (!(start + offset).is_aligned(align)) {
            unit++;
            continue;
        }
        const size_t free = free_run(unit, wanted);
        if (free == wanted) {
            mark(unit, wanted, true);
            return start;
        }
        unit += free + 1;
    }
    return Errno::nomem;
}

template <WindowBackend B, size_t kMostUnits>
void Window<B, kMostUnits>::release(Vaddr start, uint64_t size) {
    const size_t count = div_round_up(size, kUnit);
    decommit(start, count * kUnit);
    Guard locked(tables_);
    mark((start - base_) / kUnit, count, false);
}

// How many pages from `page` on have no frame, at most `most`.
template <WindowBackend B, size_t kMostUnits>
size_t Window<B, kMostUnits>::missing(Vaddr page, size_t most) {
    size_t count = 0;
    while (count < most && !backend_.find(page + count * kPageSize).used) {
        count++;
    }
    return count;
}

// Frames for pages that have none. Until the commit is done nobody reads them, so each says which
// page came before it: `latest` is the last of them.
template <WindowBackend B, size_t kMostUnits>
Result<> Window<B, kMostUnits>::add(Vaddr page, size_t pages, Vaddr& latest) {
    for (size_t done = 0; done < pages;) {
        size_t count = pages - done;
        Result<void*> run = backend_.take_run(count);
        while (!run.ok() && count > 1) {
            count /= 2;
            run = backend_.take_run(count);
        }
        UK_TRY(run);
        auto* bytes = static_cast<std::byte*>(run.value());
        for (size_t i = 0; i < count; i++, done++) {
            std::byte* frame = bytes + i * kPageSize;
            const Vaddr at = page + done * kPageSize;
            Result<> mapped = backend_.map(at, backend_.paddr(frame), kReadWrite);
            if (!mapped.ok()) {
                backend_.give_run(frame, count - i);
                return mapped;
            }
            __builtin_memcpy(frame, &latest, sizeof latest);
            latest = at;
            committed_ += kPageSize;
        }
    }
    return {};
}

template <WindowBackend B, size_t kMostUnits>
void Window<B, kMostUnits>::undo(Vaddr latest) {
    while (!latest.is_null()) {
        Guard locked(tables_);
        Vaddr before;
        __builtin_memcpy(&before, backend_.pointer(backend_.find(latest).frame), sizeof before);
        remove({latest, kPageSize});
        latest = before;
    }
}

template <WindowBackend B, size_t kMostUnits>
Result<> Window<B, kMostUnits>::commit(Vaddr start, uint64_t size) {
    if (size > backend_.memory_size()) { // not worth trying
        return Errno::nomem;
    }
    Vaddr latest{};
    const Vaddr end = start + align_up(size, uint64_t{kPageSize});
    for (Vaddr page = start; page < end;) {
        const size_t left = (end - page) / kPageSize;
        size_t pages = 0;
        Result<> done;
        {
            Guard locked(tables_);
            pages = missing(page, left < kPiece ? left : kPiece);
            done = pages != 0 ? add(page, pages, latest) : done;
        }
        if (!done.ok()) {
            undo(latest);
            return done;
        }
        page += (pages != 0 ? pages : 1) * kPageSize;
    }
    return {};
}

// Frames that lie side by side go back in one piece.
template <WindowBackend B, size_t kMostUnits>
void Window<B, kMostUnits>::remove(VirtRange range) {
    Paddr first{};
    size_t count = 0;
    auto give_back = [&] {
        if (count != 0) {
            backend_.give_run(backend_.pointer(first), count);
            committed_ -= count * kPageSize;
        }
    };
    auto take = [&](Vaddr /*page*/, Paddr frame) {
        if (count == 0 || frame != first + count * kPageSize) {
            give_back();
            first = frame;
            count = 0;
        }
        count++;
    };
    backend_.unmap({&range, 1}, pagetable::PageSink(take));
    give_back();
}

template <WindowBackend B, size_t kMostUnits>
void Window<B, kMostUnits>::decommit(Vaddr start, uint64_t size) {
    const Vaddr end = start + align_up(size, uint64_t{kPageSize});
    for (Vaddr at = start; at < end; at += kRemoved) {
        Guard locked(tables_);
        remove({at, min(end - at, kRemoved)});
    }
}

} // namespace uk::vmem
