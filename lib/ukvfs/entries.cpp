// SPDX-License-Identifier: BSD-3-Clause
// The entries of a directory as getdents64() shows them.
#include <uk/abi/dirent.h>
#include <uk/base/bits.hpp>
#include <uk/string.h>
#include <uk/vfs/open_node.hpp>

namespace uk::vfs {

namespace {

// Positions 0 and 1 are before "." and ".."; from then on they are those of the node, and 2.
constexpr uint64_t kDots = 2;

constexpr size_t kHead = offsetof(uk_dirent64, d_name);

// Writes entries to the application's memory.
class Writer final : public EntrySink {
  public:
    Writer(IoPieces& to, uint64_t& position) : to_(to), position_(position) {}

    bool entry(Name name, uint64_t number, NodeKind kind, uint64_t next) override {
        return put(name, number, kind, next + kDots);
    }
    // `position`: behind it.
    bool put(Name name, uint64_t number, NodeKind kind, uint64_t position) {
        union {
            uk_dirent64 head;
            char bytes[align_up(kHead + kMostName + 1, alignof(uk_dirent64))];
        };
        const size_t size = align_up(kHead + name.size() + 1, alignof(uk_dirent64));
        if (size > to_.left()) {
            result_ = done_ == 0 ? Errno::inval : Errno::ok;
            return false;
        }
        head.d_ino = number;
        head.d_off = static_cast<int64_t>(position);
        head.d_reclen = static_cast<uint16_t>(size);
        head.d_type = static_cast<uint8_t>(static_cast<uint32_t>(kind) >> 12);
        memcpy(bytes + kHead, name.data(), name.size());
        memset(bytes + kHead + name.size(), 0, size - kHead - name.size());
        Result<> moved = to_.put(bytes, size);
        if (!moved.ok()) {
            result_ = done_ == 0 ? moved.code() : Errno::ok;
            return false;
        }
        done_ += size;
        position_ = position;
        return true;
    }
    [[nodiscard]] bool is_empty() const { return done_ == 0; }
    [[nodiscard]] Result<size_t> result() const {
        if (result_ != Errno::ok)
            return result_;
        return done_;
    }

  private:
    IoPieces& to_;
    uint64_t& position_;
    size_t done_ = 0;
    Errno result_ = Errno::ok;
};

uint64_t number_of(Node& node) {
    Facts facts;
    SharedGuard guard(node.lock());
    node.facts(facts);
    return facts.number;
}

uint64_t number_of_parent(Node& node) {
    Ref<Node> parent;
    {
        SharedGuard guard(node.lock());
        Result<Ref<Node>> found = node.parent();
        if (found.ok())
            parent = found.take();
    }
    return number_of(parent ? *parent : node);
}

} // namespace

Result<size_t> OpenNode::do_entries(IoPieces& to, uint64_t& position) {
    if (is_path_only())
        return Errno::badf;
    if (!node().is_directory())
        return Errno::notdir;
    if (node().removed())
        return Errno::noent;
    Writer writer(to, position);
    if (position == 0 && !writer.put(".", number_of(node()), NodeKind::directory, 1))
        return writer.result();
    if (position == 1 && !writer.put("..", number_of_parent(node()), NodeKind::directory, kDots))
        return writer.result();
    {
        SharedGuard guard(node().lock());
        Result<> listed = node().list(position - kDots, writer);
        if (!listed.ok() && writer.is_empty())
            return listed.error();
    }
    note_access();
    return writer.result();
}

} // namespace uk::vfs
