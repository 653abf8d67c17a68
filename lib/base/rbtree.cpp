// SPDX-License-Identifier: BSD-3-Clause
// The engine of RbTree: linking, unlinking and balancing of nodes, independent of the type around
// them.
//
// Invariants: the top is black; a red node has black children; every way from the top to an empty
// place passes the same number of black nodes. Both sides are handled by one code through
// child[side].
#include <uk/base/rbtree.hpp>

namespace uk::detail {

namespace {

constexpr std::uintptr_t kFlags = RbLinks::kRed | RbLinks::kLinked;

RbLinks* parent_of(const RbLinks* n) {
    return reinterpret_cast<RbLinks*>(n->up & ~kFlags);
}
void set_parent(RbLinks* n, RbLinks* parent) {
    n->up = (n->up & kFlags) | reinterpret_cast<std::uintptr_t>(parent);
}
bool is_red(const RbLinks* n) {
    return n != nullptr && (n->up & RbLinks::kRed) != 0;
}
void set_red(RbLinks* n) {
    n->up |= RbLinks::kRed;
}
void set_black(RbLinks* n) {
    n->up &= ~RbLinks::kRed;
}

/// Puts `to` (may be nullptr) into the place that `from` has under `parent`.
void replace_child(RbRoot& root, RbLinks* parent, const RbLinks* from, RbLinks* to) {
    if (parent == nullptr)
        root.top = to;
    else
        parent->child[parent->child[1] == from] = to;
    if (to != nullptr)
        set_parent(to, parent);
}

/// Turns the edge between n and its child on the other side, so that n sinks towards `side`.
void rotate(RbRoot& root, RbLinks* n, bool side) {
    RbLinks* up = n->child[!side];
    RbLinks* middle = up->child[side];
    replace_child(root, parent_of(n), n, up);
    n->child[!side] = middle;
    if (middle != nullptr)
        set_parent(middle, n);
    up->child[side] = n;
    set_parent(n, up);
}

/// The place of `hole` (possibly empty, under `parent`) lacks one black node: mends it.
void mend_missing_black(RbRoot& root, RbLinks* hole, RbLinks* parent) {
    while (parent != nullptr && !is_red(hole)) {
        const bool side = parent->child[1] == hole;
        RbLinks* sibling = parent->child[!side]; // exists: it has the black nodes that we lack
        if (is_red(sibling)) {
            set_black(sibling);
            set_red(parent);
            rotate(root, parent, side);
            sibling = parent->child[!side];
        }
        if (!is_red(sibling->child[0]) && !is_red(sibling->child[1])) {
            set_red(sibling);
            hole = parent;
            parent = parent_of(hole);
            continue;
        }
        if (!is_red(sibling->child[!side])) {
            set_black(sibling->child[side]);
            set_red(sibling);
            rotate(root, sibling, !side);
            sibling = parent->child[!side];
        }
        if (is_red(parent))
            set_red(sibling);
        else
            set_black(sibling);
        set_black(parent);
        set_black(sibling->child[!side]);
        rotate(root, parent, side);
        return;
    }
    if (hole != nullptr)
        set_black(hole);
}

} // namespace

void rb_insert(RbRoot& root, RbLinks* parent, bool right, RbLinks& node) {
    RbLinks* n = &node;
    n->child[0] = n->child[1] = nullptr;
    n->up = reinterpret_cast<std::uintptr_t>(parent) | kFlags; // red
    (parent == nullptr ? root.top : parent->child[right]) = n;
    while (is_red(parent)) {
        RbLinks* above = parent_of(parent); // exists: the top is black
        const bool side = above->child[1] == parent;
        RbLinks* uncle = above->child[!side];
        if (is_red(uncle)) {
            set_black(parent);
            set_black(uncle);
            set_red(above);
            n = above;
            parent = parent_of(n);
            continue;
        }
        if (parent->child[!side] == n) {
            rotate(root, parent, side);
            parent = n;
        }
        set_black(parent);
        set_red(above);
        rotate(root, above, !side);
        break;
    }
    set_black(root.top);
}

void rb_erase(RbRoot& root, RbLinks& node) {
    RbLinks* n = &node;
    RbLinks* parent = parent_of(n);
    RbLinks* child = nullptr;
    bool lost_black = false;
    if (n->child[0] != nullptr && n->child[1] != nullptr) {
        // Its successor, which has no left child, moves into its place and takes its colour.
        RbLinks* next = n->child[1];
        while (next->child[0] != nullptr)
            next = next->child[0];
        child = next->child[1];
        lost_black = !is_red(next);
        RbLinks* next_parent = parent_of(next);
        if (next_parent == n) {
            next_parent = next;
        } else {
            next_parent->child[0] = child;
            if (child != nullptr)
                set_parent(child, next_parent);
            next->child[1] = n->child[1];
            set_parent(next->child[1], next);
        }
        next->child[0] = n->child[0];
        set_parent(next->child[0], next);
        next->up = n->up;
        replace_child(root, parent, n, next);
        parent = next_parent;
    } else {
        child = n->child[n->child[0] == nullptr];
        lost_black = !is_red(n);
        replace_child(root, parent, n, child);
    }
    n->child[0] = n->child[1] = nullptr;
    n->up = 0;
    if (lost_black)
        mend_missing_black(root, child, parent);
}

RbLinks* rb_step(const RbLinks& node, bool right) {
    RbLinks* n = node.child[right];
    if (n != nullptr) {
        while (n->child[!right] != nullptr)
            n = n->child[!right];
        return n;
    }
    const RbLinks* from = &node;
    RbLinks* parent = parent_of(from);
    while (parent != nullptr && parent->child[right] == from) {
        from = parent;
        parent = parent_of(from);
    }
    return parent;
}

RbLinks* rb_edge(const RbRoot& root, bool right) {
    RbLinks* n = root.top;
    while (n != nullptr && n->child[right] != nullptr)
        n = n->child[right];
    return n;
}

} // namespace uk::detail
