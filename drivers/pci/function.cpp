// SPDX-License-Identifier: BSD-3-Clause
// Capabilities and base address registers. PCI Local Bus Specification 3.0, chapter 6.
#include <uk/pci/function.hpp>

namespace uk::pci {
namespace {

constexpr uint32_t kCommand = 0x04;
constexpr uint32_t kStatus = 0x06;
constexpr uint32_t kFirstBar = 0x10;
constexpr uint32_t kCapabilities = 0x34;

} // namespace

uint8_t CapabilityList::find(uint8_t id) const {
    for (unsigned i = 0; i < count; i++) {
        if (entries[i].id == id) {
            return entries[i].offset;
        }
    }
    return 0;
}

CapabilityList Function::capabilities() const {
    constexpr uint16_t kHasList = 1 << 4;
    constexpr uint8_t kFirst = 0x40;
    CapabilityList list;
    if ((read<uint16_t>(kStatus) & kHasList) == 0) {
        return list;
    }
    uint8_t at = read<uint8_t>(kCapabilities) & 0xfc;
    while (at >= kFirst && list.count < CapabilityList::kMost) {
        const auto head = read<uint16_t>(at);
        for (unsigned i = 0; i < list.count; i++) {
            if (list.entries[i].offset == at) {
                return list; // a circle
            }
        }
        list.entries[list.count++] = {static_cast<uint8_t>(head), at};
        at = static_cast<uint8_t>(head >> 8) & 0xfc;
    }
    return list;
}

unsigned Function::bar_count() const {
    switch (header_type() & 0x7f) {
    case 0:
        return kBars;
    case 1:
        return 2;
    default:
        return 0;
    }
}

Result<Bar> Function::bar(unsigned index) const {
    constexpr uint32_t kPort = 1;
    constexpr uint32_t kTypeMask = 6;
    constexpr uint32_t kType64 = 4;
    const unsigned count = bar_count();
    for (unsigned i = 0; i < index && i < count; i++) { // a wide one before it?
        const auto before = read<uint32_t>(kFirstBar + i * 4);
        if ((before & kPort) == 0 && (before & kTypeMask) == kType64) {
            if (++i == index) {
                return Errno::inval;
            }
        }
    }
    if (index >= count) {
        return Errno::inval;
    }
    const uint32_t at = kFirstBar + index * 4;
    const auto low = read<uint32_t>(at);
    Bar bar;
    bar.is_port = (low & kPort) != 0;
    bar.is_64 = !bar.is_port && (low & kTypeMask) == kType64;
    if (bar.is_64 && index + 1 >= count) {
        return Errno::inval;
    }
    const uint32_t flags = bar.is_port ? 3 : 15;
    const auto command_before = read<uint16_t>(kCommand);
    command(0, kPortAccess | kMemoryAccess);
    const uint32_t high = bar.is_64 ? read<uint32_t>(at + 4) : 0;
    write<uint32_t>(at, ~0U);
    uint64_t mask = read<uint32_t>(at) & ~flags;
    write<uint32_t>(at, low);
    if (bar.is_64) {
        write<uint32_t>(at + 4, ~0U);
        mask |= uint64_t{read<uint32_t>(at + 4)} << 32;
        write<uint32_t>(at + 4, high);
    } else if (mask != 0) { // of ports the upper half may be left out
        mask |= bar.is_port && mask >> 16 == 0 ? ~uint64_t{0xffff} : ~uint64_t{0xffffffff};
    }
    write<uint16_t>(kCommand, command_before);
    bar.size = mask & -mask;
    bar.bus_address = uint64_t{high} << 32 | (low & ~flags);
    return mask == 0 ? Result<Bar>(Errno::nodev) : bar;
}

void Function::set_bar(unsigned index, bool is_64, uint64_t bus_address) const {
    const uint32_t at = kFirstBar + index * 4;
    write<uint32_t>(at, static_cast<uint32_t>(bus_address));
    if (is_64) {
        write<uint32_t>(at + 4, static_cast<uint32_t>(bus_address >> 32));
    }
}

void Function::command(uint16_t set, uint16_t clear) const {
    const auto before = read<uint16_t>(kCommand);
    write<uint16_t>(kCommand, static_cast<uint16_t>((before & ~clear) | set));
}

} // namespace uk::pci
