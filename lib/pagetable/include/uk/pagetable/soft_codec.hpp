// SPDX-License-Identifier: BSD-3-Clause
// Page table entries that no processor reads: where a host owns the page tables, these remember
// which frame is where. Pure.
#pragma once

#include <uk/pagetable/codec.hpp>

namespace uk::pagetable {

struct SoftCodec {
    static constexpr unsigned kLevels = 4;
    static constexpr unsigned kBiggestPage = 3;

    static constexpr uint64_t kTable = 1 << 0;
    static constexpr uint64_t kPage = 1 << 1;
    static constexpr uint64_t kRead = 1 << 2;
    static constexpr uint64_t kWrite = 1 << 3;
    static constexpr uint64_t kExecute = 1 << 4;
    static constexpr uint64_t kDevice = 1 << 5;
    static constexpr uint64_t kGone = 1 << 6;
    static constexpr uint64_t kAddress = 0x000f'ffff'ffff'f000;

    static constexpr uint64_t attributes(Protection p) {
        return kPage | (p.read ? kRead : 0) | (p.write ? kWrite : 0) | (p.execute ? kExecute : 0) |
               (p.device ? kDevice : 0);
    }
    static constexpr uint64_t page(Paddr address, unsigned /*level*/, uint64_t attributes) {
        return address.value() | attributes;
    }
    static constexpr uint64_t table(Paddr address) { return address.value() | kTable; }
    static constexpr bool is_page(uint64_t entry, unsigned level) {
        constexpr uint64_t kSeen = kPage | kRead;
        return level <= kBiggestPage && (entry & (kSeen | kTable)) == kSeen;
    }
    static constexpr bool is_table(uint64_t entry, unsigned level) {
        return level > 1 && (entry & (kTable | kPage)) == kTable;
    }
    static constexpr uint64_t gone(uint64_t entry) { return (entry & ~(kTable | kPage)) | kGone; }
    static constexpr bool is_gone(uint64_t entry) { return (entry & kGone) != 0; }
    static constexpr Paddr address(uint64_t entry) { return Paddr{entry & kAddress}; }
    static constexpr Protection protection(uint64_t entry) {
        return {.write = (entry & kWrite) != 0,
                .execute = (entry & kExecute) != 0,
                .device = (entry & kDevice) != 0,
                .read = (entry & kRead) != 0};
    }
};

static_assert(Codec<SoftCodec>);

} // namespace uk::pagetable
