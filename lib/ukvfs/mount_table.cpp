// SPDX-License-Identifier: BSD-3-Clause
// What stands where.
#include <uk/vfs/mount_table.hpp>

#include <new>

#include <uk/abi/mount.h>
#include <uk/alloc/heap.hpp>
#include <uk/string.h>

namespace uk::vfs {

namespace {

constexpr uint32_t kFlags = UK_MS_RDONLY | UK_MS_NOSUID | UK_MS_NODEV | UK_MS_NOEXEC |
                            UK_MS_NOATIME | UK_MS_NODIRATIME | UK_MS_RELATIME | UK_MS_STRICTATIME;
constexpr unsigned kMostDeep = 32; // mounts on mounts that are bound at once

} // namespace

// It stands at the point from now on. Under the lock.
void MountTable::insert(Mount& mount, Point& point) {
    mount.on_ = std::move(point.on);
    mount.folder_ = std::move(point.folder);
    if (mount.on_) {
        Mount* other = by_point_.insert(mount);
        UK_ASSERT(other == nullptr && "two mounts on one place");
        mount.on_.mount->children_++;
        mount.on_.node->mounts_.fetch_add_relaxed(1);
    }
    if (mount.mounted_)
        return;
    mount.mounted_ = true;
    mount.id_ = ++last_id_;
    order_.push_back(mount);
    mount.ref_retain();
}

// Directories are removed under their own lock, so none goes meanwhile.
Result<> MountTable::attach(Mount& mount, Point& point) {
    if (!point.on) {
        LockGuard guard(lock_);
        if (root_)
            return Errno::busy;
        Ref<Mount> root = Ref<Mount>::share(mount);
        root_.swap(root);
        insert(mount, point);
        return ok();
    }
    cross(point.on);
    if (point.on.node->is_directory() != mount.root().is_directory())
        return Errno::notdir;
    Ref<Node> node = point.on.node; // outlives its guard
    LockGuard node_guard(node->lock());
    LockGuard guard(lock_);
    if (node->removed())
        return Errno::noent;
    if (!point.on.mount->mounted_)
        return Errno::inval;
    insert(mount, point);
    return ok();
}

Result<Place> MountTable::make(Point& point, Ref<FileSystem> file_system, Ref<Node> root,
                               uint32_t flags, std::string_view source) {
    auto* text = static_cast<char*>(heap::allocate(source.size() + 1));
    void* memory = heap::allocate(sizeof(Mount));
    if (text == nullptr || memory == nullptr) {
        heap::deallocate(text);
        heap::deallocate(memory);
        return Errno::nomem;
    }
    memcpy(text, source.data(), source.size());
    text[source.size()] = '\0';
    auto mount = Ref<Mount>::adopt(
        *new (memory) Mount(std::move(file_system), std::move(root), flags & kFlags, text));
    UK_TRY(attach(*mount, point));
    return root_of(*mount);
}

Result<Place> MountTable::mount(Point point, Ref<FileSystem> file_system, Ref<Node> root,
                                uint32_t flags, std::string_view source) {
    LockGuard guard(change_);
    return make(point, std::move(file_system), std::move(root), flags, source);
}

void MountTable::cross_slowly(Place& place) {
    while (place.node->is_mount_point()) {
        Ref<Mount> above;
        {
            SharedGuard guard(lock_);
            Mount* found = by_point_.find(place);
            if (found == nullptr)
                return;
            above = Ref<Mount>::share(*found);
        }
        place.node = Ref<Node>::share(above->root());
        place.mount = std::move(above);
    }
}

bool MountTable::leave(Place& place, Ref<Node>* folder) {
    Place on;
    {
        SharedGuard guard(lock_);
        on = place.mount->on_;
        if (!on)
            return false;
        if (folder != nullptr)
            *folder = place.mount->folder_;
    }
    place.node = std::move(on.node);
    place.mount = std::move(on.mount);
    return true;
}

Place MountTable::root_now() {
    SharedGuard guard(lock_);
    return root_ ? root_of(*root_) : Place{};
}

// Whoever comes meanwhile waits.
void MountTable::look_first() {
    LockGuard guard(first_look_);
    if (const Late work = late_.load_relaxed()) {
        work(root_now());
        late_.store_release(nullptr);
    }
}

Place MountTable::root() {
    if (late_.load_acquire() != nullptr) [[unlikely]]
        look_first();
    return root_now();
}

Ref<Mount> MountTable::next(uint32_t id) {
    SharedGuard guard(lock_);
    for (Mount& mount : order_) {
        if (mount.id_ > id)
            return Ref<Mount>::share(mount);
    }
    return {};
}

bool MountTable::is_below(const Mount* mount, const Mount& above) const {
    for (; mount != nullptr; mount = mount->on_.mount.get()) {
        if (mount == &above)
            return true;
    }
    return false;
}

// Out of the table; what it refers to is dropped later, without the lock.
void MountTable::take_off(Mount& mount, Order& gone) {
    if (mount.on_) {
        by_point_.erase(mount);
        mount.on_.mount->children_--;
        mount.on_.node->mounts_.fetch_sub_acq_rel(1);
    }
    mount.mounted_ = false;
    order_.erase(mount);
    gone.push_back(mount);
}

// Who still has a place in one of these goes up no further than its root.
void MountTable::drop(Order& gone) {
    while (Mount* mount = gone.pop_front()) {
        Place on;
        Ref<Node> folder;
        {
            LockGuard guard(lock_);
            on = std::move(mount->on_);
            folder = std::move(mount->folder_);
        }
        mount->ref_release();
        folder.reset();
        on.node.reset(); // before the mount that keeps its file system
    }
}

// Each round takes those that stand on one that is gone.
void MountTable::take_off_orphans(Order& gone) {
    for (bool more = true; more;) {
        more = false;
        for (Mount* each = order_.front(); each != nullptr;) {
            Mount* after = order_.next(*each);
            if (each->on_ && !each->on_.mount->mounted_) {
                take_off(*each, gone);
                more = true;
            }
            each = after;
        }
    }
}

Result<> MountTable::unmount(const Place& root, bool detach) {
    LockGuard change_guard(change_);
    Order gone;
    {
        LockGuard guard(lock_);
        Mount& mount = *root.mount;
        if (&mount.root() != root.node.get() || !mount.mounted_)
            return Errno::inval;
        if (!mount.on_)
            return Errno::busy;
        // The table's reference and the caller's.
        if (!detach && (mount.children_ != 0 || mount.refs_.load_acquire() > 2))
            return Errno::busy;
        take_off(mount, gone);
        if (mount.children_ != 0)
            take_off_orphans(gone);
    }
    drop(gone);
    return ok();
}

void MountTable::clear() {
    LockGuard change_guard(change_);
    Ref<Mount> root;
    Order gone;
    {
        LockGuard guard(lock_);
        root_.swap(root);
        if (root)
            take_off(*root, gone);
        take_off_orphans(gone);
    }
    drop(gone);
}

Result<> MountTable::remount(const Place& root, uint32_t flags) {
    LockGuard change_guard(change_);
    LockGuard guard(lock_);
    Mount& mount = *root.mount;
    if (&mount.root() != root.node.get() || !mount.mounted_)
        return Errno::inval;
    const uint32_t before = mount.flags_.exchange_acq_rel(flags & kFlags);
    fence_full();
    if ((flags & ~before & UK_MS_RDONLY) == 0 || mount.writers_.load_acquire() == 0)
        return ok();
    mount.flags_.store_relaxed(before);
    return Errno::busy;
}

Result<> MountTable::move(const Place& root, Point point) {
    LockGuard change_guard(change_);
    Mount& mount = *root.mount;
    cross(point.on);
    Point before;
    {
        LockGuard guard(lock_);
        if (&mount.root() != root.node.get() || !mount.mounted_ || !mount.on_)
            return Errno::inval;
        if (is_below(point.on.mount.get(), mount))
            return Errno::loop;
        by_point_.erase(mount);
        mount.on_.mount->children_--;
        before = {std::move(mount.on_), std::move(mount.folder_)};
    }
    // Meanwhile the old point still counts a mount, so nobody removes it.
    Ref<Node> old = before.on.node;
    Result<> done = attach(mount, point);
    LockGuard guard(lock_);
    if (!done.ok())
        insert(mount, before);
    old->mounts_.fetch_sub_acq_rel(1);
    return done;
}

// Whether what `below` stands on is seen at or below `above`, which is in the same mount.
bool MountTable::shows(const Place& above, const Mount& below) {
    Ref<Node> at;
    {
        SharedGuard guard(lock_);
        at = below.folder_ ? below.folder_ : below.on_.node;
        if (below.on_.node.get() == above.node.get())
            return true;
    }
    while (at && at->is_directory()) {
        if (at.get() == above.node.get())
            return true;
        if (at.get() == &above.mount->root())
            return false;
        SharedGuard guard(at->lock());
        Result<Ref<Node>> parent = at->parent();
        if (!parent.ok() || parent.value().get() == at.get())
            return false;
        Ref<Node> up = parent.take();
        std::swap(at, up);
    }
    return false;
}

Result<> MountTable::bind_children(Mount& from, Mount& to, const Place* below, unsigned depth) {
    if (depth > kMostDeep)
        return Errno::loop;
    const uint32_t last = last_id_;
    Ref<Mount> child;
    for (uint32_t id = 0; (child = next(id)) && child->id() <= last; id = child->id()) {
        Point point;
        {
            SharedGuard guard(lock_);
            if (child->on_.mount.get() != &from)
                continue;
            point = {{Ref<Mount>::share(to), child->on_.node}, child->folder_};
        }
        if (below != nullptr && !shows(*below, *child))
            continue;
        Place bound =
            UK_TRY(make(point, Ref<FileSystem>::share(child->file_system()),
                        Ref<Node>::share(child->root()), child->flags(), child->source()));
        UK_TRY(bind_children(*child, *bound.mount, nullptr, depth + 1));
    }
    return ok();
}

Result<> MountTable::bind(Point point, const Place& what, bool recursive) {
    LockGuard guard(change_);
    Place bound = UK_TRY(make(point, Ref<FileSystem>::share(what.mount->file_system()), what.node,
                              what.mount->flags(), what.mount->source()));
    if (!recursive)
        return ok();
    return bind_children(*what.mount, *bound.mount, &what, 0);
}

} // namespace uk::vfs
