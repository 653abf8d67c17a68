// SPDX-License-Identifier: BSD-3-Clause
// What read_boot() has to say about a tree, found out with libfdt: slow, and written without a look
// at the scanner.
#pragma once

#include <uk/devicetree/tree.hpp>
#include <uk/fdt.h>

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace devicetree_test {

struct Found {
    bool ok = false;
    std::vector<std::pair<uint64_t, uint64_t>> usable, reserved;
    std::string command_line;

    friend bool operator==(const Found&, const Found&) = default;
};

class Oracle {
  public:
    explicit Oracle(const uk::devicetree::Tree& tree) : fdt_(tree.data()) {}

    // `ok` only for trees that libfdt walks to the end.
    Found read() {
        Found found;
        int depth = -1;
        int node = uk_fdt_next_node(fdt_, -1, &depth);
        if (node < 0) {
            return found;
        }
        root_ = node;
        std::string section; // the child of the root that we are in
        for (; depth >= 0; node = uk_fdt_next_node(fdt_, node, &depth)) {
            if (node < 0 || depth > static_cast<int>(uk::devicetree::kMaxDepth)) {
                return found;
            }
            int length = 0;
            const char* name = uk_fdt_get_name(fdt_, node, &length);
            if (name == nullptr) {
                return found;
            }
            if (depth == 1) {
                section = name;
                section_node_ = node;
                if (section == "memory" || section.starts_with("memory@")) {
                    take_memory(node, found);
                } else if (section == "chosen") {
                    take_chosen(node, found);
                }
            } else if (depth == 2 && section == "reserved-memory") {
                take_regions(node, section_node_, found.reserved);
            }
        }
        found.ok = true;
        return found;
    }

  private:
    std::string_view value(int node, const char* name) {
        int size = 0;
        const void* data = uk_fdt_getprop(fdt_, node, name, &size);
        return data == nullptr
                   ? std::string_view()
                   : std::string_view(static_cast<const char*>(data), static_cast<size_t>(size));
    }
    static uint64_t number(std::string_view bytes) {
        uint64_t all = 0;
        for (char byte : bytes) {
            all = all << 8 | static_cast<uint8_t>(byte);
        }
        return all;
    }
    uint64_t cells(int node, const char* name, uint64_t other) {
        std::string_view bytes = value(node, name);
        return bytes.size() == 4 ? number(bytes) : other;
    }
    void take_regions(int node, int parent, std::vector<std::pair<uint64_t, uint64_t>>& out) {
        std::string_view reg = value(node, "reg");
        std::string_view status = value(node, "status");
        if (status.data() != nullptr && status != std::string_view("okay", 5) &&
            status != std::string_view("ok", 3)) {
            return;
        }
        uint64_t address = 4 * cells(parent, "#address-cells", 2);
        uint64_t size = 4 * cells(parent, "#size-cells", 1);
        for (size_t at = 0; at + address + size <= reg.size() && address + size > 0;
             at += address + size) {
            uint64_t bytes = number(reg.substr(at + address, size));
            if (bytes != 0) {
                out.emplace_back(number(reg.substr(at, address)), bytes);
            }
        }
    }
    void take_memory(int node, Found& found) {
        std::string_view type = value(node, "device_type");
        if (type.data() == nullptr || type == std::string_view("memory", 7)) {
            take_regions(node, root_, found.usable);
        }
    }
    void take_chosen(int node, Found& found) {
        std::string_view line = value(node, "bootargs");
        if (line.data() != nullptr) {
            found.command_line = line.substr(0, line.find('\0'));
        }
    }

    const void* fdt_;
    int root_ = 0;
    int section_node_ = 0;
};

// The same from read_boot(); `ok` if it found memory or only missed memory.
inline Found by_scan(const uk::devicetree::Tree& tree, uk::hal::BootInfo& info,
                     size_t reservations) {
    Found found;
    auto read = uk::devicetree::read_boot(tree, info);
    found.ok = read.ok() || read.code() == uk::Errno::nodev;
    for (size_t i = 0; i < info.range_count; i++) {
        const uk::hal::MemoryRange& range = info.ranges[i];
        if (range.kind == uk::hal::MemoryKind::usable) {
            found.usable.emplace_back(range.start.value(), range.size);
        } else if (range.kind == uk::hal::MemoryKind::reserved && i >= reservations) {
            found.reserved.emplace_back(range.start.value(), range.size);
        }
    }
    found.command_line = std::string(
        info.command_line.data == nullptr ? "" : info.command_line.data, info.command_line.size);
    return found;
}

} // namespace devicetree_test
