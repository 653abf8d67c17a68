// SPDX-License-Identifier: BSD-3-Clause
// Configuration space of PCI functions, by ports and by memory (ECAM). (PCI Local Bus Specification
// 3.0, "PCI" below; PCI Express Base Specification 3.0, "PCIe"; numbers are their sections.)
#pragma once

#include <cstdint>

#include <uk/base/address.hpp>
#include <uk/io/reg.hpp>

namespace uk::pci {

// Where a function sits: bus 0..255, device 0..31, function 0..7.
struct Address {
    uint8_t bus = 0;
    uint8_t device = 0;
    uint8_t function = 0;

    // As requests on the bus say it.
    [[nodiscard]] constexpr uint32_t number() const {
        return uint32_t{bus} << 8 | uint32_t{device} << 3 | function;
    }
    friend constexpr bool operator==(Address, Address) = default;
};

// The way to the registers. Reading what is not there answers with ones, writing there does
// nothing. `bytes` is 1, 2 or 4, and `offset` a multiple of it. Thread context, one caller at a
// time; does not block.
class ConfigSpace {
  public:
    virtual uint32_t read(Address where, uint32_t offset, unsigned bytes) = 0;
    virtual void write(Address where, uint32_t offset, unsigned bytes, uint32_t value) = 0;

  protected:
    ~ConfigSpace() = default;
};

// Registers of 1, 2 or 4 bytes, at an offset.
template <io::RegIo Io>
uint32_t read_sized(Io& io, uint32_t offset, unsigned bytes) {
    switch (bytes) {
    case 1:
        return io.template read<uint8_t>(offset);
    case 2:
        return io.template read<uint16_t>(offset);
    default:
        return io.template read<uint32_t>(offset);
    }
}
template <io::RegIo Io>
void write_sized(Io& io, uint32_t offset, unsigned bytes, uint32_t value) {
    switch (bytes) {
    case 1:
        return io.template write<uint8_t>(offset, static_cast<uint8_t>(value));
    case 2:
        return io.template write<uint16_t>(offset, static_cast<uint16_t>(value));
    default:
        return io.template write<uint32_t>(offset, value);
    }
}

// Mechanism 1 of a PC (PCI 3.2.2.3.2). Io: the eight ports from 0xcf8 on. It reaches the first 256
// bytes of each function.
template <io::RegIo Io>
class PortSpace final : public ConfigSpace {
  public:
    constexpr explicit PortSpace(Io io) : io_(io) {}

    uint32_t read(Address where, uint32_t offset, unsigned bytes) override {
        return select(where, offset) ? read_sized(io_, kData + (offset & 3), bytes) : ~0U;
    }
    void write(Address where, uint32_t offset, unsigned bytes, uint32_t value) override {
        if (select(where, offset)) {
            write_sized(io_, kData + (offset & 3), bytes, value);
        }
    }

  private:
    static constexpr uint32_t kSelect = 0; // CONFIG_ADDRESS
    static constexpr uint32_t kData = 4;   // CONFIG_DATA
    static constexpr uint32_t kEnable = 1U << 31;
    static constexpr uint32_t kReach = 256;

    bool select(Address where, uint32_t offset) {
        if (offset >= kReach) {
            return false;
        }
        io_.template write<uint32_t>(kSelect, kEnable | where.number() << 8 | (offset & 0xfc));
        return true;
    }

    Io io_;
};

// PCIe 7.2.2: 4 KiB for each function. Io: the memory of the buses `first` to `last`.
template <io::RegIo Io>
class EcamSpace final : public ConfigSpace {
  public:
    constexpr EcamSpace(Io io, uint8_t first, uint8_t last) : io_(io), first_(first), last_(last) {}

    uint32_t read(Address where, uint32_t offset, unsigned bytes) override {
        return has(where, offset) ? read_sized(io_, place(where) + offset, bytes) : ~0U;
    }
    void write(Address where, uint32_t offset, unsigned bytes, uint32_t value) override {
        if (has(where, offset)) {
            write_sized(io_, place(where) + offset, bytes, value);
        }
    }

  private:
    [[nodiscard]] bool has(Address where, uint32_t offset) const {
        return where.bus >= first_ && where.bus <= last_ && offset < 4096;
    }
    [[nodiscard]] uint32_t place(Address where) const {
        return (where.number() - (uint32_t{first_} << 8)) << 12;
    }

    Io io_;
    uint8_t first_;
    uint8_t last_;
};

} // namespace uk::pci
