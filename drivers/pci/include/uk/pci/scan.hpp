// SPDX-License-Identifier: BSD-3-Clause
// Finds the functions behind a host bridge and, where no firmware did, gives them bus numbers and
// addresses. Pure; bounded whatever the devices say.
//
//     pci::Found found;
//     pci::scan(host, found);
//     for (const pci::Function& function : found.span()) ...
#pragma once

#include <cstdint>
#include <span>

#include <uk/base/address.hpp>
#include <uk/pci/config.hpp>
#include <uk/pci/function.hpp>

namespace uk::pci {

// Addresses that the host bridge passes on to its buses.
struct Window {
    uint64_t bus_address = 0;
    Paddr start{};     // for the CPU
    uint64_t size = 0; // 0 = there is none

    // Errors: EFAULT (it does not lie in here).
    [[nodiscard]] Result<Paddr> to_cpu(uint64_t address, uint64_t bytes) const;
};

struct Host {
    ConfigSpace* space = nullptr;
    uint8_t first_bus = 0;
    uint8_t last_bus = 255;
    // Nobody gave numbers and addresses yet: scan() does, to all, out of the windows below.
    bool assigns = false;
    // Without windows addresses are the same on both sides.
    Window low;  // below 4 GiB on the bus
    Window high; // above; only for registers of 64 bits that sit on the first bus

    // Where the CPU sees what a function answers at. Errors: EFAULT (nowhere), ENODEV (nobody
    // assigned it, or ports).
    [[nodiscard]] Result<Paddr> to_cpu(const Bar& bar) const;
};

struct Found {
    static constexpr unsigned kMost = 64;
    Function functions[kMost];
    unsigned count = 0;
    unsigned dropped = 0; // what there was no room for

    [[nodiscard]] std::span<const Function> span() const { return {functions, count}; }
};

// How deep bridges may stand behind each other.
inline constexpr unsigned kMostBridges = 8;

// Thread context. Bridges are among what is found. With `assigns` all functions are switched off
// for accesses afterwards, drivers switch on what they use; a register that finds no room keeps the
// address 0, and so do ports.
void scan(const Host& host, Found& found);

// Where an interrupt pin (1 to 4) comes out on the first bus: bridges turn the pins of the devices
// behind them (PCI-to-PCI Bridge Architecture 1.2, 9.1). Errors: ENODEV (no such pin, or a way that
// does not lead there).
struct Pin {
    uint8_t device = 0;
    uint8_t pin = 0;
};
[[nodiscard]] Result<Pin> pin_on_first_bus(const Host& host, const Found& found,
                                           const Function& function);

} // namespace uk::pci
