// SPDX-License-Identifier: BSD-3-Clause
// AddressSpace: which addresses an application may use, what is there, and what faults bring in.
//
// Pure: page tables, frames, memory for areas and the lock are a policy, so host tests run it over
// fakes. <uk/vmem.hpp> is the one of this image.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>
#include <uk/pagetable/page_table.hpp>
#include <uk/vmem/area_map.hpp>
#include <uk/vmem/types.hpp>

namespace uk::vmem {

using pagetable::PageEntry;
using pagetable::PageSink;

// What an AddressSpace stands on. Nothing here waits.
//
// Lock                 what guards the address space: State lock(), unlock(State)
// take_frame()         a frame of zeros, or ENOMEM; give_frame() takes it back
// bytes(frame)         its contents, for the kernel
// map, unmap, protect, find    as in pagetable::PageTable; protect() may fail with ENOMEM
// take_area()          memory for an Area, constructed, or null; give_area() takes it back
// memory_size()        all RAM there is, used or not, in bytes
// kCpus, cpu()         how many CPUs there may be; which one calls: its faults are counted apart
template <class B>
concept Backend = requires(B& b, Vaddr page, Paddr frame, VirtRange range, Protection protection,
                           std::span<const VirtRange> ranges, const PageSink& taken, Area* area,
                           typename B::Lock& lock) {
    lock.unlock(lock.lock());
    { b.take_frame() } -> std::same_as<Result<Paddr>>;
    { b.give_frame(frame) } -> std::same_as<void>;
    { b.bytes(frame) } -> std::same_as<std::byte*>;
    { b.map(page, frame, protection) } -> std::same_as<Result<>>;
    { b.unmap(ranges, taken) } -> std::same_as<void>;
    { b.protect(range, protection) } -> std::same_as<Result<>>;
    { b.find(page) } -> std::same_as<PageEntry>;
    { b.take_area() } -> std::same_as<Area*>;
    { b.give_area(area) } -> std::same_as<void>;
    { b.memory_size() } -> std::same_as<uint64_t>;
    requires std::same_as<decltype(B::kCpus), const unsigned>;
    { b.cpu() } -> std::same_as<unsigned>;
};

// The functions are for threads, interrupts on, no spinlock held; fault() is for exception handlers
// as well. None waits, except where a pager that may_block() is asked. Addresses and sizes may come
// from an application: whatever they are, the answer is an error. Sizes are rounded up to pages;
// addresses must be page-aligned (EINVAL), ranges must not be empty (EINVAL) and lie in range()
// (ENOMEM).
template <Backend B>
class AddressSpace {
  public:
    constexpr explicit AddressSpace(B backend) : backend_(backend) {}

    // Once, before all others. Areas may lie in `range`; what may lie anywhere is put at `search`
    // or above.
    void init(VirtRange range, Vaddr search) { areas_.init(range, search); }
    [[nodiscard]] VirtRange range() const { return areas_.range(); }
    [[nodiscard]] B& backend() { return backend_; }

    // Returns where the mapping starts: of a stack, above its guard. Private pages are zeros (of a
    // file: its bytes) and get a frame when touched, unless `populate`.
    // Errors: EINVAL, ENOMEM (no place, no memory for an area or for all pages now, or private and
    // writable and larger than all RAM), EEXIST, EACCES (write and execute at once, or not
    // write_allowed), EOVERFLOW (offset + size), and what the pager said.
    [[nodiscard]] Result<Vaddr> map(const MapRequest& request);

    // Frees whatever there is in the range; what nothing is in is no error. Frames are back when it
    // returns. Errors: EINVAL, ENOMEM (an area is cut in two: needs memory for one).
    [[nodiscard]] Result<> unmap(Vaddr start, uint64_t size);
    // The same for several ranges at once, which costs other CPUs less than one after the other.
    // Errors: EINVAL (also: an area would be cut in two); nothing has changed then.
    [[nodiscard]] Result<> unmap_all(std::span<const VirtRange> ranges);
    // The same for a whole stack, guard included. Errors: as above, ENOENT (no stack starts there).
    [[nodiscard]] Result<> unmap_stack(Vaddr start);
    // Another name for a stack and its guard, for people. Errors: ENOENT (no stack starts there).
    [[nodiscard]] Result<> rename_stack(Vaddr start, const char* name);

    // `device` of the protection is ignored. Errors: EINVAL, ENOMEM (also: a part of the range is
    // not mapped), EACCES (write and execute at once, writing is not allowed, or it is a guard).
    [[nodiscard]] Result<> protect(Vaddr start, uint64_t size, Protection protection);

