// SPDX-License-Identifier: BSD-3-Clause
// MountTable: which mount stands where.
//
//     UK_TRY(uk::vfs::mounts().mount({.on = place}, std::move(file_system), 0, "tmpfs"));
//
// Thread context; functions may block. Locks: who changes the table has a mutex of its own, then
// nodes, then the table; who looks at it only the table. No node is dropped under the table's.
// What is left to the first look has a mutex that comes before all of them.
#pragma once

#include <string_view>

#include <uk/base/list.hpp>
#include <uk/base/rbtree.hpp>
#include <uk/lock.hpp>
#include <uk/vfs/mount.hpp>

namespace uk::vfs {

class MountTable {
  public:
    constexpr MountTable() = default;
    MountTable(const MountTable&) = delete;
    MountTable& operator=(const MountTable&) = delete;

    // Where a mount comes to stand. Nothing: it becomes the root of all, once.
    struct Point {
        Place on;
        Ref<Node> folder; // that has it, if it is no directory
    };

    // `root`: what is seen there, a node of `file_system`. Returns its place. Errors: ENOTDIR (one
    // is a directory, the other is not), ENOENT (the directory was removed), EINVAL (its mount is
    // not mounted any more), EBUSY (a second root of all), ENOMEM.
    [[nodiscard]] Result<Place> mount(Point point, Ref<FileSystem> file_system, Ref<Node> root,
                                      uint32_t flags, std::string_view source);
    // What `what` shows is seen at the point, too; with what is mounted below it, if `recursive`.
    // Errors: as mount(); of mounts below some may be bound when it fails.
    [[nodiscard]] Result<> bind(Point point, const Place& what, bool recursive);
    // The mount whose root this is stands elsewhere from now on. Errors: EINVAL (it is the root of
    // none, or of all), ELOOP (the point is below it), and as mount().
    [[nodiscard]] Result<> move(const Place& root, Point point);
    // Sets the flags that Mount::flags() names. Errors: EINVAL (the root of no mount), EBUSY (files
    // are open for writing, and UK_MS_RDONLY is set).
    [[nodiscard]] Result<> remount(const Place& root, uint32_t flags);
    // Takes away the mount whose root this is. `detach`: with all below it, even if in use; it goes
    // when the last user does. Errors: EINVAL (the root of none), EBUSY (in use, something stands
    // on it, or it is the root of all).
    [[nodiscard]] Result<> unmount(const Place& root, bool detach);

    // Takes all away, the root of all last; for the end of an image.
    void clear();

    // The root of all; empty before there is one. Before the first answer, what at_first_look()
    // left is done.
    [[nodiscard]] Place root();
    // What is to be mounted besides, but not before somebody wants the root: a root that lies in an
    // archive is not looked into at boot. `work` is called once, with the root, by the first thread
    // that asks root(); others that ask wait, so it must not ask itself. It needs no lock but those
    // of what it does. Once, at boot.
    using Late = void (*)(const Place& root);
    void at_first_look(Late work) { late_.store_release(work); }
    // Goes on to what stands there, if something does.
    void cross(Place& place) {
        if (place.node->is_mount_point()) [[unlikely]]
            cross_slowly(place);
    }
    // From the root of a mount to the place it stands on; false, and nothing happens, where that is
    // nowhere. `folder`, if not null, becomes the Point's.
    bool leave(Place& place, Ref<Node>* folder = nullptr);
    // The mount with the lowest id above this one, or none: to go through them all.
    [[nodiscard]] Ref<Mount> next(uint32_t id);
    // What is seen at its root.
    [[nodiscard]] static Place root_of(Mount& mount) {
        return {Ref<Mount>::share(mount), Ref<Node>::share(mount.root())};
    }

  private:
    using Order = List<&Mount::in_order_>;

    void cross_slowly(Place& place);
    void look_first();
    Place root_now();
    Result<> attach(Mount& mount, Point& point);
    Result<Place> make(Point& point, Ref<FileSystem> file_system, Ref<Node> root, uint32_t flags,
                       std::string_view source);
    void insert(Mount& mount, Point& point);
    void take_off(Mount& mount, Order& gone);
    void take_off_orphans(Order& gone);
    void drop(Order& gone);
    bool is_below(const Mount* mount, const Mount& above) const;
    bool shows(const Place& above, const Mount& below);
    Result<> bind_children(Mount& from, Mount& to, const Place* below, unsigned depth);

    Mutex change_{"mount"}; // of all that changes the table
    RwLock lock_{"mounts"};
    Mutex first_look_{"first look"}; // before all others
    Atomic<Late> late_{nullptr};     // becomes null when it is done
    GlobalRef<Mount> root_;          // clear() drops it
    uint32_t last_id_ = 0;
    RbTree<&Mount::by_point_, Mount::ByPoint> by_point_;
    Order order_; // by id
};

// That of this image.
[[nodiscard]] MountTable& mounts();

} // namespace uk::vfs
