// SPDX-License-Identifier: BSD-3-Clause
// Opening, and making what was not there.
#include <uk/abi/fcntl.h>
#include <uk/abi/mount.h>
#include <uk/vfs/open_node.hpp>
#include <uk/vfs/operations.hpp>

#include "node_state.hpp"

namespace uk::vfs {

namespace {

constexpr uint32_t kPathFlags = UK_O_PATH | UK_O_DIRECTORY | UK_O_NOFOLLOW;
constexpr uint32_t kTemporary = UK_O_TMPFILE & ~UK_O_DIRECTORY;
// What only this one call is about.
constexpr uint32_t kForgotten = UK_O_CREAT | UK_O_EXCL | UK_O_NOCTTY | UK_O_TRUNC | UK_O_CLOEXEC;

bool writes(uint32_t flags) {
    return (flags & UK_O_ACCMODE) != UK_O_RDONLY;
}

Result<uint32_t> checked(uint32_t flags) {
    if ((flags & UK_O_PATH) != 0)
        return flags & kPathFlags;
    if ((flags & kTemporary) != 0) {
        if ((flags & UK_O_DIRECTORY) == 0 || (flags & UK_O_CREAT) != 0 || !writes(flags))
            return Errno::inval;
    } else if ((flags & UK_O_CREAT) != 0 && (flags & UK_O_DIRECTORY) != 0) {
        return Errno::inval;
    }
    return flags;
}

// Of a new node in `folder`, whose lock is held: what it inherits.
void inherit(Node& folder, NewNode& what) {
    Facts facts;
    folder.facts(facts);
    if ((facts.permissions & UK_S_ISGID) == 0)
        return;
    what.group = facts.group;
    if (what.kind == NodeKind::directory)
        what.permissions |= UK_S_ISGID;
}

// The name's directory, locked, without that name in it; then work(). Errors: EEXIST, ENOENT (it
// was removed; or `wants_directory`, and the node will be none), EROFS.
template <class Work>
Result<> with_free_name(PathWalk& walk, bool is_directory, Work work) {
    if (walk.last() != Last::name)
        return Errno::exist;
    if (walk.name().size() > kMostName)
        return Errno::nametoolong;
    Node& folder = *walk.folder().node;
    Ref<Node> other; // outlives the guard
    LockGuard guard(folder.lock());
    Result<Ref<Node>> there = folder.lookup(walk.name());
    if (there.ok()) {
        other = there.take();
        return Errno::exist;
    }
    if (there.code() != Errno::noent)
        return there.error();
    if (folder.removed() || (walk.wants_directory() && !is_directory))
        return Errno::noent;
    if (walk.folder().mount->read_only())
        return Errno::rofs;
    UK_TRY(work(folder));
    NodeState::changed(folder);
    return ok();
}

Result<Ref<Node>> make(const At& at, PathWalk& walk, NewNode what) {
    what.owner = at.owner;
    what.group = at.group;
    what.permissions &= 07777;
    Ref<Node> made;
    UK_TRY(with_free_name(walk, what.kind == NodeKind::directory, [&](Node& folder) -> Result<> {
        inherit(folder, what);
        made = UK_TRY(folder.create(walk.name(), what));
        return ok();
    }));
    return made;
}

Result<> make_at(const At& at, std::string_view path, const NewNode& what) {
    PathWalk walk(at.table, at.root, at.start);
    UK_TRY(walk.begin(path));
    UK_TRY(make(at, walk, what));
    return ok();
}

// What open() has found or made.
struct Found {
    Place place;
    bool made = false;
};

Result<Found> find_or_make(const At& at, PathWalk& walk, uint32_t flags, uint32_t permissions) {
    const bool creates = (flags & UK_O_CREAT) != 0;
    const bool only_new = creates && (flags & UK_O_EXCL) != 0;
    for (;;) {
        if (walk.last() != Last::name)
            return Found{UK_TRY(walk.finish(true)), false};
        if (creates && walk.wants_directory())
            return Errno::isdir;
        Result<Place> next = walk.look_up();
        if (!next.ok()) {
            if (next.code() != Errno::noent || !creates)
                return next.error();
            Result<Ref<Node>> made =
                make(at, walk, {.kind = NodeKind::regular, .permissions = permissions});
            if (made.ok())
                return Found{{walk.folder().mount, made.take()}, true};
            if (made.code() != Errno::exist)
                return made.error();
            continue; // another was quicker
        }
        Place place = next.take();
        const bool stays = only_new || ((flags & UK_O_NOFOLLOW) != 0 && !walk.wants_directory());
        if (place.node->kind() != NodeKind::link || stays)
            return Found{std::move(place), false};
        UK_TRY(walk.follow(*place.node));
    }
}

// What is there may be opened so.
Result<> check_open(const Node& node, const Mount& mount, uint32_t flags, bool wants_directory) {
    if ((flags & UK_O_CREAT) != 0) {
        if ((flags & UK_O_EXCL) != 0)
            return Errno::exist;
        if (node.is_directory())
            return Errno::isdir;
    }
    if (((flags & UK_O_DIRECTORY) != 0 || wants_directory) && !node.is_directory())
        return Errno::notdir;
    if ((flags & (UK_O_PATH | kTemporary)) != 0)
        return ok();
    switch (node.kind()) {
    case NodeKind::link:
        return Errno::loop;
    case NodeKind::directory:
        return writes(flags) || (flags & UK_O_TRUNC) != 0 ? Errno::isdir : Errno::ok;
    case NodeKind::character:
    case NodeKind::block:
        return mount.has(UK_MS_NODEV) ? Errno::acces : Errno::ok;
    default:
        return ok();
    }
}

Result<Place> make_nameless(const At& at, const Place& folder, uint32_t flags,
                            uint32_t permissions) {
    if (folder.mount->read_only())
        return Errno::rofs;
    NewNode what{.kind = NodeKind::regular,
                 .permissions = permissions & 07777,
                 .device = 0,
                 .target = {},
                 .owner = at.owner,
                 .group = at.group};
    LockGuard guard(folder.node->lock());
    if (folder.node->removed())
        return Errno::noent;
    inherit(*folder.node, what);
    Ref<Node> node = UK_TRY(folder.node->create_nameless(what));
    if ((flags & UK_O_EXCL) == 0)
        NodeState::set_linkable(*node);
    return Place{folder.mount, std::move(node)};
}

// The file of a node that may be opened so.
Result<Ref<File>> open_place(const Place& place, Ref<Node> folder, uint32_t flags) {
    const bool is_regular = place.node->kind() == NodeKind::regular;
    const bool changes = is_regular && (writes(flags) || (flags & UK_O_TRUNC) != 0);
    if (changes)
        UK_TRY(place.mount->begin_writing());
    Result<Ref<File>> file = (flags & UK_O_PATH) != 0
                                 ? make_open_node<OpenNode>(place, flags)
                                 : place.node->open(place, flags & ~kForgotten);
    OpenNode* opened = file.ok() ? file.value()->opened_node() : nullptr;
    if (opened != nullptr)
        opened->set_origin(std::move(folder), changes);
    else if (changes)
        place.mount->end_writing();
    return file;
}

Result<> empty(Node& node) {
    LockGuard guard(node.lock());
    UK_TRY(node.resize(0));
    NodeState::changed(node);
    return ok();
}

} // namespace

Result<Place> find(const At& at, std::string_view path, bool follow) {
    PathWalk walk(at.table, at.root, at.start);
    UK_TRY(walk.begin(path));
    return walk.finish(follow);
}

Result<Ref<File>> open(const At& at, std::string_view path, uint32_t wanted, uint32_t permissions) {
    const uint32_t flags = UK_TRY(checked(wanted));
    PathWalk walk(at.table, at.root, at.start, at.limits);
    UK_TRY(walk.begin(path));
    Found found = UK_TRY(find_or_make(at, walk, flags, permissions));
    if (!found.made)
        UK_TRY(check_open(*found.place.node, *found.place.mount, flags, walk.wants_directory()));
    Ref<Node> folder;
    if ((flags & kTemporary) != 0)
        found.place = UK_TRY(make_nameless(at, found.place, flags, permissions));
    else if (walk.last() == Last::name && !found.place.node->is_directory())
        folder = std::move(walk.folder().node);
    Ref<File> file = UK_TRY(open_place(found.place, std::move(folder), flags));
    if ((flags & UK_O_TRUNC) != 0 && !found.made && found.place.node->kind() == NodeKind::regular)
        UK_TRY(empty(*found.place.node));
    return file;
}

Result<> make_directory(const At& at, std::string_view path, uint32_t permissions) {
    return make_at(at, path, {.kind = NodeKind::directory, .permissions = permissions});
}

Result<> make_node(const At& at, std::string_view path, NodeKind kind, uint32_t permissions,
                   uint64_t device) {
    return make_at(at, path, {.kind = kind, .permissions = permissions, .device = device});
}

Result<> make_link(const At& at, std::string_view path, std::string_view target) {
    if (target.empty())
        return Errno::noent;
    if (target.size() > kMostLink)
        return Errno::nametoolong;
    return make_at(at, path, {.kind = NodeKind::link, .permissions = 0777, .target = target});
}

Result<> link(const Place& place, const At& at, std::string_view path) {
    PathWalk walk(at.table, at.root, at.start);
    UK_TRY(walk.begin(path));
    Node& node = *place.node;
    return with_free_name(walk, false, [&](Node& folder) -> Result<> {
        if (walk.folder().mount.get() != place.mount.get())
            return Errno::xdev;
        if (node.is_directory())
            return Errno::perm;
        LockGuard guard(node.lock());
        Facts facts;
        node.facts(facts);
        if (facts.links == 0 && !NodeState::is_linkable(node))
            return Errno::noent;
        if (facts.links == UINT32_MAX)
            return Errno::mlink;
        UK_TRY(folder.link(walk.name(), node));
        NodeState::clear_linkable(node);
        NodeState::changed(node);
        return ok();
    });
}

} // namespace uk::vfs
