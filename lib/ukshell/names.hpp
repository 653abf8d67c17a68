// SPDX-License-Identifier: BSD-3-Clause
// Private: the names in a folder, in their order.
#pragma once

#include <string_view>

#include <uk/base/rbtree.hpp>

namespace uk::shell {

inline constexpr size_t kMostName = 255;

// A name on the heap, behind its node of the tree.
struct Entry {
    RbNode<Entry> node;
    size_t size;
    [[nodiscard]] char* text() { return reinterpret_cast<char*>(this + 1); } // ends with a 0
    [[nodiscard]] std::string_view name() const {
        return {reinterpret_cast<const char*>(this + 1), size};
    }
};

// Belongs to one thread.
class Names {
  public:
    Names() = default;
    ~Names();
    Names(const Names&) = delete;
    Names& operator=(const Names&) = delete;

    // Adds what is in the folder `fd`; `all`: with names that begin with a dot, "." and ".." among
    // them. Returns 0 or what is wrong: that of getdents64(), -ENOMEM. Ends early when stopped().
    [[nodiscard]] long read(int fd, bool all);

    [[nodiscard]] Entry* first() { return tree_.min(); }
    [[nodiscard]] Entry* next(Entry& entry) { return tree_.next(entry); }

  private:
    struct ByName {
        bool operator()(const Entry& a, const Entry& b) const { return a.name() < b.name(); }
    };
    bool add(const char* name);

    RbTree<&Entry::node, ByName> tree_;
};

} // namespace uk::shell
