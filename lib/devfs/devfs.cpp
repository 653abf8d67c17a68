// SPDX-License-Identifier: BSD-3-Clause
// The file system of /dev, and what opens a node by the number of its device.
#include <uk/devfs/devfs.hpp>

#include <uk/abi/mount.h>
#include <uk/devfs/device.hpp>
#include <uk/ramfs/file_system.hpp>
#include <uk/vfs/mount.hpp>
#include <uk/vfs/opener.hpp>

namespace uk::devfs {

namespace {

using vfs::NodeKind;

#ifdef CONFIG_LIBPROCFS
constexpr bool kHasProc = true;
#else
constexpr bool kHasProc = false;
#endif

constexpr struct {
    std::string_view name;
    std::string_view target;
} kLinks[] = {{"fd", "/proc/self/fd"},
              {"stdin", "/proc/self/fd/0"},
              {"stdout", "/proc/self/fd/1"},
              {"stderr", "/proc/self/fd/2"}};

Result<> fill(ramfs::RamFileSystem& file_system, std::span<const std::byte> /*bytes*/) {
    ramfs::RamDirectory& root = file_system.root_directory();
    for (const Device* device : UK_SECTION_SPAN(uk_devfs_devices)) {
        if (root.find(device->name) == nullptr)
            UK_TRY(root.add(device->name, {.kind = NodeKind::character,
                                           .permissions = device->permissions,
                                           .device = device->number}));
    }
    for (const auto& link : kLinks) {
        if (kHasProc && root.find(link.name) == nullptr)
            UK_TRY(root.add(link.name,
                            {.kind = NodeKind::link, .permissions = 0777, .target = link.target}));
    }
    // For shm_open().
    UK_TRY(root.add("shm", {.kind = NodeKind::directory, .permissions = 01777}));
    return ok();
}

Result<Ref<File>> open_device(const vfs::Place& place, uint32_t flags) {
    vfs::Facts facts;
    {
        SharedGuard guard(place.node->lock());
        place.node->facts(facts);
    }
    for (const Device* device : UK_SECTION_SPAN(uk_devfs_devices)) {
        if (device->number == facts.device)
            return device->open(place, flags);
    }
    return Errno::nxio;
}

UK_VFS_OPENER({NodeKind::character, open_device});
UK_VFS_DRIVER({.name = "devfs", .mount = mount, .hint = ramfs::kOptionHint});

} // namespace

Result<Ref<vfs::FileSystem>> mount(const vfs::MountRequest& request) {
    Ref<ramfs::RamFileSystem> made =
        UK_TRY(ramfs::RamFileSystem::create({.name = "devfs",
                                             .options = UK_TRY(ramfs::options_of(request)),
                                             .read_only = (request.flags & UK_MS_RDONLY) != 0,
                                             .fill = fill}));
    return Ref<vfs::FileSystem>::adopt(*made.release());
}

} // namespace uk::devfs
