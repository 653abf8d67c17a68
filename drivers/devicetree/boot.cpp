// SPDX-License-Identifier: BSD-3-Clause
// What boot needs of a device tree, in one pass.
#include <uk/devicetree/tree.hpp>
#include <uk/string.h>

#include "cells.hpp"
#include "scan.hpp"

namespace uk::devicetree {
namespace {

using hal::BootInfo;
using hal::MemoryKind;

struct Value {
    const std::byte* data = nullptr; // null = there is no such property
    uint32_t size = 0;
};

// Properties of the nodes that matter to boot, as they come. Of two with one name the first counts,
// as with libfdt.
struct Wanted {
    Value reg, device_type, status, ranges;
    Value bootargs, initrd_start, initrd_end;
    Cells cells;
    bool bad = false, seen_address = false, seen_size = false;

    void take(const Property& property) {
        switch (property.name[0]) {
        case 'r':
            keep(property, "reg", reg);
            keep(property, "ranges", ranges);
            break;
        case 'd':
            keep(property, "device_type", device_type);
            break;
        case 's':
            keep(property, "status", status);
            break;
        case 'b':
            keep(property, "bootargs", bootargs);
            break;
        case 'l':
            keep(property, "linux,initrd-start", initrd_start);
            keep(property, "linux,initrd-end", initrd_end);
            break;
        case '#':
            keep_word(property, "#address-cells", cells.address, seen_address);
            keep_word(property, "#size-cells", cells.size, seen_size);
            break;
        default:
            break;
        }
    }

  private:
    template <size_t kSize>
    static void keep(const Property& property, const char (&name)[kSize], Value& out) {
        if (out.data == nullptr && property.is(name)) {
            out = {property.data, property.size};
        }
    }
    template <size_t kSize>
    void keep_word(const Property& property, const char (&name)[kSize], uint32_t& out, bool& seen) {
        if (!seen && property.is(name)) {
            seen = true;
            bad |= property.size != 4;
            out = bad ? 0 : load_be32(property.data);
        }
    }
};

bool is_text(const Value& property, const char* text, size_t size) {
    return property.size == size && memcmp(property.data, text, size) == 0;
}

bool is_enabled(const Wanted& node) {
    return node.status.data == nullptr || is_text(node.status, "okay", 5) ||
           is_text(node.status, "ok", 3);
}

class BootPass {
  public:
    BootPass(const Scan& scan, BootInfo& info) : scan_(scan), info_(info) {}

    Result<BootFacts> run() {
        if (scan_.next() != Scan::Token::node) {
            return Errno::inval;
        }
        Cells cells;
        Scan::Token token = read_root(cells);
        while (token == Scan::Token::node) {
            UK_TRY(read_node(cells));
            token = scan_.next_wanted();
        }
        if (token == Scan::Token::damaged || !scan_.ends_well()) {
            return Errno::inval;
        }
        return has_memory_ ? Result<BootFacts>(facts_) : Errno::nodev;
    }

  private:
    // Its properties, to the first child.
    Scan::Token read_root(Cells& cells) {
        Wanted root;
        for (;;) {
            Scan::Token token = scan_.next();
            if (token != Scan::Token::property) {
                cells = root.cells;
                return root.bad ? Scan::Token::damaged : token;
            }
            root.take(scan_.property());
        }
    }

    // A child of the root: by the name (Scan::kWanted), because device_type may stand behind other
    // properties.
    Result<> read_node(Cells cells) {
        const char* name = scan_.name();
        switch (name[0]) {
        case 'm':
            if (has_name(name, "memory") && (name[6] == '\0' || name[6] == '@')) {
                return read_memory(cells);
            }
            break;
        case 'c':
            if (has_name(name, "chosen") && name[6] == '\0') {
                return read_chosen();
            }
            break;
        case 'r':
            if (has_name(name, "reserved-memory") && name[15] == '\0') {
                return read_reserved();
            }
            break;
        default:
            break;
        }
        return skip();
    }
    template <size_t kSize>
    static bool has_name(const char* name, const char (&begin)[kSize]) {
        return strncmp(name, begin, kSize - 1) == 0;
    }

