// SPDX-License-Identifier: BSD-3-Clause
// The two ways to see an archive: in place, which costs nothing before somebody looks, and as a
// copy.
#include <uk/cpiofs/source.hpp>

#include <uk/abi/mount.h>
#include <uk/cpiofs/fill.hpp>

namespace uk::cpiofs {

Result<Ref<vfs::FileSystem>> mount_in_place(std::span<const std::byte> archives,
                                            const vfs::MountRequest& request) {
    Ref<ramfs::RamFileSystem> made =
        UK_TRY(ramfs::RamFileSystem::create({.name = "cpiofs",
                                             .options = UK_TRY(ramfs::options_of(request)),
                                             .read_only = (request.flags & UK_MS_RDONLY) != 0,
                                             .fill = fill,
                                             .bytes = archives}));
    return Ref<vfs::FileSystem>::adopt(*made.release());
}

Result<Ref<vfs::FileSystem>> mount_extracted(std::span<const std::byte> archives,
                                             const vfs::MountRequest& request) {
    Ref<ramfs::RamFileSystem> made = UK_TRY(
        ramfs::RamFileSystem::create_filled({.name = "extract",
                                             .options = UK_TRY(ramfs::options_of(request)),
                                             .read_only = (request.flags & UK_MS_RDONLY) != 0,
                                             .fill = extract,
                                             .bytes = archives}));
    return Ref<vfs::FileSystem>::adopt(*made.release());
}

} // namespace uk::cpiofs
