// SPDX-License-Identifier: BSD-3-Clause
// Private to the tests: a file system of a few lines over the containers of the host, which checks
// that the core holds the locks that the contract says.
#pragma once

#include <atomic>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include <uk/assert.h>
#include <uk/vfs/file_system.hpp>
#include <uk/vfs/mount.hpp>
#include <uk/vfs/moment.hpp>
#include <uk/vfs/node.hpp>

namespace tiny {

using uk::Errno;
using uk::Ref;
using uk::Result;
using uk::vfs::Facts;
using uk::vfs::FactsChange;
using uk::vfs::Name;
using uk::vfs::NewNode;
using uk::vfs::NodeKind;

class TinyFs;

class TinyNode final : public uk::vfs::Node {
  public:
    TinyNode(uk::vfs::FileSystem& file_system, const NewNode& what, std::atomic<int>& living,
             uint64_t number)
        : Node(file_system, what.kind), living_(living), target_(what.target) {
        living_++;
        facts_.number = number;
        facts_.kind = what.kind;
        facts_.permissions = what.permissions;
        facts_.owner = what.owner;
        facts_.group = what.group;
        facts_.device = what.device;
        facts_.size = target_.size();
        facts_.accessed = facts_.modified = facts_.changed = facts_.born = uk::vfs::now();
    }

    void facts(Facts& out) override {
        out = facts_;
        if (kind() == NodeKind::regular)
            out.size = out.stored = bytes_.size();
        if (is_directory())
            out.links = parent_ == nullptr ? 0 : 2 + folders_;
    }
    Result<> change(const FactsChange& what) override {
        written();
        if (what.which & FactsChange::kPermissions)
            facts_.permissions = what.to.permissions;
        if (what.which & FactsChange::kOwner)
            facts_.owner = what.to.owner;
        if (what.which & FactsChange::kGroup)
            facts_.group = what.to.group;
        if (what.which & FactsChange::kAccessed)
            facts_.accessed = what.to.accessed;
        if (what.which & FactsChange::kModified)
            facts_.modified = what.to.modified;
        if (what.which != FactsChange::kAccessed)
            facts_.changed = uk::vfs::now();
        return uk::ok();
    }
    Result<Ref<Node>> lookup(Name name) override {
        auto found = entries_.find(std::string(name));
        if (found == entries_.end())
            return Errno::noent;
        return Ref<Node>::share(*found->second);
    }
    Result<Ref<Node>> parent() override {
        if (parent_ == nullptr)
            return Errno::noent;
        return Ref<Node>::share(*parent_);
    }
    Result<size_t> name_of(Node& child, std::span<char> room) override {
        for (auto& [name, node] : entries_) {
            if (node != &child)
                continue;
            if (name.size() > room.size())
                return Errno::range;
            memcpy(room.data(), name.data(), name.size());
            return name.size();
        }
        return Errno::noent;
    }
    // Cursors are places in the order of names, which will do for tests that change nothing.
    Result<> list(uint64_t from, uk::vfs::EntrySink& sink) override {
        uint64_t at = 0;
        for (auto& [name, node] : entries_) {
            if (at++ >= from && !sink.entry(name, node->facts_.number, node->kind(), at))
                break;
        }
        return uk::ok();
    }
    Result<Ref<Node>> create(Name name, const NewNode& what) override {
        written();
        Ref<TinyNode> made = make(what);
        attach(name, *made);
        return Ref<Node>::adopt(*made.release());
    }
    Result<Ref<Node>> create_nameless(const NewNode& what) override {
        written();
        return Ref<Node>::adopt(*make(what).release());
    }
    Result<> link(Name name, Node& node) override {
        written();
        auto& child = static_cast<TinyNode&>(node);
        child.written();
        attach(name, child);
        return uk::ok();
    }
    Result<> remove(Name name, Node& node) override {
        written();
        auto& child = static_cast<TinyNode&>(node);
        child.written();
        if (!child.entries_.empty())
            return Errno::notempty;
        detach(name, child);
        return uk::ok();
    }
    Result<> rename(const Rename& what) override {
        UK_ASSERT(file_system().rename_lock().held_by_me());
        auto& to = static_cast<TinyNode&>(what.to);
        auto& node = static_cast<TinyNode&>(what.node);
        auto* other = static_cast<TinyNode*>(what.replaced);
        written();
        to.written();
        node.written();
        if (other != nullptr) {
            other->written();
            if (!what.exchange && !other->entries_.empty())
                return Errno::notempty;
        }
        Ref<Node> keep = Ref<Node>::share(node);
        Ref<Node> keep_other;
        if (other != nullptr) {
            keep_other = Ref<Node>::share(*other);
            to.detach(what.to_name, *other);
        }
        detach(what.name, node);
        to.attach(what.to_name, node);
        if (what.exchange)
            attach(what.name, *other);
        return uk::ok();
    }
    Result<std::string_view> target() override {
        if (kind() != NodeKind::link)
            return Errno::inval;
        return std::string_view(target_);
    }
    Result<size_t> read(uk::IoPieces& to, uint64_t offset) override {
        if (offset >= bytes_.size())
            return size_t{0};
        const size_t count = std::min<size_t>(to.left(), bytes_.size() - offset);
        UK_TRY(to.put(bytes_.data() + offset, count));
        return count;
    }
    Result<size_t> write(uk::IoPieces& from, uint64_t offset) override {
        written();
        if (offset + from.left() > kMost)
            return Errno::fbig;
        const size_t count = from.left();
        if (bytes_.size() < offset + count)
            bytes_.resize(offset + count);
        UK_TRY(from.take(bytes_.data() + offset, count));
        facts_.modified = facts_.changed = uk::vfs::now();
        return count;
    }
    Result<> resize(uint64_t size) override {
        written();
        if (size > kMost)
            return Errno::fbig;
        bytes_.resize(size);
        facts_.modified = facts_.changed = uk::vfs::now();
        return uk::ok();
    }

