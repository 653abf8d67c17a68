// SPDX-License-Identifier: BSD-3-Clause
// Taking names away, and giving others.
#include <uk/abi/fcntl.h>
#include <uk/vfs/operations.hpp>

#include "node_state.hpp"

namespace uk::vfs {

namespace {

// check(node): whether it may go. Under the locks of both.
template <class Check>
Result<> remove_name(PathWalk& walk, Check check) {
    if (walk.folder().mount->read_only())
        return Errno::rofs;
    if (walk.name().size() > kMostName)
        return Errno::nametoolong;
    Node& folder = *walk.folder().node;
    Ref<Node> node; // outlives its guard
    LockGuard folder_guard(folder.lock());
    node = UK_TRY(folder.lookup(walk.name()));
    UK_TRY(check(*node));
    LockGuard guard(node->lock());
    if (node->is_mount_point())
        return Errno::busy;
    UK_TRY(folder.remove(walk.name(), *node));
    if (node->is_directory())
        NodeState::set_removed(*node);
    NodeState::changed(folder);
    NodeState::changed(*node);
    return ok();
}

// Locks of nodes that are taken in the order in which they are added.
class NodeLocks {
  public:
    NodeLocks() = default;
    NodeLocks(const NodeLocks&) = delete;
    NodeLocks& operator=(const NodeLocks&) = delete;
    ~NodeLocks() {
        while (count_ > 0)
            nodes_[--count_]->lock().unlock();
    }

    void add(Node& node) {
        node.lock().lock();
        nodes_[count_++] = &node;
    }
    // Both, or one that is given twice; by address.
    void add(Node& a, Node& b) {
        Node& first = reinterpret_cast<uintptr_t>(&a) < reinterpret_cast<uintptr_t>(&b) ? a : b;
        Node& second = &first == &a ? b : a;
        add(first);
        if (&second != &first)
            add(second);
    }

  private:
    Node* nodes_[4] = {};
    unsigned count_ = 0;
};

// The child of `above` through which the way leads down to `below`; none if there is no such way.
// Under the rename lock, so nothing moves.
Ref<Node> branch_to(Node& above, Node& below) {
    Ref<Node> at = Ref<Node>::share(below);
    while (at.get() != &above) {
        Ref<Node> parent;
        {
            SharedGuard guard(at->lock());
            Result<Ref<Node>> found = at->parent();
            if (found.ok())
                parent = found.take();
        }
        if (!parent || parent.get() == at.get())
            return {};
        if (parent.get() == &above)
            return at;
        at = std::move(parent);
    }
    return {};
}

// What a rename is about. The rename lock is held while it lives.
struct Renaming {
    PathWalk& from;
    PathWalk& to;
    bool exchange;
    Ref<Node> source{};
    Ref<Node> target{};      // may be none
    Ref<Node> to_branch{};   // of the source's directory, down to the target's
    Ref<Node> from_branch{}; // of the target's directory, down to the source's

    [[nodiscard]] Node& from_folder() const { return *from.folder().node; }
    [[nodiscard]] Node& to_folder() const { return *to.folder().node; }

    void lock_folders(NodeLocks& locks) {
        to_branch = branch_to(from_folder(), to_folder());
        if (!to_branch)
            from_branch = branch_to(to_folder(), from_folder());
        if (!to_branch && !from_branch)
            return locks.add(from_folder(), to_folder());
        locks.add(to_branch ? from_folder() : to_folder());
        locks.add(to_branch ? to_folder() : from_folder());
    }

    Result<> look_up(bool replaces) {
        if (from.name().size() > kMostName)
            return Errno::nametoolong;
        source = UK_TRY(from_folder().lookup(from.name()));
        if (to.name().size() > kMostName)
            return Errno::nametoolong;
        Result<Ref<Node>> there = to_folder().lookup(to.name());
        if (there.ok())
            target = there.take();
        else if (there.code() != Errno::noent || exchange || to_folder().removed())
            return there.error();
        return target && !replaces ? Errno::exist : Errno::ok;
    }

