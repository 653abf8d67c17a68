// SPDX-License-Identifier: BSD-3-Clause
// One function of a PCI device: identity, capabilities, memory. Nothing that it says is trusted.
// Thread context, one caller at a time; nothing blocks.
#pragma once

#include <cstdint>

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>
#include <uk/pci/config.hpp>

namespace uk::pci {

// PCI 6.7: an entry of the list of capabilities, at `offset` in configuration space.
struct Capability {
    uint8_t id = 0;
    uint8_t offset = 0;
};
struct CapabilityList {
    static constexpr unsigned kMost = 48; // as many as fit between 0x40 and 0x100
    Capability entries[kMost];
    unsigned count = 0;

    // The first with this id; 0 = none.
    [[nodiscard]] uint8_t find(uint8_t id) const;
};

// A base address register (PCI 6.2.5.1): memory or ports that a function answers at.
struct Bar {
    uint64_t bus_address = 0; // as the bus has it; 0 = nobody has assigned it
    uint64_t size = 0;
    bool is_port = false;
    bool is_64 = false; // takes the next register, too
};

class Function {
  public:
    static constexpr unsigned kBars = 6;
    // PCI 6.2.2, the command register.
    static constexpr uint16_t kPortAccess = 1 << 0;
    static constexpr uint16_t kMemoryAccess = 1 << 1;
    static constexpr uint16_t kBusMaster = 1 << 2;
    static constexpr uint16_t kNoInterruptLine = 1 << 10;

    constexpr Function() = default;
    constexpr Function(ConfigSpace& space, Address address) : space_(&space), address_(address) {}

    [[nodiscard]] Address address() const { return address_; }
    template <class T>
    [[nodiscard]] T read(uint32_t offset) const {
        return static_cast<T>(space_->read(address_, offset, sizeof(T)));
    }
    template <class T>
    void write(uint32_t offset, T value) const {
        space_->write(address_, offset, sizeof(T), value);
    }

    // 0xffff: there is no function here.
    [[nodiscard]] uint16_t vendor() const { return read<uint16_t>(0x00); }
    [[nodiscard]] uint16_t device() const { return read<uint16_t>(0x02); }
    // Class, subclass, interface (PCI appendix D).
    [[nodiscard]] uint32_t class_code() const { return read<uint32_t>(0x08) >> 8; }
    [[nodiscard]] bool is_bridge() const { return (header_type() & 0x7f) == 1; }
    [[nodiscard]] bool is_multi_function() const { return (header_type() & 0x80) != 0; }
    // 1 to 4: INTA to INTD; 0 = none. Where it leads, as firmware left it: a PC's ISA number.
    [[nodiscard]] uint8_t interrupt_pin() const { return read<uint8_t>(0x3d); }
    [[nodiscard]] uint8_t interrupt_line() const { return read<uint8_t>(0x3c); }

    // All of them, a list that goes in a circle or out of bounds up to there.
    [[nodiscard]] CapabilityList capabilities() const;

    // How many registers its kind of header has; 0 = an unknown kind.
    [[nodiscard]] unsigned bar_count() const;
    // Register `index`, measured by writing ones (PCI 6.2.5.1), for which the function is switched
    // off for a moment. Errors: EINVAL (no such register, or the upper half of another), ENODEV
    // (not implemented).
    [[nodiscard]] Result<Bar> bar(unsigned index) const;
    void set_bar(unsigned index, bool is_64, uint64_t bus_address) const;

    // Changes the command register: whether it answers to memory accesses, may access memory itself
    // and so on.
    void command(uint16_t set, uint16_t clear) const;

  private:
    [[nodiscard]] uint8_t header_type() const { return read<uint8_t>(0x0e); }

    ConfigSpace* space_ = nullptr;
    Address address_;
};

} // namespace uk::pci
