// SPDX-License-Identifier: BSD-3-Clause
// MCFG, and virtio devices in the DSDT: ACPI 6.4, 6.4.3 (resources), 20.2 (encoding of AML).
#include <uk/acpi/devices.hpp>

#include "bytes.hpp"

namespace uk::acpi {
namespace {

struct McfgEntry {
    le64 start;
    le16 segment;
    uint8_t first_bus;
    uint8_t last_bus;
    le32 reserved;
};
static_assert(sizeof(McfgEntry) == 16);

constexpr uint32_t kName = 4;
constexpr char kHid[] = "LNRO0005";

// What a buffer of resources holds of what is wanted (6.4.3.4, 6.4.3.6): memory with 32 bits, an
// interrupt.
bool read_resources(const Bytes& dsdt, uint32_t at, uint32_t end, MemoryDevice& device) {
    constexpr uint8_t kLarge = 0x80;
    constexpr uint8_t kFixedMemory = 0x86;
    constexpr uint8_t kInterrupt = 0x89;
    bool has_memory = false;
    bool has_interrupt = false;
    while (at < end) {
        uint8_t tag = 0;
        if (!dsdt.get(at, &tag, 1)) {
            return false;
        }
        if ((tag & kLarge) == 0) {
            at += 1 + (tag & 7U);
            continue;
        }
        const uint32_t length = dsdt.value<le16>(at + 1);
        if (length > end - at) {
            return false;
        }
        if (tag == kFixedMemory && length >= 9) {
            device.registers = {Paddr{dsdt.value<le32>(at + 4)}, dsdt.value<le32>(at + 8)};
            has_memory = true;
        } else if (tag == kInterrupt && length >= 6) {
            uint8_t flags = 0;
            (void)dsdt.get(at + 3, &flags, 1);
            device.gsi = dsdt.value<le32>(at + 5);
            device.level = (flags & 2) == 0;
            device.low = (flags & 4) != 0;
            has_interrupt = true;
        }
        at += 3 + length;
    }
    return has_memory && has_interrupt;
}

// The length at the head of a package, a buffer or a device (20.2.4), and how many bytes it takes.
struct Length {
    uint32_t value = 0;
    uint32_t bytes = 0; // 0 = there is none
};
Length length_at(const Bytes& dsdt, uint32_t at) {
    uint8_t head = 0;
    if (!dsdt.get(at, &head, 1)) {
        return {};
    }
    const uint32_t more = head >> 6;
    Length length{more == 0 ? head & 0x3fU : head & 0xfU, 1 + more};
    for (uint32_t i = 0; i < more; i++) {
        uint8_t byte = 0;
        (void)dsdt.get(at + 1 + i, &byte, 1);
        length.value |= uint32_t{byte} << (4 + 8 * i);
    }
    return length;
}

// Name(_CRS, Buffer() {...}) with "_CRS" at `at`.
bool read_crs(const Bytes& dsdt, uint32_t at, MemoryDevice& device) {
    constexpr uint8_t kBuffer = 0x11;
    uint8_t code = 0;
    if (!dsdt.get(at + kName, &code, 1) || code != kBuffer) {
        return false;
    }
    const uint32_t start = at + kName + 1;
    const Length length = length_at(dsdt, start);
    if (length.bytes == 0 || length.value < length.bytes || length.value > dsdt.length() - start) {
        return false;
    }
    // The buffer's size, an integer: its kind tells how long it is.
    uint8_t kind = 0;
    (void)dsdt.get(start + length.bytes, &kind, 1);
    const uint32_t size = kind == 0x0a ? 2 : kind == 0x0b ? 3 : kind == 0x0c ? 5 : 1;
    return read_resources(dsdt, start + length.bytes + size, start + length.value, device);
}

// Calls visit(offset) wherever `text` stands from `from` up to `end`, until it says true.
template <class Visit>
Result<> find_text(const Bytes& dsdt, uint32_t from, uint32_t end, const char* text, uint32_t size,
                   Visit visit) {
    constexpr uint32_t kPiece = 256;
    char piece[kPiece];
    for (uint32_t start = from; start < end && end - start >= size; start += kPiece - size + 1) {
        const uint32_t rest = end - start;
        const uint32_t count = rest < kPiece ? rest : kPiece;
        if (!dsdt.get(start, piece, count)) {
            return Errno::fault;
        }
        for (uint32_t i = 0; i + size <= count; i++) {
            if (piece[i] == text[0] && __builtin_memcmp(piece + i, text, size) == 0 &&
                visit(start + i)) {
                return {};
            }
        }
    }
    return {};
}

} // namespace

Result<Mcfg> read_mcfg(const Memory& memory, Paddr root) {
    constexpr uint32_t kFirst = kHeaderBytes + 8;
    const Table table = UK_TRY(find_table(memory, root, "MCFG"));
    const Bytes bytes(memory, table.address, table.length);
    for (uint32_t at = kFirst; at < table.length; at += sizeof(McfgEntry)) {
        McfgEntry entry;
        if (table.length - at < sizeof entry) {
            break;
        }
        if (!bytes.get(at, &entry, sizeof entry)) {
            return Errno::fault;
        }
        if (entry.segment == 0 && entry.first_bus <= entry.last_bus) {
            const uint64_t skipped = uint64_t{entry.first_bus} << 20;
            return Mcfg{Paddr{entry.start + skipped}, entry.first_bus, entry.last_bus};
        }
    }
    return Errno::nodev;
}

Result<> each_virtio(const Memory& memory, Paddr root,
                     void (*use)(const MemoryDevice& device, void* context), void* context) {
    constexpr uint32_t kReach = 256; // from a device's name of hardware to its resources
    const Table table = UK_TRY(find_table(memory, root, "FACP"));
    const Bytes fadt(memory, table.address, table.length);
    const Bytes dsdt = UK_TRY(open_dsdt(memory, fadt));
    return find_text(dsdt, kHeaderBytes, dsdt.length(), kHid, sizeof kHid - 1, [&](uint32_t at) {
        const uint32_t from = at + sizeof kHid - 1;
        const uint32_t end = dsdt.length() - from < kReach ? dsdt.length() : from + kReach;
        uint32_t crs = 0;
        (void)find_text(dsdt, from, end, "_CRS", kName, [&](uint32_t where) {
            crs = where;
            return true;
        }).ok();
        MemoryDevice device;
        if (crs != 0 && read_crs(dsdt, crs, device)) {
            use(device, context);
        }
        return false;
    });
}

} // namespace uk::acpi
