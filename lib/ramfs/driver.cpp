// SPDX-License-Identifier: BSD-3-Clause
// The driver `ramfs`: an empty file system in memory.
#include <uk/ramfs/file_system.hpp>

#include <uk/abi/mount.h>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/print.h>

namespace uk::ramfs {

Result<Options> options_of(const vfs::MountRequest& request) {
    const uint64_t ram = falloc::stats().total_bytes;
    Options options = default_options(ram);
    std::string_view wrong;
    Result<> read = read_options(request.options, ram, options, wrong);
    if (!read.ok()) {
        uk_pr_err("option '%.*s' is not understood; there are %s\n", static_cast<int>(wrong.size()),
                  wrong.data(), kOptionHint);
        return read.error();
    }
    return options;
}

Result<Ref<vfs::FileSystem>> mount(const vfs::MountRequest& request) {
    const Options options = UK_TRY(options_of(request));
    Ref<RamFileSystem> made = UK_TRY(RamFileSystem::create(
        {.name = "ramfs", .options = options, .read_only = (request.flags & UK_MS_RDONLY) != 0}));
    return Ref<vfs::FileSystem>::adopt(*made.release());
}

namespace {

UK_VFS_DRIVER({.name = "ramfs", .mount = mount, .hint = kOptionHint});

} // namespace

} // namespace uk::ramfs
