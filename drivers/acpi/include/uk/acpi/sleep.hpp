// SPDX-License-Identifier: BSD-3-Clause
// How ACPI switches a machine off: the registers, and what to write there.
#pragma once

#include <uk/acpi/tables.hpp>

namespace uk::acpi {

// What has to be written to enter soft-off (S5), in this order; at most two.
struct SoftOff {
    struct Write {
        Register where; // address 0 = nothing to write
        uint16_t value = 0;
        uint8_t bytes = 2; // width of the access
    };
    Write writes[2];
};

// Finds the PM1 control blocks, or the sleep control register of machines without them, and the
// value for S5 in the DSDT. The DSDT is not executed: only a plain package is understood, which is
// what firmware has there. Context as `memory.read`. Errors: those of find_table(), EINVAL also for
// a broken FADT or DSDT, ENODEV if the machine cannot be switched off this way.
[[nodiscard]] Result<SoftOff> read_soft_off(const Memory& memory, Paddr root);

} // namespace uk::acpi
