// SPDX-License-Identifier: BSD-3-Clause
// What all nodes in memory do alike.
#include <uk/ramfs/node.hpp>

#include <uk/ramfs/file_system.hpp>

namespace uk::ramfs {

RamNode::RamNode(RamFileSystem& file_system, const vfs::NewNode& what)
    : Node(file_system, what.kind), number_(file_system.next_number_.fetch_add_relaxed(1)),
      permissions_(what.permissions & 07777), owner_(what.owner), group_(what.group),
      accessed_(file_system.now()), born_(accessed_), modified_(accessed_), changed_(accessed_) {}

RamFileSystem& RamNode::ram_file_system() const {
    return static_cast<RamFileSystem&>(file_system());
}

void RamNode::node_is_gone(RamFileSystem& file_system) {
    file_system.limits_.nodes.give(1);
}

void RamNode::clear_attributes() {
    attributes_.clear(ram_file_system().limits_.bytes);
}

void RamNode::touch(bool modified) {
    if (ram_file_system().filling_) [[unlikely]]
        return; // times are those that were set
    const vfs::Moment now = vfs::now();
    changed_.store_relaxed(now);
    if (modified)
        modified_.store_relaxed(now);
}

void RamNode::set_times(vfs::Moment moment) {
    accessed_ = born_ = moment;
    modified_.store_relaxed(moment);
    changed_.store_relaxed(moment);
}

void RamNode::set_facts(const vfs::NewNode& like) {
    permissions_ = like.permissions & 07777;
    owner_ = like.owner;
    group_ = like.group;
}

void RamNode::facts(vfs::Facts& out) {
    out.number = number_;
    out.kind = kind();
    out.permissions = permissions_;
    out.links = links_;
    out.owner = owner_;
    out.group = group_;
    out.accessed = accessed_;
    out.modified = modified_.load_relaxed();
    out.changed = changed_.load_relaxed();
    out.born = born_;
}

Result<> RamNode::change(const vfs::FactsChange& what) {
    using Change = vfs::FactsChange;
    if ((what.which & Change::kPermissions) != 0)
        permissions_ = what.to.permissions & 07777;
    if ((what.which & Change::kOwner) != 0)
        owner_ = what.to.owner;
    if ((what.which & Change::kGroup) != 0)
        group_ = what.to.group;
    if ((what.which & Change::kAccessed) != 0)
        accessed_ = what.to.accessed;
    if ((what.which & Change::kModified) != 0)
        modified_.store_relaxed(what.to.modified);
    if (what.which != Change::kAccessed)
        touch(false);
    return ok();
}

// As Linux has it: "user." is for files and directories only.
Result<> RamNode::may_have(vfs::Name attribute) const {
    constexpr vfs::Name kSpaces[] = {"user.", "trusted.", "security."};
    for (const vfs::Name& space : kSpaces) {
        if (!attribute.starts_with(space))
            continue;
        if (attribute.size() == space.size())
            return Errno::inval;
        const bool fits = space != kSpaces[0] || is_directory() || kind() == vfs::NodeKind::regular;
        return fits ? Errno::ok : Errno::perm;
    }
    return Errno::opnotsupp;
}

Result<size_t> RamNode::get_attribute(vfs::Name name, std::span<std::byte> room) {
    Result<> may = may_have(name);
    if (!may.ok())
        return may.code() == Errno::perm ? Errno::nodata : may.code();
    return attributes_.get(name, room);
}

Result<> RamNode::set_attribute(vfs::Name name, std::span<const std::byte> value, int flags) {
    UK_TRY(may_have(name));
    UK_TRY(attributes_.set(name, value, flags, ram_file_system().limits_.bytes));
    touch(false);
    return ok();
}

Result<> RamNode::remove_attribute(vfs::Name name) {
    UK_TRY(may_have(name));
    UK_TRY(attributes_.remove(name, ram_file_system().limits_.bytes));
    touch(false);
    return ok();
}

Result<size_t> RamNode::list_attributes(std::span<char> room) {
    return attributes_.list(room);
}

} // namespace uk::ramfs
