// SPDX-License-Identifier: BSD-3-Clause
// The entries of the Multiple APIC Description Table. ACPI 6.4, section 5.2.12.
#pragma once

#include <uk/acpi/tables.hpp>

namespace uk::acpi {

// The first bytes of an entry; those it does not have are zeros.
struct MadtEntry {
    uint8_t type = 0;
    uint8_t length = 0;
    uint8_t rest[14] = {};
};
static_assert(sizeof(MadtEntry) == 16);

// Calls use(entry, context) for each. Errors: as read_cpus().
[[nodiscard]] Result<> each_madt_entry(const Memory& memory, Paddr root,
                                       void (*use)(const MadtEntry& entry, void* context),
                                       void* context);

// The entry as what its type says, if it has that type and `length` bytes.
template <class T>
[[nodiscard]] bool as(const MadtEntry& entry, uint8_t type, T& out, size_t length = sizeof(T)) {
    static_assert(sizeof(T) <= sizeof(MadtEntry));
    if (entry.type != type || entry.length < length) {
        return false;
    }
    __builtin_memcpy(static_cast<void*>(&out), &entry, sizeof(T));
    return true;
}

} // namespace uk::acpi
