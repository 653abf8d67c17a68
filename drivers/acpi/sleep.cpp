// SPDX-License-Identifier: BSD-3-Clause
// ACPI 6.4: FADT (5.2.9), sleep registers (4.8.3.2.1, 4.8.3.7), \_S5 (7.4.2), AML encoding (20.2).
#include <uk/acpi/sleep.hpp>

#include "bytes.hpp"

namespace uk::acpi {
namespace {

// Offsets in the FADT; the X fields are Generic Address Structures of 12 bytes.
constexpr uint32_t kPm1aControl = 64;
constexpr uint32_t kPm1bControl = 68;
constexpr uint32_t kXPm1aControl = 172;
constexpr uint32_t kXPm1bControl = 184;
constexpr uint32_t kSleepControl = 244;

constexpr uint32_t kSleepTypeShift = 10; // PM1 control: SLP_TYP, SLP_EN
constexpr uint32_t kSleepEnable = 1 << 13;
constexpr uint32_t kReducedTypeShift = 2; // sleep control register
constexpr uint32_t kReducedEnable = 1 << 5;

Register register_at(const Bytes& fadt, uint32_t gas, unsigned bytes) {
    uint8_t space = 0xff;
    fadt.get(gas, &space, 1);
    return make_register(space, fadt.value<le64>(gas + 4), bytes);
}

Register control_block(const Bytes& fadt, uint32_t extended, uint32_t old) {
    Register block = register_at(fadt, extended, 2);
    return block.address != 0 ? block : make_register(1, fadt.value<le32>(old), 2);
}

// A byte-sized integer object: its value, and how many bytes of AML it takes.
struct Integer {
    uint8_t value = 0;
    uint32_t size = 0; // 0 = not an integer
};

Integer integer_at(const Bytes& dsdt, uint32_t at) {
    uint8_t code[2] = {0xff, 0};
    dsdt.get(at, code, dsdt.length() - at < 2 ? 1 : 2);
    switch (code[0]) {
    case 0x00: // Zero
    case 0x01: // One
        return {code[0], 1};
    case 0x0a: // byte
        return {code[1], 2};
    case 0x0b: // word, double word: the value stands first
        return {code[1], 3};
    case 0x0c:
        return {code[1], 5};
    default:
        return {};
    }
}

struct SleepTypes {
    uint8_t a = 0;
    uint8_t b = 0;
};

// Name(_S5, Package() {a, b, ...}) at `at`, which is where "_S5_" stands.
bool parse_package(const Bytes& dsdt, uint32_t at, SleepTypes& types) {
    constexpr uint8_t kPackage = 0x12;
    uint8_t head[2];
    if (!dsdt.get(at + 4, head, 2) || head[0] != kPackage) {
        return false;
    }
    uint32_t body = at + 6 + (head[1] >> 6); // length of the length in its top bits
    uint8_t count = 0;
    if (!dsdt.get(body, &count, 1) || count < 1) {
        return false;
    }
    Integer a = integer_at(dsdt, body + 1);
    Integer b = count < 2 ? a : integer_at(dsdt, body + 1 + a.size);
    types = {static_cast<uint8_t>(a.value & 7), static_cast<uint8_t>(b.value & 7)};
    return a.size != 0 && b.size != 0;
}

// Looks through the whole table, in pieces that overlap by a name.
Result<SleepTypes> find_s5(const Bytes& dsdt) {
    constexpr uint32_t kPiece = 256;
    constexpr uint32_t kName = 4;
    char piece[kPiece];
    for (uint32_t start = kHeaderBytes; start + kName <= dsdt.length();
         start += kPiece - kName + 1) {
        uint32_t rest = dsdt.length() - start;
        uint32_t size = rest < kPiece ? rest : kPiece;
        if (!dsdt.get(start, piece, size)) {
            return Errno::fault;
        }
        for (uint32_t i = 0; i + kName <= size; i++) {
            SleepTypes types;
            if (piece[i] == '_' && __builtin_memcmp(piece + i, "_S5_", kName) == 0 &&
                parse_package(dsdt, start + i, types)) {
                return types;
            }
        }
    }
    return Errno::nodev;
}

} // namespace

Result<SoftOff> read_soft_off(const Memory& memory, Paddr root) {
    Table table = UK_TRY(find_table(memory, root, "FACP"));
    Bytes fadt(memory, table.address, table.length);
    SleepTypes types = UK_TRY(find_s5(UK_TRY(open_dsdt(memory, fadt))));
    SoftOff off;
    Register sleep = register_at(fadt, kSleepControl, 1);
    if (sleep.address != 0) {
        off.writes[0] = {sleep,
                         static_cast<uint16_t>(kReducedEnable | types.a << kReducedTypeShift), 1};
        return off;
    }
    off.writes[0] = {control_block(fadt, kXPm1aControl, kPm1aControl),
                     static_cast<uint16_t>(kSleepEnable | types.a << kSleepTypeShift), 2};
    off.writes[1] = {control_block(fadt, kXPm1bControl, kPm1bControl),
                     static_cast<uint16_t>(kSleepEnable | types.b << kSleepTypeShift), 2};
    return off.writes[0].where.address == 0 ? Result<SoftOff>(Errno::nodev) : off;
}

} // namespace uk::acpi
