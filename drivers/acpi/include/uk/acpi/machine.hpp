// SPDX-License-Identifier: BSD-3-Clause
// The tables of the machine that this image runs on.
#pragma once

#include <uk/acpi/tables.hpp>

namespace uk::acpi {

struct Machine {
    Memory memory;
    Paddr root; // 0 = there are none
};

// Defined by platforms that have ACPI. Thread context.
[[nodiscard]] Machine machine();

} // namespace uk::acpi
