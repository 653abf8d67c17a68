// SPDX-License-Identifier: BSD-3-Clause
// PCI host bridges in a device tree; on libfdt.
#include <uk/devicetree/pci.hpp>

#include "nodes.hpp"

namespace uk::devicetree {
namespace {

constexpr uint32_t kPciCells = 3; // of an address: flags, upper half, lower half
constexpr uint32_t kWord = 4;
constexpr uint64_t kBusBytes = 1 << 20;
constexpr uint64_t k4GiB = uint64_t{1} << 32;

Result<Place> locate_host(const void* fdt) {
    static constexpr const char* kHost[] = {"pci-host-ecam-generic"};
    size_t match = 0;
    return locate(fdt, kHost, match);
}

// Takes the window that an entry of `ranges` describes, if it is memory and the first of its kind.
void take_window(PciHost& host, uint32_t flags, PciWindow window) {
    const uint32_t space = flags >> 24 & 3; // 2 and 3: memory with 32 and 64 bits
    const uint64_t last = window.cpu.size - 1;
    if (space < 2 || window.cpu.empty() || window.bus_address + last < window.bus_address ||
        window.cpu.start.value() + last < window.cpu.start.value()) {
        return;
    }
    PciWindow& place = window.bus_address < k4GiB ? host.low : host.high;
    if (place.cpu.empty() && (&place == &host.high || window.bus_address + last < k4GiB)) {
        place = window;
    }
}

void read_windows(const void* fdt, const Place& place, PciHost& host) {
    const int node = place.node();
    const Value ranges = property(fdt, node, "ranges");
    const Cells own = cells_of(fdt, node);
    const uint32_t parent = cells_of(fdt, place.nodes[place.depth - 1]).address;
    const uint32_t entry = (kPciCells + parent + own.size) * kWord;
    if (ranges.data == nullptr || own.address != kPciCells || own.size - 1 > 1 || parent - 1 > 1 ||
        ranges.size % entry != 0) {
        return;
    }
    for (uint32_t at = 0; at < ranges.size; at += entry) {
        const char* from = ranges.data + at;
        PciWindow window;
        window.bus_address = read_number(from + kWord, 2);
        window.cpu.start = Paddr{read_number(from + kPciCells * kWord, parent)};
        window.cpu.size = read_number(from + (kPciCells + parent) * kWord, own.size);
        for (int i = place.depth - 1; i > 0; i--) {
            if (!translate(fdt, place.nodes[i], place.nodes[i - 1], window.cpu)) {
                return;
            }
        }
        take_window(host, load_be32(from), window);
    }
}

bool is_probe_only(const void* fdt) {
    const int chosen = uk_fdt_path_offset_namelen(fdt, "/chosen", 7);
    return chosen >= 0 && word(fdt, chosen, "linux,pci-probe-only", 0) != 0;
}

// Passes over one entry of an interrupt map and tells whether it is the wanted one. `at` goes to
// the next; EINVAL if there is none.
struct Map {
    const void* fdt;
    Value entries;
    uint32_t at = 0;

    Result<bool> next(const uint32_t (&wanted)[2], const uint32_t (&mask)[2], PciInterrupt& out) {
        constexpr uint32_t kHead = (kPciCells + 2) * kWord; // address, pin, controller
        if (entries.size - at < kHead) {
            return Errno::inval;
        }
        const char* head = entries.data + at;
        const int parent = uk_fdt_node_offset_by_phandle(fdt, load_be32(head + 4 * kWord));
        if (parent < 0) {
            return Errno::inval;
        }
        const uint32_t address = word(fdt, parent, "#address-cells", 0);
        const uint32_t count = word(fdt, parent, "#interrupt-cells", 0);
        const uint32_t left = (entries.size - at - kHead) / kWord;
        if (count - 1 >= PciInterrupt::kMost || address > 3 || left < address + count) {
            return Errno::inval;
        }
        at += kHead + (address + count) * kWord;
        for (uint32_t i = 0; i < count; i++) {
            out.words[i] = load_be32(head + kHead + (address + i) * kWord);
        }
        out.count = count;
        return (load_be32(head) & mask[0]) == (wanted[0] & mask[0]) &&
               (load_be32(head + 3 * kWord) & mask[1]) == (wanted[1] & mask[1]);
    }
};

} // namespace

Result<PciHost> pci_host(const Tree& tree) {
    const void* fdt = tree.data();
    const Place place = UK_TRY(locate_host(fdt));
    const Device device = describe(fdt, place, "");
    const Value buses = property(fdt, place.node(), "bus-range");
    PciHost host;
    uint32_t first = 0;
    uint32_t last = 255;
    if (buses.size == 2 * kWord) {
        first = load_be32(buses.data);
        last = load_be32(buses.data + kWord);
    }
    if (device.reg_count == 0 || first > last || last > 255) {
        return Errno::nodev;
    }
    host.registers = device.regs[0];
    const uint64_t room = host.registers.size / kBusBytes;
    if (room == 0) {
        return Errno::nodev;
    }
    host.first_bus = static_cast<uint8_t>(first);
    host.last_bus = static_cast<uint8_t>(room <= last - first ? first + room - 1 : last);
    read_windows(fdt, place, host);
    host.is_set_up = is_probe_only(fdt);
    return host;
}

Result<PciInterrupt> pci_interrupt(const Tree& tree, unsigned device, unsigned pin) {
    const void* fdt = tree.data();
    const int node = UK_TRY(locate_host(fdt)).node();
    const Value mask = property(fdt, node, "interrupt-map-mask");
    Map map{fdt, property(fdt, node, "interrupt-map")};
    if (map.entries.data == nullptr || mask.size != 4 * kWord ||
        word(fdt, node, "#interrupt-cells", 0) != 1) {
        return Errno::nodev;
    }
    const uint32_t wanted[2] = {device << 11, pin};
    const uint32_t masks[2] = {load_be32(mask.data), load_be32(mask.data + 3 * kWord)};
    PciInterrupt found;
    while (map.at < map.entries.size) {
        Result<bool> is_it = map.next(wanted, masks, found);
        if (!is_it.ok()) {
            return Errno::nodev;
        }
        if (is_it.value()) {
            return found;
        }
    }
    return Errno::nodev;
}

} // namespace uk::devicetree