    // The properties of a node, to its end. `child` reads or skips what lies below.
    template <class Child>
    Result<> read_properties(Wanted& node, Child child) {
        bool had_child = false; // DT 5.4.2: behind one there are no more properties
        for (;;) {
            switch (scan_.next()) {
            case Scan::Token::property:
                if (!had_child) {
                    node.take(scan_.property());
                }
                break;
            case Scan::Token::node:
                had_child = true;
                UK_TRY(child());
                break;
            case Scan::Token::end_of_node:
                return node.bad ? Errno::inval : Errno::ok;
            case Scan::Token::damaged:
                return Errno::inval;
            }
        }
    }
    Result<> read_properties(Wanted& node) {
        return read_properties(node, [this] { return skip(); });
    }
    Result<> skip() { return scan_.skip() ? Result<>() : Errno::inval; }

    Result<> read_memory(Cells cells) {
        Wanted node;
        UK_TRY(read_properties(node));
        if (node.device_type.data != nullptr && !is_text(node.device_type, "memory", 7)) {
            return {};
        }
        return add_regions(node, cells, MemoryKind::usable);
    }

    // DT 3.5: the children's `reg` are written in this node's cells, and its `ranges` are empty, so
    // their addresses are the root's.
    Result<> read_reserved() {
        Wanted node;
        UK_TRY(read_properties(node, [this, &node]() -> Result<> {
            Wanted child;
            UK_TRY(read_properties(child));
            return add_regions(child, node.cells, MemoryKind::reserved);
        }));
        return node.ranges.size == 0 ? Result<>() : Errno::inval;
    }

    Result<> add_regions(const Wanted& node, Cells cells, MemoryKind kind) {
        if (node.reg.data == nullptr || !is_enabled(node)) {
            return {}; // a region without `reg` is for us to place
        }
        CellReader reader(node.reg.data, node.reg.size, cells);
        if (!reader.valid()) {
            return Errno::inval;
        }
        while (reader.more()) {
            PhysRange range = reader.next();
            if (range.start.value() + range.size < range.start.value()) {
                return Errno::inval;
            }
            if (range.size != 0) {
                info_.add(range.start, range.size, kind);
                has_memory_ |= kind == MemoryKind::usable;
            }
        }
        return {};
    }

    Result<> read_chosen() {
        Wanted node;
        UK_TRY(read_properties(node));
        if (node.bootargs.data != nullptr) {
            const char* text = reinterpret_cast<const char*>(node.bootargs.data);
            info_.command_line = {text, strnlen(text, node.bootargs.size)};
        }
        if (node.initrd_start.data == nullptr || node.initrd_end.data == nullptr) {
            return {};
        }
        uint64_t start = UK_TRY(read_address(node.initrd_start));
        uint64_t end = UK_TRY(read_address(node.initrd_end));
        if (end < start) {
            return Errno::inval;
        }
        if (end > start) {
            facts_.initrd = {Paddr{start}, end - start};
            info_.add(Paddr{start}, end - start, MemoryKind::loader);
        }
        return {};
    }

    // One or two words, whatever the root's cells are: so boot loaders write it.
    static Result<uint64_t> read_address(const Value& property) {
        if (property.size == 4) {
            return uint64_t{load_be32(property.data)};
        }
        if (property.size == 8) {
            return load_be64(property.data);
        }
        return Errno::inval;
    }

    Scan scan_;
    BootInfo& info_;
    BootFacts facts_;
    bool has_memory_ = false;
};

// DT 5.3: pairs of address and size until both are 0.
Result<> add_reservations(const std::byte* at, const std::byte* end, BootInfo& info) {
    for (; end - at >= 16; at += 16) {
        uint64_t start = load_be64(at);
        uint64_t size = load_be64(at + 8);
        if (start == 0 && size == 0) {
            return {};
        }
        if (start + size < start) {
            return Errno::inval;
        }
        info.add(Paddr{start}, size, MemoryKind::reserved);
    }
    return Errno::inval;
}

} // namespace

Result<BootFacts> read_boot(const Tree& tree, BootInfo& info) {
    UK_TRY(add_reservations(tree.data_ + tree.reservations_, tree.data_ + tree.size_, info));
    Scan scan(tree.data_ + tree.structure_, tree.structure_size_,
              reinterpret_cast<const char*>(tree.data_ + tree.strings_), tree.strings_size_);
    return BootPass(scan, info).run();
}

} // namespace uk::devicetree