    // In the order in which Linux finds out.
    [[nodiscard]] Result<> check() const {
        if (exchange && !target->is_directory() && to.wants_directory())
            return Errno::notdir;
        if (!source->is_directory() &&
            (from.wants_directory() || (!exchange && to.wants_directory())))
            return Errno::notdir;
        if (source.get() == to_branch.get())
            return Errno::inval;
        if (target && target.get() == from_branch.get())
            return exchange ? Errno::inval : Errno::notempty;
        if (target && !exchange && source.get() != target.get()) {
            if (source->is_directory() && !target->is_directory())
                return Errno::notdir;
            if (!source->is_directory() && target->is_directory())
                return Errno::isdir;
        }
        if (source->is_mount_point() || (target && target->is_mount_point()))
            return source.get() == target.get() ? Errno::ok : Errno::busy;
        return ok();
    }

    Result<> act() {
        UK_TRY(from_folder().rename(
            {from.name(), *source, to_folder(), to.name(), target.get(), exchange}));
        if (target && !exchange && target->is_directory())
            NodeState::set_removed(*target);
        for (Node* node : {&from_folder(), &to_folder(), source.get(), target.get()}) {
            if (node != nullptr)
                NodeState::changed(*node);
        }
        return ok();
    }
};

} // namespace

Result<> unlink(const At& at, std::string_view path) {
    PathWalk walk(at.table, at.root, at.start);
    UK_TRY(walk.begin(path));
    if (walk.last() != Last::name)
        return Errno::isdir;
    return remove_name(walk, [&](const Node& node) -> Result<> {
        if (node.is_directory())
            return Errno::isdir;
        return walk.wants_directory() ? Errno::notdir : Errno::ok;
    });
}

Result<> remove_directory(const At& at, std::string_view path) {
    PathWalk walk(at.table, at.root, at.start);
    UK_TRY(walk.begin(path));
    switch (walk.last()) {
    case Last::name:
        break;
    case Last::dot:
        return Errno::inval;
    case Last::dotdot:
        return Errno::notempty;
    default:
        return Errno::busy;
    }
    return remove_name(walk, [](const Node& node) -> Result<> {
        return node.is_directory() ? Errno::ok : Errno::notdir;
    });
}

Result<> rename(const At& from_at, std::string_view path, const At& to_at, std::string_view to_path,
                unsigned flags) {
    constexpr unsigned kKnown = UK_RENAME_NOREPLACE | UK_RENAME_EXCHANGE;
    if ((flags & ~kKnown) != 0 || flags == kKnown)
        return Errno::inval;
    const bool replaces = (flags & UK_RENAME_NOREPLACE) == 0;
    PathWalk from(from_at.table, from_at.root, from_at.start);
    PathWalk to(to_at.table, to_at.root, to_at.start);
    UK_TRY(from.begin(path));
    UK_TRY(to.begin(to_path));
    Mount& mount = *from.folder().mount;
    if (&mount != to.folder().mount.get())
        return Errno::xdev;
    if (from.last() != Last::name)
        return Errno::busy;
    if (to.last() != Last::name)
        return replaces ? Errno::busy : Errno::exist;
    if (mount.read_only())
        return Errno::rofs;

    Renaming renaming{from, to, (flags & UK_RENAME_EXCHANGE) != 0};
    LockGuard guard(mount.file_system().rename_lock());
    NodeLocks locks;
    renaming.lock_folders(locks);
    UK_TRY(renaming.look_up(replaces));
    UK_TRY(renaming.check());
    if (renaming.source.get() == renaming.target.get())
        return ok(); // two names of one file: both stay
    if (renaming.target)
        locks.add(*renaming.source, *renaming.target);
    else
        locks.add(*renaming.source);
    return renaming.act();
}

} // namespace uk::vfs
