// SPDX-License-Identifier: BSD-3-Clause
// Page table entries of arm64: granule of 4 KiB, 48-bit addresses. Arm ARM (DDI 0487), D8.3. Pure.
//
// The architecture counts levels downwards: its level 0 is 4 here, its level 3 is 1. It has pages
// ("blocks") of 2 MiB and 1 GiB on every processor. The same in both halves of the address space.
#pragma once

#include <uk/pagetable/codec.hpp>

namespace uk::pagetable {

struct Arm64Codec {
    static constexpr unsigned kLevels = 4;
    static constexpr unsigned kBiggestPage = 3;

    // Which bytes of MAIR_EL1 the entries name, and what these must say: normal memory, write-back,
    // allocated on reads and writes; device nGnRnE.
    static constexpr unsigned kMairNormal = 0;
    static constexpr unsigned kMairDevice = 1;
    static constexpr uint64_t kMair = uint64_t{0xff} << 8 * kMairNormal | uint64_t{0x00}
                                                                              << 8 * kMairDevice;

    static constexpr uint64_t kValid = uint64_t{1} << 0;
    static constexpr uint64_t kTableOrPage = uint64_t{1} << 1; // clear: a block
    static constexpr unsigned kMairShift = 2;
    static constexpr uint64_t kReadOnly = uint64_t{1} << 7; // AP[2]; AP[1] clear: not for EL0
    static constexpr uint64_t kInnerShareable = uint64_t{3} << 8;
    static constexpr uint64_t kAccessed = uint64_t{1} << 10;
    static constexpr uint64_t kGone = uint64_t{1} << 55; // ours, where kValid is not set
    static constexpr uint64_t kPrivilegedNoExecute = uint64_t{1} << 53;
    static constexpr uint64_t kUserNoExecute = uint64_t{1} << 54;
    static constexpr uint64_t kAddress = 0x0000'ffff'ffff'f000;

    static constexpr uint64_t attributes(Protection p) {
        return (p.read ? kValid : 0) | kAccessed | kInnerShareable | kUserNoExecute |
               uint64_t{p.device ? kMairDevice : kMairNormal} << kMairShift |
               (p.write ? 0 : kReadOnly) | (p.execute ? 0 : kPrivilegedNoExecute);
    }
    static constexpr uint64_t page(Paddr address, unsigned level, uint64_t attributes) {
        return address.value() | attributes | (level == 1 ? kTableOrPage : 0);
    }
    static constexpr uint64_t table(Paddr address) {
        return address.value() | kValid | kTableOrPage;
    }
    static constexpr bool is_page(uint64_t entry, unsigned level) {
        return level <= 3 &&
               (entry & (kValid | kTableOrPage)) == (level == 1 ? kValid | kTableOrPage : kValid);
    }
    static constexpr bool is_table(uint64_t entry, unsigned level) {
        return level > 1 && (entry & (kValid | kTableOrPage)) == (kValid | kTableOrPage);
    }
    static constexpr uint64_t gone(uint64_t entry) { return (entry & ~kValid) | kGone; }
    static constexpr bool is_gone(uint64_t entry) { return (entry & (kValid | kGone)) == kGone; }
    static constexpr Paddr address(uint64_t entry) { return Paddr{entry & kAddress}; }
    static constexpr Protection protection(uint64_t entry) {
        return {.write = (entry & kReadOnly) == 0,
                .execute = (entry & kPrivilegedNoExecute) == 0,
                .device = (entry >> kMairShift & 7) == kMairDevice,
                .read = (entry & kValid) != 0};
    }
};

static_assert(Codec<Arm64Codec>);

} // namespace uk::pagetable
