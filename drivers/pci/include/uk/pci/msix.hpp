// SPDX-License-Identifier: BSD-3-Clause
// MSI-X: a table in a function's memory that says which message each of its vectors sends.
// (PCI Local Bus Specification 3.0, 6.8.2.)
#pragma once

#include <cstdint>

#include <uk/base/address.hpp>
#include <uk/io/reg.hpp>
#include <uk/pci/function.hpp>

namespace uk::pci {

inline constexpr uint8_t kMsixCapability = 0x11;

// Where the table lies: in the memory of register `bar`, at `offset`.
struct MsixPlace {
    uint8_t capability = 0;
    uint8_t bar = 0;
    uint32_t offset = 0;
    unsigned vectors = 0; // 1 to 2048
    static constexpr uint32_t kEntryBytes = 16;
};

// Errors: ENODEV (no such capability, or one without sense).
[[nodiscard]] Result<MsixPlace> find_msix(const Function& function);

// Off: the function uses its interrupt line. On, with all vectors that are masked masked.
void switch_msix(const Function& function, const MsixPlace& place, bool on);

// The entries. Io: the table's memory.
template <io::RegIo Io>
class MsixTable {
  public:
    constexpr MsixTable(Io io, unsigned vectors) : io_(io), vectors_(vectors) {}

    [[nodiscard]] unsigned vectors() const { return vectors_; }
    void mask_all() {
        for (unsigned i = 0; i < vectors_; i++) {
            io_.template write<uint32_t>(at(i) + kControl, kMasked);
        }
    }
    // Vector `index` writes `data` to `address` from now on. Errors: EINVAL (no such vector).
    [[nodiscard]] Result<> set(unsigned index, DmaAddr address, uint32_t data) {
        if (index >= vectors_) {
            return Errno::inval;
        }
        io_.template write<uint32_t>(at(index) + kControl, kMasked);
        io_.template write<uint32_t>(at(index), static_cast<uint32_t>(address.value()));
        io_.template write<uint32_t>(at(index) + 4, static_cast<uint32_t>(address.value() >> 32));
        io_.template write<uint32_t>(at(index) + kData, data);
        io_.template write<uint32_t>(at(index) + kControl, 0);
        return {};
    }

  private:
    static constexpr uint32_t kData = 8;
    static constexpr uint32_t kControl = 12;
    static constexpr uint32_t kMasked = 1;

    static constexpr uint32_t at(unsigned index) { return index * MsixPlace::kEntryBytes; }

    Io io_;
    unsigned vectors_;
};

} // namespace uk::pci