    // Gives a frame to each page that has none. Errors: EINVAL, ENOMEM (also: a part is not
    // mapped), EACCES (a guard), the pager's. What came before an error stays.
    [[nodiscard]] Result<> populate(Vaddr start, uint64_t size);
    // Drops the frames of private pages, which read as new ones again. Errors: EINVAL, ENOMEM (a
    // part is not mapped).
    [[nodiscard]] Result<> discard(Vaddr start, uint64_t size);
    // Writes changed pages of shared file mappings back. Errors: EINVAL, ENOMEM (a part is not
    // mapped), the pager's.
    [[nodiscard]] Result<> sync(Vaddr start, uint64_t size);

    // The lowest page of the range that has a frame now. O(pages before it), with the lock held.
    // Errors: EINVAL, ENOMEM (outside range()), ENOENT (none has).
    [[nodiscard]] Result<Vaddr> first_present(Vaddr start, uint64_t size);

    // An access to `at` faulted. Anything but `repaired` is the application's fault, or ours.
    [[nodiscard]] Fault fault(Vaddr at, Access access);

    // The area that contains `at`, or the lowest one above; ENOENT.
    [[nodiscard]] Result<AreaInfo> find(Vaddr at);
    // The same without the lock, for the crash report.
    [[nodiscard]] Result<AreaInfo> find_unlocked(Vaddr at) const;
    [[nodiscard]] Stats stats();
    // Unmaps everything. Nobody may use the address space any more.
    void clear();

  private:
    using Lock = typename B::Lock;
    class Guard {
      public:
        explicit Guard(Lock& lock) : lock_(lock), state_(lock.lock()) {}
        ~Guard() { lock_.unlock(state_); }
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;

      private:
        Lock& lock_;
        decltype(std::declval<Lock&>().lock()) state_;
    };
    // Memory for areas, taken before anything is changed; what is left over goes back.
    class Spares {
      public:
        static constexpr size_t kMost = 4;
        explicit Spares(B& backend) : backend_(backend) {}
        ~Spares() {
            while (count_ > 0) {
                backend_.give_area(spares_[--count_]);
            }
        }
        Spares(const Spares&) = delete;
        Spares& operator=(const Spares&) = delete;
        Result<> take(size_t count) {
            while (count_ < count) {
                Area* area = backend_.take_area();
                if (area == nullptr) {
                    return Errno::nomem;
                }
                spares_[count_++] = area;
            }
            return {};
        }
        Area& use() { return *spares_[--count_]; }

      private:
        B& backend_;
        Area* spares_[kMost];
        size_t count_ = 0;
    };

    // map, unmap, protect: address_space_areas.hpp
    Result<VirtRange> check(Vaddr start, uint64_t size) const;
    Result<uint64_t> check(const MapRequest& request) const;
    Result<VirtRange> place(const MapRequest& request, uint64_t size) const;
    Area& add(const MapRequest& request, VirtRange range, Area& area);
    Area* stack_at(Vaddr start) const;
    Area* guard_below(Area& stack) const;
    Result<> map_device(Area& area);
    size_t cuts(VirtRange range) const;
    void cut(VirtRange range, Spares& spares);
    void remove(std::span<const VirtRange> ranges);
    void remove(VirtRange range) { remove({&range, 1}); }
    void remove_pages(std::span<const VirtRange> ranges);
    void drop(Area& area);
    void merge_around(Area& area);
    void merge_range(VirtRange range);
    Result<> may_protect(VirtRange range, Protection protection) const;
    Result<> protect_pages(Area& area, Protection protection);

    // populate, sync, faults: address_space_pages.hpp
    static Protection page_protection(const Area& area, bool written);
    bool all_mapped(VirtRange range) const;
    Fault found_repaired(Vaddr page);
    Fault repair(Area& area, Vaddr page, Access access, const PageEntry& entry);
    Fault bring_in(Area& area, Vaddr page, bool write);
    Result<> bring_in_private(Area& area, Vaddr page);
    Result<> bring_in_shared(Area& area, Vaddr page, bool write);
    Result<> populate_page(Vaddr page);
    Result<> populate_waiting(Pager& pager, bool shared, uint64_t offset, Vaddr page);
    Result<Vaddr> sync_one(VirtRange range);

    B backend_;
    Lock lock_;
    AreaMap areas_;
    Stats stats_;
    // Of one CPU's latest fault that found nothing to repair: the page, how often in a row, and
    // when, counted in repairs.
    struct Futile {
        Vaddr page{};
        unsigned times = 0;
        uint64_t at = 0;
    };
    Futile futile_[B::kCpus];
    uint64_t repairs_ = 0; // faults that changed a table
};

} // namespace uk::vmem

#include <uk/vmem/address_space_areas.hpp>
#include <uk/vmem/address_space_pages.hpp>
