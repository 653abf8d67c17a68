// SPDX-License-Identifier: BSD-3-Clause
// Nodes and properties of a device tree as libfdt finds them, for what looks devices up.
#pragma once

#include <uk/devicetree/tree.hpp>
#include <uk/fdt.h>
#include <uk/string.h>

#include "cells.hpp"

namespace uk::devicetree {

struct Value {
    const char* data = nullptr; // null = there is no such property
    uint32_t size = 0;

    [[nodiscard]] bool is(const char* text) const {
        return data != nullptr && size == strlen(text) + 1 && memcmp(data, text, size) == 0;
    }
};

// A node and the way to it from the root, nodes[0].
struct Place {
    int nodes[kMaxDepth + 1];
    int depth = -1;

    [[nodiscard]] int node() const { return nodes[depth]; }
};

[[nodiscard]] Value property(const void* fdt, int node, const char* name);
// A property of one word; `other` if it is not there or has another size.
[[nodiscard]] uint32_t word(const void* fdt, int node, const char* name, uint32_t other);
[[nodiscard]] Cells cells_of(const void* fdt, int node);
// Which of `wanted`, as far as number `limit`, the node is most of all compatible with; `limit` =
// none. The property is a list of texts that end with NUL each (DT 2.3.1).
[[nodiscard]] size_t best_match(const Value& compatible, std::span<const char* const> wanted,
                                size_t limit);
[[nodiscard]] bool is_enabled(const void* fdt, const Place& place);
// The first node that is compatible with the first of `wanted` that there is. `match` says which.
[[nodiscard]] Result<Place> locate(const void* fdt, std::span<const char* const> wanted,
                                   size_t& match);
// One step up: from addresses of `bus` to those of its parent (DT 2.3.8). False = no way.
[[nodiscard]] bool translate(const void* fdt, int bus, int parent, PhysRange& range);
[[nodiscard]] Device describe(const void* fdt, const Place& place, const char* compatible);

// Calls visit(place) for each node until it says true. Errors: EINVAL, ENODEV (it never did).
template <class Visit>
Result<> walk(const void* fdt, Visit visit) {
    Place place;
    for (int node = -1;;) {
        node = uk_fdt_next_node(fdt, node, &place.depth);
        if (place.depth < 0) {
            return Errno::nodev;
        }
        if (node < 0 || place.depth > static_cast<int>(kMaxDepth)) {
            return Errno::inval;
        }
        place.nodes[place.depth] = node;
        if (visit(static_cast<const Place&>(place))) {
            return {};
        }
    }
}

} // namespace uk::devicetree
