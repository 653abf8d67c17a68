// SPDX-License-Identifier: BSD-3-Clause
// The areas of an address space in order, and the gaps between them by size. Pure.
#pragma once

#include <uk/base/rbtree.hpp>
#include <uk/vmem/types.hpp>

namespace uk::vmem {

// A range whose pages are all alike. Owned by the address space.
struct Area {
    Vaddr start{};
    uint64_t size = 0;
    Protection protection{};
    Kind kind = Kind::anonymous;
    bool shared = false;
    bool write_allowed = true;
    Pager* pager = nullptr;
    uint64_t offset = 0; // of the first byte, in the file or in physical memory
    char name[16] = "";

    uint64_t gap = 0; // free bytes behind it, as far as searches use them
    RbNode<Area> by_address;
    RbNode<Area> by_gap;

    [[nodiscard]] Vaddr end() const { return start + size; }
    [[nodiscard]] VirtRange range() const { return {start, size}; }
    [[nodiscard]] bool contains(Vaddr at) const { return range().contains(at); }
    [[nodiscard]] uint64_t offset_of(Vaddr at) const { return offset + (at - start); }
    // Whether pages have frames that belong to this address space.
    [[nodiscard]] bool owns_frames() const { return kind != Kind::device && !shared; }
};

// Allocates nothing and maps nothing. Areas never overlap and lie in the range given to init(). All
// operations are O(log n). Not synchronised.
class AreaMap {
  public:
    constexpr AreaMap() = default;
    AreaMap(const AreaMap&) = delete;
    AreaMap& operator=(const AreaMap&) = delete;
#ifdef UK_HOST_TEST
    ~AreaMap() {
        if (head_.by_gap.is_linked()) {
            gaps_.erase(head_);
        }
    }
#endif

    // Once. Areas may lie in `range`; find_gap() looks from `search` on.
    void init(VirtRange range, Vaddr search);

    [[nodiscard]] VirtRange range() const {
        return range_;
    }
    [[nodiscard]] bool empty() const {
        return areas_.empty();
    }
    [[nodiscard]] size_t count() const {
        return count_;
    }

    // The area that contains `at`, or null.
    [[nodiscard]] Area* at(Vaddr at) const;
    // The lowest area that ends above `at`, or null.
    [[nodiscard]] Area* from(Vaddr at) const;
    [[nodiscard]] Area* next(Area& area) const {
        return areas_.next(area);
    }
    [[nodiscard]] Area* previous(Area& area) const {
        return areas_.prev(area);
    }
    [[nodiscard]] bool is_free(VirtRange range) const;

    // The start of `size` free bytes aligned to `align` (page size or more), in the smallest gap
    // that is surely large enough. Errors: ENOMEM.
    [[nodiscard]] Result<Vaddr> find_gap(uint64_t size, uint64_t align) const;

    // The place must be free.
    void insert(Area& area);
    void erase(Area& area);
    // Cuts `area` in two at `at`, strictly inside; `upper` becomes the upper part.
    void split(Area& area, Vaddr at, Area& upper);
    // Makes one of `area` and the next one if they do not differ: returns the next one, which is
    // not in the map any more, or null.
    [[nodiscard]] Area* merge_with_next(Area& area);

  private:
    struct ByAddress {
        bool operator()(const Area& a, const Area& b) const { return a.start < b.start; }
        bool operator()(const Area& a, Vaddr b) const { return a.start < b; }
        bool operator()(Vaddr a, const Area& b) const { return a < b.start; }
    };
    struct ByGap { // of gaps of one size the lowest first
        bool operator()(const Area& a, const Area& b) const {
            return a.gap != b.gap ? a.gap < b.gap : a.start < b.start;
        }
        bool operator()(const Area& a, uint64_t b) const { return a.gap < b; }
    };

    void measure_gap(Area& area, const Area* next);
    [[nodiscard]] Area& before(Area& area);
    [[nodiscard]] Vaddr gap_start(const Area& area) const {
        return area.end() > search_ ? area.end() : search_;
    }

    VirtRange range_{};
    Vaddr search_{};
    size_t count_ = 0;
    RbTree<&Area::by_address, ByAddress> areas_;
    RbTree<&Area::by_gap, ByGap> gaps_;
    Area head_; // empty, at the start of the range: has the first gap
};

} // namespace uk::vmem
