// SPDX-License-Identifier: BSD-3-Clause
// Mounting by paths and names.
#include <uk/vfs/mounting.hpp>

#include <uk/abi/mount.h>

namespace uk::vfs {

namespace {

Result<MountTable::Point> point_of(const At& at, std::string_view path) {
    PathWalk walk(at.table, at.root, at.start);
    UK_TRY(walk.begin(path));
    MountTable::Point point;
    point.on = UK_TRY(walk.finish(true));
    if (!point.on.node->is_directory() && walk.last() == Last::name)
        point.folder = std::move(walk.folder().node);
    return point;
}

} // namespace

const Driver* find_driver(std::string_view name) {
    for (const Driver* driver : UK_SECTION_SPAN(uk_vfs_drivers)) {
        if (name == driver->name)
            return driver;
    }
    return nullptr;
}

Result<> mount(const At& at, std::string_view path, const Driver& driver,
               const MountRequest& request) {
    MountTable::Point point;
    if (at.root)
        point = UK_TRY(point_of(at, path));
    else if (path != "/")
        return Errno::noent;
    if (point.on && !point.on.node->is_directory())
        return Errno::notdir;
    Ref<FileSystem> file_system = UK_TRY(driver.mount(request));
    Ref<Node> root = UK_TRY(file_system->root());
    UK_TRY(at.table.mount(std::move(point), std::move(file_system), std::move(root), request.flags,
                          request.source.empty() ? "none" : request.source));
    return ok();
}

Result<> bind(const At& at, std::string_view from, std::string_view path, bool recursive) {
    const Place what = UK_TRY(find(at, from));
    return at.table.bind(UK_TRY(point_of(at, path)), what, recursive);
}

Result<> move_mount(const At& at, std::string_view from, std::string_view path) {
    const Place what = UK_TRY(find(at, from));
    return at.table.move(what, UK_TRY(point_of(at, path)));
}

Result<> remount(const At& at, std::string_view path, uint32_t flags) {
    return at.table.remount(UK_TRY(find(at, path)), flags);
}

Result<> unmount(const At& at, std::string_view path, unsigned flags) {
    constexpr unsigned kKnown = UK_MNT_FORCE | UK_MNT_DETACH | UK_UMOUNT_NOFOLLOW;
    if ((flags & ~kKnown) != 0)
        return Errno::inval;
    const Place root = UK_TRY(find(at, path, (flags & UK_UMOUNT_NOFOLLOW) == 0));
    UK_TRY(root.mount->file_system().sync());
    return at.table.unmount(root, (flags & UK_MNT_DETACH) != 0);
}

} // namespace uk::vfs