    const uk::vfs::Place* jump_to = nullptr; // of a link that leads to a place
    Result<bool> jump(uk::vfs::Place& to) override {
        if (jump_to != nullptr)
            to = *jump_to;
        return jump_to != nullptr;
    }

  private:
    friend class TinyFs;
    static constexpr uint64_t kMost = 1 << 20;

    void written() { UK_ASSERT(lock().written_by_me()); }
    Ref<TinyNode> make(const NewNode& what);
    void attach(Name name, TinyNode& child) {
        UK_ASSERT(!entries_.contains(std::string(name)));
        child.ref_retain();
        entries_[std::string(name)] = &child;
        if (child.is_directory()) {
            child.parent_ = this;
            folders_++;
        } else {
            child.facts_.links++;
        }
        facts_.modified = facts_.changed = child.facts_.changed = uk::vfs::now();
    }
    void detach(Name name, TinyNode& child) {
        auto found = entries_.find(std::string(name));
        UK_ASSERT(found != entries_.end() && found->second == &child);
        entries_.erase(found);
        if (child.is_directory()) {
            child.parent_ = nullptr;
            folders_--;
        } else {
            child.facts_.links--;
        }
        facts_.modified = facts_.changed = child.facts_.changed = uk::vfs::now();
        child.ref_release();
    }
    void destroy() override {
        for (auto& [name, node] : entries_)
            node->ref_release();
        living_--;
        delete this;
    }
    ~TinyNode() = default;

    std::atomic<int>& living_;
    Facts facts_;
    std::string target_;
    std::string bytes_;
    std::map<std::string, TinyNode*> entries_;
    TinyNode* parent_ = nullptr;
    uint32_t folders_ = 0;
};

class TinyFs final : public uk::vfs::FileSystem {
  public:
    explicit TinyFs(bool read_only = false) : FileSystem("tiny", read_only) {
        root_ = make({.kind = NodeKind::directory, .permissions = 0755});
        root_->parent_ = root_.get();
        file_systems++;
    }
    static Ref<FileSystem> create(bool read_only = false) {
        return Ref<FileSystem>::adopt(*new TinyFs(read_only));
    }
    Result<Ref<uk::vfs::Node>> root() override { return Ref<uk::vfs::Node>::share(*root_); }
    void facts(uk::vfs::FileSystemFacts& out) override { out.magic = 0x71f5; }
    Ref<TinyNode> make(const NewNode& what) {
        return Ref<TinyNode>::adopt(*new TinyNode(*this, what, nodes, ++last_));
    }

    static inline std::atomic<int> nodes{0};
    static inline std::atomic<int> file_systems{0};

  private:
    void destroy() override {
        root_.reset();
        file_systems--;
        delete this;
    }
    ~TinyFs() = default;

    Ref<TinyNode> root_;
    std::atomic<uint64_t> last_{0};
};

inline Ref<TinyNode> TinyNode::make(const NewNode& what) {
    return static_cast<TinyFs&>(file_system()).make(what);
}

} // namespace tiny
