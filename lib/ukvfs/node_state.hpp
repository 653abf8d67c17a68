// SPDX-License-Identifier: BSD-3-Clause
// Private to ukvfs: what the core keeps in each node.
#pragma once

#include <uk/vfs/node.hpp>

namespace uk::vfs {

struct NodeState {
    // With the lock held exclusively.
    static void set_removed(Node& node) { node.state_.fetch_or_release(Node::kRemoved); }
    // A file without names that may get one; the first, as on Linux.
    static void set_linkable(Node& node) { node.state_.fetch_or_release(Node::kLinkable); }
    static void clear_linkable(Node& node) { node.state_.fetch_and_acq_rel(~Node::kLinkable); }
    static bool is_linkable(const Node& node) {
        return (node.state_.load_relaxed() & Node::kLinkable) != 0;
    }
    // Its times are other than those that somebody may have looked at.
    static void changed(Node& node) { node.changes_.fetch_add_relaxed(1); }
    static uint32_t changes(const Node& node) { return node.changes_.load_relaxed(); }
    static Atomic<FileLocks*>& locks(Node& node) { return node.locks_; }
};

} // namespace uk::vfs
