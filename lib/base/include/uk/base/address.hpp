// SPDX-License-Identifier: BSD-3-Clause
// Vaddr, Paddr, DmaAddr: three kinds of address that cannot be mixed up, and ranges of them.
//
// Converting one kind into another is a question about the machine, answered only by the hal
// contract (uk/hal). Arithmetic is what makes sense: address +- bytes, difference of two addresses,
// alignment, order.
#pragma once

#include <uk/base/bits.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>

namespace uk {

inline constexpr unsigned kPageShift = 12;
inline constexpr std::size_t kPageSize = std::size_t{1} << kPageShift;

namespace detail {

/// The common part; Derived is the address type itself.
template <class Derived>
struct AddressBase {
    std::uint64_t raw_ = 0;

    constexpr std::uint64_t value() const { return raw_; }
    constexpr bool is_null() const { return raw_ == 0; }
    constexpr bool is_aligned(std::uint64_t align) const { return uk::is_aligned(raw_, align); }
    constexpr Derived align_up(std::uint64_t align) const {
        return Derived{uk::align_up(raw_, align)};
    }
    constexpr Derived align_down(std::uint64_t align) const {
        return Derived{uk::align_down(raw_, align)};
    }
    /// Number of the page (or frame) this address lies in, and the offset inside it.
    constexpr std::uint64_t page_number() const { return raw_ >> kPageShift; }
    constexpr std::size_t page_offset() const { return raw_ & (kPageSize - 1); }

    constexpr Derived& operator+=(std::uint64_t bytes) {
        raw_ += bytes;
        return static_cast<Derived&>(*this);
    }
    constexpr Derived& operator-=(std::uint64_t bytes) {
        raw_ -= bytes;
        return static_cast<Derived&>(*this);
    }
    friend constexpr Derived operator+(Derived a, std::uint64_t bytes) { return a += bytes; }
    friend constexpr Derived operator-(Derived a, std::uint64_t bytes) { return a -= bytes; }
    /// Bytes from b up to a; a >= b.
    friend constexpr std::uint64_t operator-(Derived a, Derived b) { return a.raw_ - b.raw_; }
    friend constexpr bool operator==(Derived a, Derived b) { return a.raw_ == b.raw_; }
    friend constexpr std::strong_ordering operator<=>(Derived a, Derived b) {
        return a.raw_ <=> b.raw_;
    }
};

} // namespace detail

/// A virtual address: what a pointer holds.
struct Vaddr : detail::AddressBase<Vaddr> {
    constexpr Vaddr() = default;
    constexpr explicit Vaddr(std::uint64_t value) : AddressBase{value} {}
    static Vaddr of(const volatile void* p) { return Vaddr{reinterpret_cast<std::uintptr_t>(p)}; }
    template <class T = void>
    T* as() const {
        return reinterpret_cast<T*>(static_cast<std::uintptr_t>(raw_));
    }
};

/// A physical address as the CPU's page tables mean it.
struct Paddr : detail::AddressBase<Paddr> {
    constexpr Paddr() = default;
    constexpr explicit Paddr(std::uint64_t value) : AddressBase{value} {}
    static constexpr Paddr of_page(std::uint64_t frame) { return Paddr{frame << kPageShift}; }
};

/// An address as a device sees memory; differs from Paddr behind an IOMMU or a grant.
struct DmaAddr : detail::AddressBase<DmaAddr> {
    constexpr DmaAddr() = default;
    constexpr explicit DmaAddr(std::uint64_t value) : AddressBase{value} {}
};

/// `size` bytes from `start` on; may be empty, never wraps past the end of the address space.
template <class Addr>
struct AddressRange {
    Addr start{};
    std::uint64_t size = 0;

    constexpr Addr end() const { return start + size; } // one past the last byte
    constexpr bool empty() const { return size == 0; }
    constexpr bool contains(Addr a) const { return a >= start && a - start < size; }
    /// Every byte of `r` lies in this range (an empty `r` lies in any range that it touches).
    constexpr bool contains(AddressRange r) const {
        return r.start >= start && r.start - start <= size && size - (r.start - start) >= r.size;
    }
    constexpr bool overlaps(AddressRange r) const {
        return !empty() && !r.empty() && (contains(r.start) || r.contains(start));
    }
    /// The part that both have in common; empty when there is none.
    constexpr AddressRange intersect(AddressRange r) const {
        if (!overlaps(r))
            return {};
        const Addr low = start > r.start ? start : r.start;
        const Addr high = end() - Addr{1} < r.end() - Addr{1} ? end() : r.end();
        return {low, high - low};
    }
    /// The whole pages inside this range; empty when there is none.
    constexpr AddressRange shrink_to_pages() const {
        const std::uint64_t skip = (kPageSize - start.page_offset()) & (kPageSize - 1);
        if (skip >= size)
            return {};
        return {start + skip, (size - skip) & ~std::uint64_t{kPageSize - 1}};
    }
    friend constexpr bool operator==(AddressRange, AddressRange) = default;
};

using PhysRange = AddressRange<Paddr>;
using VirtRange = AddressRange<Vaddr>;

static_assert(sizeof(Paddr) == 8 && std::is_trivially_copyable_v<PhysRange>);

} // namespace uk
