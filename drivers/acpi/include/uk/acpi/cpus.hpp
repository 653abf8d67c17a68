// SPDX-License-Identifier: BSD-3-Clause
// Which processors a machine has: the Multiple APIC Description Table.
#pragma once

#include <cstdint>
#include <span>

#include <uk/acpi/tables.hpp>

namespace uk::acpi {

// Writes the local APIC ids of the processors that can be used, in the order of the table (as a
// rule the one that boots comes first), into `ids`, and returns how many there are, which may be
// more than fit. An id that is named twice counts once. Context as `memory.read`. Errors: as
// find_table() ("APIC"), EINVAL also for entries that do not fill the table exactly, EFAULT.
[[nodiscard]] Result<unsigned> read_cpus(const Memory& memory, Paddr root, std::span<uint32_t> ids);

} // namespace uk::acpi
