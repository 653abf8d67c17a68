// SPDX-License-Identifier: BSD-3-Clause
// Walks the Multiple APIC Description Table, which nobody vouches for.
#include "madt.hpp"

#include <uk/base/minmax.hpp>

namespace uk::acpi {

Result<> each_madt_entry(const Memory& memory, Paddr root,
                         void (*use)(const MadtEntry& entry, void* context), void* context) {
    constexpr uint32_t kFirst = 44;
    constexpr uint32_t kHead = 2; // type, length
    const Table table = UK_TRY(find_table(memory, root, "APIC"));
    for (uint32_t at = kFirst; at < table.length;) {
        const uint32_t left = table.length - at;
        MadtEntry entry;
        if (left < kHead) {
            return Errno::inval;
        }
        if (!memory.read(memory.context, table.address + at, &entry, kHead)) {
            return Errno::fault;
        }
        const uint32_t length = entry.length;
        if (length < kHead || length > left) {
            return Errno::inval;
        }
        if (!memory.read(memory.context, table.address + at, &entry,
                         min<uint32_t>(length, sizeof entry))) {
            return Errno::fault;
        }
        entry.length = static_cast<uint8_t>(length); // whatever the second look said
        use(entry, context);
        at += length;
    }
    return {};
}

} // namespace uk::acpi
