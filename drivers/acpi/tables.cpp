// SPDX-License-Identifier: BSD-3-Clause
// ACPI 6.4, sections 5.2.5 to 5.2.9; IA-PC HPET 1.0a, section 3.2.4.
#include <uk/acpi/tables.hpp>

#include <uk/base/endian.hpp>

namespace uk::acpi {
namespace {

struct Rsdp {
    char signature[8];
    uint8_t checksum;
    char oem[6];
    uint8_t revision;
    le32 rsdt;
    le32 length;
    le64 xsdt;
    uint8_t extended_checksum;
    uint8_t reserved[3];
};
static_assert(sizeof(Rsdp) == 36);
constexpr size_t kRsdpV1 = 20;

struct Header {
    char signature[4];
    le32 length;
    uint8_t revision;
    uint8_t checksum;
    char oem[6];
    char oem_table[8];
    le32 oem_revision;
    char creator[4];
    le32 creator_revision;
};
static_assert(sizeof(Header) == 36);

struct Gas {
    uint8_t space;
    uint8_t bits;
    uint8_t offset;
    uint8_t access;
    le64 address;
};

// Offsets in the FADT.
constexpr uint32_t kPmTimerBlock = 76;
constexpr uint32_t kPmTimerLength = 91;
constexpr uint32_t kCentury = 108;
constexpr uint32_t kFlags = 112;
constexpr uint32_t kFadtV1 = 116;
constexpr uint32_t kResetRegister = 116;
constexpr uint32_t kResetValue = 128;
constexpr uint32_t kXPmTimerBlock = 208;
constexpr uint32_t kFlagTimer32 = 1U << 8;
constexpr uint32_t kFlagReset = 1U << 10;
constexpr uint32_t kFlagHardwareReduced = 1U << 20;

constexpr uint32_t kHpetAddress = 40;

bool read(const Memory& memory, Paddr from, void* to, size_t size) {
    return from.value() + size >= from.value() && memory.read(memory.context, from, to, size);
}

template <class T>
bool read_field(const Memory& memory, const Table& table, uint32_t offset, T& out) {
    return offset + sizeof(T) <= table.length &&
           read(memory, table.address + offset, &out, sizeof(T));
}

uint8_t sum(const void* bytes, size_t size) {
    const auto* b = static_cast<const uint8_t*>(bytes);
    uint8_t total = 0;
    for (size_t i = 0; i < size; i++) {
        total = static_cast<uint8_t>(total + b[i]);
    }
    return total;
}

Result<> check_sum(const Memory& memory, Paddr start, uint32_t length) {
    uint8_t part[64];
    uint8_t total = 0;
    for (uint32_t done = 0; done < length;) {
        uint32_t now = length - done < sizeof part ? length - done : uint32_t{sizeof part};
        if (!read(memory, start + done, part, now)) {
            return Errno::fault;
        }
        total = static_cast<uint8_t>(total + sum(part, now));
        done += now;
    }
    return total == 0 ? Result<>() : Errno::inval;
}

// The list of tables: its place, and whether addresses in it have 8 bytes (XSDT) or 4 (RSDT).
struct Root {
    Table list;
    uint32_t width = 4;
};

Result<Table> read_table(const Memory& memory, Paddr address, const char* signature) {
    Header header;
    if (!read(memory, address, &header, sizeof header)) {
        return Errno::fault;
    }
    if (__builtin_memcmp(header.signature, signature, 4) != 0) {
        return Errno::noent;
    }
    uint32_t length = header.length;
    if (length < sizeof header || length > kMaxTable) {
        return Errno::inval;
    }
    UK_TRY(check_sum(memory, address, length));
    return Table{address, length, header.revision};
}

Result<Root> read_root(const Memory& memory, Paddr root) {
    Rsdp rsdp;
    if (root.is_null()) {
        return Errno::noent;
    }
    if (!read(memory, root, &rsdp, kRsdpV1)) {
        return Errno::fault;
    }
    if (__builtin_memcmp(rsdp.signature, "RSD PTR ", 8) != 0 || sum(&rsdp, kRsdpV1) != 0) {
        return Errno::inval;
    }
    if (rsdp.revision >= 2) {
        if (!read(memory, root, &rsdp, sizeof rsdp)) {
            return Errno::fault;
        }
        if (sum(&rsdp, sizeof rsdp) == 0 && rsdp.xsdt != 0) {
            Result<Table> list = read_table(memory, Paddr{rsdp.xsdt}, "XSDT");
            return list.ok() ? Result<Root>(Root{list.take(), 8}) : Errno::inval;
        }
    }
    Result<Table> list = read_table(memory, Paddr{rsdp.rsdt}, "RSDT");
    return list.ok() ? Result<Root>(Root{list.take(), 4}) : Errno::inval;
}

Register to_register(const Gas& gas, unsigned bytes) {
    return make_register(gas.space, gas.address, bytes);
}

} // namespace

Register make_register(uint8_t space, uint64_t address, unsigned bytes) {
    constexpr uint64_t kPorts = 0x10000;
    if (space > 1 || (space == 1 && address > kPorts - bytes)) {
        return Register{};
    }
    return Register{static_cast<Register::Space>(space), address};
}

Result<Table> find_table(const Memory& memory, Paddr root, const char* signature) {
    Root list = UK_TRY(read_root(memory, root));
    for (uint32_t at = sizeof(Header); at + list.width <= list.list.length; at += list.width) {
        le64 entry = 0;
        if (!read(memory, list.list.address + at, &entry, list.width)) {
            return Errno::fault;
        }
        Result<Table> table = read_table(memory, Paddr{entry}, signature);
        if (table.ok()) {
            return table; // a broken table is skipped: another may have the same signature
        }
    }
    return Errno::noent;
}

Result<Fadt> read_fadt(const Memory& memory, Paddr root) {
    Table table = UK_TRY(find_table(memory, root, "FACP"));
    if (table.length < kFadtV1) {
        return Errno::inval;
    }
    Fadt fadt;
    le32 block = 0;
    le32 flags = 0;
    uint8_t timer_length = 0;
    if (!read_field(memory, table, kPmTimerBlock, block) ||
        !read_field(memory, table, kPmTimerLength, timer_length) ||
        !read_field(memory, table, kCentury, fadt.rtc_century) ||
        !read_field(memory, table, kFlags, flags)) {
        return Errno::fault;
    }
    fadt.pm_timer_32_bits = (flags & kFlagTimer32) != 0;
    fadt.hardware_reduced = (flags & kFlagHardwareReduced) != 0;
    if (timer_length == 4 && !fadt.hardware_reduced) {
        fadt.pm_timer = make_register(1, block, 4);
    }
    Gas gas;
    if (!fadt.hardware_reduced && read_field(memory, table, kXPmTimerBlock, gas) &&
        to_register(gas, 4).address != 0) {
        fadt.pm_timer = to_register(gas, 4);
    }
    if ((flags & kFlagReset) != 0 && read_field(memory, table, kResetRegister, gas) &&
        read_field(memory, table, kResetValue, fadt.reset_value)) {
        fadt.reset = to_register(gas, 1);
    }
    return fadt;
}

Result<Paddr> read_hpet(const Memory& memory, Paddr root) {
    Table table = UK_TRY(find_table(memory, root, "HPET"));
    Gas gas;
    if (!read_field(memory, table, kHpetAddress, gas)) {
        return Errno::inval;
    }
    Register where = to_register(gas, 1024);
    if (where.address == 0 || where.space != Register::Space::memory) {
        return Errno::nodev;
    }
    return Paddr{where.address};
}

} // namespace uk::acpi
