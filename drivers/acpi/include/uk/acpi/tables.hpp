// SPDX-License-Identifier: BSD-3-Clause
// Finds ACPI tables and reads the few fixed fields that are needed before there is a driver model.
//
//     acpi::Memory memory{read_physical, nullptr};
//     Result<acpi::Fadt> fadt = acpi::read_fadt(memory, info.acpi_root);
//
// Nothing in the tables is trusted: lengths are bounded, checksums verified, cycles impossible.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>

namespace uk::acpi {

// How physical memory is read. `read` copies `size` bytes (at most 4 KiB) from `from` and says
// whether it could; `context` is handed through to it.
struct Memory {
    bool (*read)(void* context, Paddr from, void* to, size_t size);
    void* context;
};

// A table with a valid checksum; `length` includes the header.
struct Table {
    Paddr address;
    uint32_t length = 0;
    uint8_t revision = 0;
};

// Longer tables are taken for nonsense.
inline constexpr uint32_t kMaxTable = 1U << 20;

// The first table with this signature ("FACP", "HPET", "APIC"), starting from the RSDP at `root`.
// As slow as the tables are long; context as `memory.read`. Errors: ENOENT (no such table, or
// `root` is 0), EINVAL (no RSDP at `root`, or its list of tables is broken), EFAULT (unreadable).
[[nodiscard]] Result<Table> find_table(const Memory& memory, Paddr root, const char* signature);

// Generic Address Structure, as far as a register needs it. A port's address fits into 16 bits, and
// so does that of the register's last byte.
struct Register {
    enum class Space : uint8_t { memory = 0, port = 1 };
    Space space = Space::port;
    uint64_t address = 0; // 0 = there is none
};

// The register of `bytes` bytes that a table speaks of; none where that cannot be: another space,
// or a port beyond the last.
[[nodiscard]] Register make_register(uint8_t space, uint64_t address, unsigned bytes);

// Fixed ACPI Description Table.
struct Fadt {
    Register pm_timer;
    bool pm_timer_32_bits = false;
    Register reset; // write `reset_value` here to reset the machine
    uint8_t reset_value = 0;
    uint8_t rtc_century = 0; // index of the century in CMOS memory; 0 = none
    bool hardware_reduced = false;
};

// Errors: as find_table(), EINVAL also for a table that is too short.
[[nodiscard]] Result<Fadt> read_fadt(const Memory& memory, Paddr root);

// Where the registers of the first HPET lie. Errors: as find_table(), EINVAL also for a table that
// is too short, ENODEV if the registers are not in memory.
[[nodiscard]] Result<Paddr> read_hpet(const Memory& memory, Paddr root);

} // namespace uk::acpi
