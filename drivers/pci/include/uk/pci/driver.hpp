// SPDX-License-Identifier: BSD-3-Clause
// Drivers of PCI functions, and what they need of the machine.
//
//     static uk::Result<> probe(const uk::pci::Function& function);
//     UK_PCI_DRIVER({.name = "e1000", .vendor = 0x8086, .first = 0x100e, .last = 0x100e, probe});
//
// Functions are found at init level bus and handed to drivers at level dev, in the order of their
// addresses. Thread context, one caller at a time.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/base/result.hpp>
#include <uk/base/section_table.hpp>
#include <uk/hal/irq_line.hpp>
#include <uk/pci/function.hpp>

namespace uk::pci {

// For all devices `first` to `last` of a vendor.
struct Driver {
    const char* name;
    uint16_t vendor;
    uint16_t first;
    uint16_t last;
    // The function is its own from now on, and may be copied; it is switched off for accesses to
    // memory where no firmware ran. Errors are logged; ENODEV: not one of its kind after all.
    Result<> (*probe)(const Function& function);
};

UK_SECTION_TABLE(uk_pci_drivers, Driver);

// `bytes` bytes at `offset` of what register `bar` names, for the CPU. Mapped for ever. Errors:
// EINVAL, ENODEV (no such memory), EFAULT (beyond its end, or out of the CPU's reach), ENOMEM.
[[nodiscard]] Result<volatile void*> map_bar(const Function& function, unsigned bar,
                                             uint64_t offset, size_t bytes);

// The line that the function's interrupt pin leads to; others may share it. Errors: ENODEV (it has
// none, or nobody knows where it leads), those of hal::irq_line().
[[nodiscard]] Result<hal::IrqLine> interrupt_line(const Function& function);

} // namespace uk::pci

// At namespace scope.
#define UK_PCI_DRIVER(...) UK_SECTION_ROW(uk_pci_drivers, uk::pci::Driver, __VA_ARGS__)
