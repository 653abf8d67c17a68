// SPDX-License-Identifier: BSD-3-Clause
// Page table entries of x86_64, four levels. Intel SDM 3A, 4.5. Pure.
#pragma once

#include <uk/pagetable/codec.hpp>

namespace uk::pagetable {

struct X86Codec {
    static constexpr unsigned kLevels = 4;
    static constexpr unsigned kBiggestPage = 3; // 1 GiB, where CPUID says so

    static constexpr uint64_t kPresent = uint64_t{1} << 0;
    static constexpr uint64_t kWritable = uint64_t{1} << 1;
    static constexpr uint64_t kWriteThrough = uint64_t{1} << 3;
    static constexpr uint64_t kUncached = uint64_t{1} << 4;
    static constexpr uint64_t kAccessed = uint64_t{1} << 5;
    static constexpr uint64_t kDirty = uint64_t{1} << 6;
    static constexpr uint64_t kLarge = uint64_t{1} << 7; // a page, not a table; levels 2 and 3
    static constexpr uint64_t kGone = uint64_t{1} << 9;  // ours, where kPresent is not set
    static constexpr uint64_t kNoExecute = uint64_t{1} << 63;
    static constexpr uint64_t kAddress = 0x000f'ffff'ffff'f000;

    // The two cache bits together select entry 3 of the PAT, which is uncacheable from reset on.
    static constexpr uint64_t attributes(Protection p) {
        return (p.read ? kPresent : 0) | kAccessed | kDirty | (p.write ? kWritable : 0) |
               (p.execute ? 0 : kNoExecute) | (p.device ? kUncached | kWriteThrough : 0);
    }
    static constexpr uint64_t page(Paddr address, unsigned level, uint64_t attributes) {
        return address.value() | attributes | (level > 1 ? kLarge : 0);
    }
    static constexpr uint64_t table(Paddr address) {
        return address.value() | kPresent | kWritable | kAccessed;
    }
    static constexpr bool is_page(uint64_t entry, unsigned level) {
        return (entry & kPresent) != 0 && (level == 1 || (level <= 3 && (entry & kLarge) != 0));
    }
    static constexpr bool is_table(uint64_t entry, unsigned level) {
        return level > 1 && (entry & (kPresent | kLarge)) == kPresent;
    }
    static constexpr uint64_t gone(uint64_t entry) { return (entry & ~kPresent) | kGone; }
    static constexpr bool is_gone(uint64_t entry) { return (entry & (kPresent | kGone)) == kGone; }
    static constexpr Paddr address(uint64_t entry) { return Paddr{entry & kAddress}; }
    static constexpr Protection protection(uint64_t entry) {
        return {.write = (entry & kWritable) != 0,
                .execute = (entry & kNoExecute) == 0,
                .device = (entry & kUncached) != 0,
                .read = (entry & kPresent) != 0};
    }
};

static_assert(Codec<X86Codec>);

} // namespace uk::pagetable
