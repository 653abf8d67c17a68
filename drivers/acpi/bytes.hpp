// SPDX-License-Identifier: BSD-3-Clause
// A piece of physical memory, a table, say, that is read in steps with its bounds checked.
#pragma once

#include <uk/acpi/tables.hpp>
#include <uk/base/endian.hpp>

namespace uk::acpi {

class Bytes {
  public:
    Bytes(const Memory& memory, Paddr start, uint32_t length)
        : memory_(memory), start_(start), length_(length) {}

    [[nodiscard]] uint32_t length() const { return length_; }
    bool get(uint32_t offset, void* to, uint32_t size) const {
        return offset <= length_ && size <= length_ - offset &&
               start_.value() + offset >= start_.value() &&
               memory_.read(memory_.context, start_ + offset, to, size);
    }
    // 0 if it lies beyond the end.
    template <class T>
    [[nodiscard]] typename T::Native value(uint32_t offset) const {
        T value = 0;
        return get(offset, &value, sizeof value) ? value.get() : typename T::Native{0};
    }

  private:
    const Memory& memory_;
    Paddr start_;
    uint32_t length_;
};

inline constexpr uint32_t kHeaderBytes = 36; // of any table

// The DSDT that a FADT names (ACPI 6.4, 5.2.9). Errors: EINVAL (there is none, or one that is too
// long).
[[nodiscard]] inline Result<Bytes> open_dsdt(const Memory& memory, const Bytes& fadt) {
    constexpr uint32_t kDsdt = 40; // offsets in the FADT
    constexpr uint32_t kXDsdt = 140;
    uint64_t address = fadt.value<le64>(kXDsdt);
    if (address == 0) {
        address = fadt.value<le32>(kDsdt);
    }
    Bytes header(memory, Paddr{address}, kHeaderBytes);
    char signature[4];
    if (address == 0 || !header.get(0, signature, 4) ||
        __builtin_memcmp(signature, "DSDT", 4) != 0) {
        return Errno::inval;
    }
    uint32_t length = header.value<le32>(4);
    if (length < kHeaderBytes || length > kMaxTable) {
        return Errno::inval;
    }
    return Bytes(memory, Paddr{address}, length);
}

} // namespace uk::acpi
