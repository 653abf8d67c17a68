// SPDX-License-Identifier: BSD-3-Clause
// Devices in a device tree, looked up when they are first used; on libfdt.
#include <uk/devicetree/tree.hpp>

#include "nodes.hpp"

namespace uk::devicetree {
Value property(const void* fdt, int node, const char* name) {
    int size = 0;
    const void* data = uk_fdt_getprop(fdt, node, name, &size);
    if (data == nullptr || size < 0) {
        return {};
    }
    return {static_cast<const char*>(data), static_cast<uint32_t>(size)};
}

uint32_t word(const void* fdt, int node, const char* name, uint32_t other) {
    Value value = property(fdt, node, name);
    return value.size == 4 ? load_be32(value.data) : other;
}

Cells cells_of(const void* fdt, int node) {
    Cells defaults;
    return {word(fdt, node, "#address-cells", defaults.address),
            word(fdt, node, "#size-cells", defaults.size)};
}

size_t best_match(const Value& compatible, std::span<const char* const> wanted, size_t limit) {
    for (uint32_t at = 0; at < compatible.size;) {
        const char* text = compatible.data + at;
        size_t length = strnlen(text, compatible.size - at);
        if (length == compatible.size - at) {
            break;
        }
        for (size_t i = 0; i < limit; i++) {
            if (strcmp(text, wanted[i]) == 0) {
                limit = i;
            }
        }
        at += static_cast<uint32_t>(length) + 1;
    }
    return limit;
}

bool is_enabled(const void* fdt, const Place& place) {
    for (int i = 0; i <= place.depth; i++) {
        Value status = property(fdt, place.nodes[i], "status");
        if (status.data != nullptr && !status.is("okay") && !status.is("ok")) {
            return false;
        }
    }
    return true;
}

Result<Place> locate(const void* fdt, std::span<const char* const> wanted, size_t& match) {
    Place best;
    match = wanted.size();
    Result<> all = walk(fdt, [&](const Place& place) {
        size_t found = best_match(property(fdt, place.node(), "compatible"), wanted, match);
        if (found < match && is_enabled(fdt, place)) {
            best = place;
            match = found;
        }
        return match == 0;
    });
    if (all.ok() || (all.code() == Errno::nodev && match < wanted.size())) {
        return best;
    }
    return all.error();
}

bool translate(const void* fdt, int bus, int parent, PhysRange& range) {
    Value ranges = property(fdt, bus, "ranges");
    if (ranges.data == nullptr) {
        return false;
    }
    if (ranges.size == 0) {
        return true;
    }
    Cells own = cells_of(fdt, bus);
    uint32_t parent_cells = cells_of(fdt, parent).address;
    // Each entry: address on the bus, address in the parent, size.
    uint32_t entry_words = own.address + parent_cells + own.size;
    if (own.address - 1 > 1 || own.size - 1 > 1 || parent_cells - 1 > 1 ||
        ranges.size % (entry_words * 4) != 0) {
        return false;
    }
    for (uint32_t at = 0; at < ranges.size; at += entry_words * 4) {
        const char* entry = ranges.data + at;
        uint64_t from = read_number(entry, own.address);
        uint64_t to = read_number(entry + own.address * 4, parent_cells);
        uint64_t size = read_number(entry + (own.address + parent_cells) * 4, own.size);
        uint64_t inside = range.start.value() - from;
        if (range.start.value() >= from && inside < size && range.size <= size - inside) {
            range.start = Paddr{to + inside};
            return to + inside >= to;
        }
    }
    return false;
}

namespace {

void read_registers(const void* fdt, const Place& place, Device& device) {
    if (place.depth < 1) {
        return;
    }
    Value reg = property(fdt, place.node(), "reg");
    CellReader reader(reg.data, reg.size, cells_of(fdt, place.nodes[place.depth - 1]));
    if (reg.data == nullptr || !reader.valid()) {
        return;
    }
    while (reader.more() && device.reg_count < Device::kMaxRegs) {
        PhysRange range = reader.next();
        for (int i = place.depth - 1; i > 0; i--) {
            if (!translate(fdt, place.nodes[i], place.nodes[i - 1], range)) {
                return;
            }
        }
        if (range.start.value() + range.size < range.start.value()) {
            return;
        }
        device.regs[device.reg_count++] = range;
    }
}

void read_interrupts(const void* fdt, const Place& place, Device& device) {
    Value interrupts = property(fdt, place.node(), "interrupts");
    uint32_t words = interrupts.size / 4;
    if (interrupts.size % 4 != 0 || words == 0 || words > Device::kMaxInterruptWords) {
        return;
    }
    for (uint32_t i = 0; i < words; i++) {
        device.interrupts[i] = load_be32(interrupts.data + i * 4);
    }
    device.interrupt_words = words;
    // The nearest node that says who receives interrupts (DT 2.4).
    for (int i = place.depth; i >= 0; i--) {
        if (uint32_t phandle = word(fdt, place.nodes[i], "interrupt-parent", 0)) {
            int controller = uk_fdt_node_offset_by_phandle(fdt, phandle);
            if (controller >= 0) {
                device.interrupt_cells = word(fdt, controller, "#interrupt-cells", 0);
            }
            return;
        }
    }
}

} // namespace

Device describe(const void* fdt, const Place& place, const char* compatible) {
    Device device;
    device.compatible = compatible;
    read_registers(fdt, place, device);
    read_interrupts(fdt, place, device);
    return device;
}

namespace {

// The text up to `end` or to its NUL, whichever comes first; it must have the NUL.
Result<size_t> text_length(const Value& text, char end) {
    size_t length = text.data == nullptr ? 0 : strnlen(text.data, text.size);
    if (length == 0 || length == text.size) {
        return Errno::nodev;
    }
    const void* cut = memchr(text.data, end, length);
    return cut == nullptr ? length : static_cast<size_t>(static_cast<const char*>(cut) - text.data);
}

Result<int> node_at(const void* fdt, const char* path, size_t length) {
    int node = uk_fdt_path_offset_namelen(fdt, path, static_cast<int>(length));
    if (node >= 0) {
        return node;
    }
    return node == UK_FDT_NOT_FOUND || node == UK_FDT_BAD_PATH ? Errno::nodev : Errno::inval;
}

// Of a path, or of an alias. Aliases are looked up here: libfdt trusts that their values end.
Result<int> console_node(const void* fdt) {
    int chosen = UK_TRY(node_at(fdt, "/chosen", 7));
    Value path = property(fdt, chosen, "stdout-path");
    size_t length = UK_TRY(text_length(path, ':'));
    if (length != 0 && path.data[0] == '/') {
        return node_at(fdt, path.data, length);
    }
    int aliases = UK_TRY(node_at(fdt, "/aliases", 8));
    int size = 0;
    const void* data =
        uk_fdt_getprop_namelen(fdt, aliases, path.data, static_cast<int>(length), &size);
    Value target{static_cast<const char*>(data),
                 data == nullptr ? 0U : static_cast<uint32_t>(size)};
    length = UK_TRY(text_length(target, ':'));
    if (length == 0 || target.data[0] != '/') {
        return Errno::nodev;
    }
    return node_at(fdt, target.data, length);
}

// One that PSCI starts.
bool is_startable_cpu(const void* fdt, const Place& place) {
    return property(fdt, place.node(), "device_type").is("cpu") &&
           property(fdt, place.node(), "enable-method").is("psci") && is_enabled(fdt, place);
}

bool contains(std::span<const uint64_t> numbers, uint64_t wanted) {
    for (uint64_t number : numbers) {
        if (number == wanted) {
            return true;
        }
    }
    return false;
}

} // namespace

Result<Device> find(const Tree& tree, std::span<const char* const> compatible) {
    size_t match = 0;
    Place place = UK_TRY(locate(tree.data(), compatible, match));
    return describe(tree.data(), place, compatible[match]);
}

Result<> each(const Tree& tree, const char* compatible, void (*use)(const Device&, void*),
              void* context) {
    const void* fdt = tree.data();
    const char* const wanted[] = {compatible};
    Result<> all = walk(fdt, [&](const Place& place) {
        if (best_match(property(fdt, place.node(), "compatible"), wanted, 1) == 0 &&
            is_enabled(fdt, place)) {
            use(describe(fdt, place, compatible), context);
        }
        return false;
    });
    return all.code() == Errno::nodev ? Result<>() : all;
}

Result<Device> console(const Tree& tree) {
    const void* fdt = tree.data();
    int node = UK_TRY(console_node(fdt));
    Place place;
    UK_TRY(walk(fdt, [&](const Place& at) {
        place = at;
        return at.node() == node;
    }));
    if (!is_enabled(fdt, place)) {
        return Errno::nodev;
    }
    Value compatible = property(fdt, node, "compatible");
    (void)UK_TRY(text_length(compatible, '\0'));
    return describe(fdt, place, compatible.data);
}

Result<unsigned> cpus(const Tree& tree, std::span<uint64_t> affinities) {
    const void* fdt = tree.data();
    const int parent = UK_TRY(node_at(fdt, "/cpus", 5));
    const uint32_t cells = cells_of(fdt, parent).address;
    if (cells - 1 > 1) {
        return Errno::inval;
    }
    unsigned count = 0;
    Result<> all = walk(fdt, [&](const Place& place) {
        if (place.depth != 2 || place.nodes[1] != parent || !is_startable_cpu(fdt, place)) {
            return false;
        }
        Value reg = property(fdt, place.node(), "reg");
        if (reg.size != cells * 4 || count == affinities.size()) {
            return false;
        }
        const uint64_t affinity = read_number(reg.data, cells);
        if ((affinity & ~kAffinityBits) == 0 && !contains(affinities.first(count), affinity)) {
            affinities[count++] = affinity;
        }
        return false;
    });
    return all.code() == Errno::nodev ? Result<unsigned>(count) : all.error();
}

Result<PsciInfo> psci(const Tree& tree) {
    static constexpr const char* kPsci[] = {"arm,psci-1.0", "arm,psci-0.2"};
    size_t match = 0;
    Place place = UK_TRY(locate(tree.data(), kPsci, match));
    Value method = property(tree.data(), place.node(), "method");
    if (method.is("hvc")) {
        return PsciInfo{PsciInfo::Conduit::hvc};
    }
    if (method.is("smc")) {
        return PsciInfo{PsciInfo::Conduit::smc};
    }
    return Errno::nodev;
}

} // namespace uk::devicetree
