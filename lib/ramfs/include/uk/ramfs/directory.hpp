// SPDX-License-Identifier: BSD-3-Clause
// RamDirectory: names and the nodes that they lead to, in memory.
#pragma once

#include <uk/base/rbtree.hpp>
#include <uk/ramfs/node.hpp>

namespace uk::ramfs {

// One name; its text follows in memory. Owns a reference to the node.
struct Entry {
    Entry(vfs::Name name, uint32_t hash_of_name, uint64_t sequence_number);

    [[nodiscard]] vfs::Name name() const {
        return {reinterpret_cast<const char*>(this + 1), length};
    }

    RbNode<Entry> by_name;
    RbNode<Entry> by_sequence;
    Ref<RamNode> node;
    const uint64_t sequence;
    const uint32_t hash;
    const uint8_t length;
};

class RamDirectory final : public RamNode {
  public:
    RamDirectory(RamFileSystem& file_system, const vfs::NewNode& what)
        : RamNode(file_system, what) {}

    void facts(vfs::Facts& out) override;
    [[nodiscard]] Result<Ref<Node>> lookup(vfs::Name name) override;
    [[nodiscard]] Result<Ref<Node>> parent() override;
    [[nodiscard]] Result<size_t> name_of(Node& child, std::span<char> room) override;
    [[nodiscard]] Result<> list(uint64_t from, vfs::EntrySink& sink) override;
    [[nodiscard]] Result<Ref<Node>> create(vfs::Name name, const vfs::NewNode& what) override;
    [[nodiscard]] Result<> link(vfs::Name name, Node& node) override;
    [[nodiscard]] Result<> remove(vfs::Name name, Node& node) override;
    [[nodiscard]] Result<> rename(const Rename& what) override;
    [[nodiscard]] Result<Ref<Node>> create_nameless(const vfs::NewNode& what) override;

    // For whoever fills a file system that nobody else sees yet. find(): null if there is none; the
    // directory keeps it alive. add(): as create(). drop(): as remove().
    [[nodiscard]] RamNode* find(vfs::Name name);
    [[nodiscard]] Result<RamNode*> add(vfs::Name name, const vfs::NewNode& what);
    [[nodiscard]] Result<> add_name(vfs::Name name, RamNode& node);
    [[nodiscard]] Result<> drop(vfs::Name name, RamNode& node);

  private:
    friend class RamFileSystem;
    void destroy() override;

    struct Key {
        uint32_t hash;
        vfs::Name name;
    };
    struct ByName {
        bool operator()(const Entry& a, const Entry& b) const {
            return less(a.hash, a.name(), b.hash, b.name());
        }
        bool operator()(const Entry& a, const Key& b) const {
            return less(a.hash, a.name(), b.hash, b.name);
        }
        bool operator()(const Key& a, const Entry& b) const {
            return less(a.hash, a.name, b.hash, b.name());
        }
        static int order(const Key& key, const Entry& entry);
        static bool less(uint32_t hash_a, vfs::Name a, uint32_t hash_b, vfs::Name b);
    };
    struct BySequence {
        bool operator()(const Entry& a, const Entry& b) const { return a.sequence < b.sequence; }
        bool operator()(uint64_t a, const Entry& b) const { return a < b.sequence; }
    };

    [[nodiscard]] Result<> ready();
    [[nodiscard]] Entry* find_entry(vfs::Name name) const;
    [[nodiscard]] Result<Entry*> make_entry(vfs::Name name);
    void insert(Entry& entry, RamNode& node);
    void erase(Entry& entry);
    void attach(Entry& entry, RamNode& node);
    void detach(Entry& entry);
    Result<> replace(Entry& from, RamDirectory& to, Entry& target, bool exchange);
    void clear_tree();

    RbTree<&Entry::by_name, ByName> names_;
    RbTree<&Entry::by_sequence, BySequence> order_;
    uint64_t entries_ = 0;
    uint64_t next_sequence_ = 1;
    Atomic<uint32_t> to_fill_{0}; // of a root: what it contains is still to be made
};

} // namespace uk::ramfs
