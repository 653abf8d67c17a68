// SPDX-License-Identifier: BSD-3-Clause
// The drivers `cpiofs` and `extract` over the archives of this image.
#include <uk/cpiofs/source.hpp>

#include <uk/boot/initrd.hpp>
#include <uk/print.h>
#include <uk/ramfs/options.hpp>

#ifdef CONFIG_LIBUKEMBED
#include <uk/embed.hpp>
#endif

namespace uk::cpiofs {

#ifdef CONFIG_LIBUKEMBED
static constexpr const char kEmbedded[] = " embedded";
#else
static constexpr const char kEmbedded[] = "";
#endif

Result<std::span<const std::byte>> source(const vfs::MountRequest& request) {
    const std::string_view name = request.source;
    if (name == "initrd0") {
        const std::span<const std::byte> bytes = bootup::initrd();
        if (!bytes.empty())
            return bytes;
        if (!request.tentative)
            uk_pr_err("the loader left no initrd (make run INITRD=folder)\n");
        return Errno::nodev;
    }
#ifdef CONFIG_LIBUKEMBED
    if (name == "embedded")
        return embed::archive();
#endif
    if (!request.tentative)
        uk_pr_err("'%.*s' is no archive of this image; there are: initrd0%s\n",
                  static_cast<int>(name.size()), name.data(), kEmbedded);
    return Errno::nodev;
}

namespace {

Result<Ref<vfs::FileSystem>> mount_cpiofs(const vfs::MountRequest& request) {
    return mount_in_place(UK_TRY(source(request)), request);
}

Result<Ref<vfs::FileSystem>> mount_extract(const vfs::MountRequest& request) {
    return mount_extracted(UK_TRY(source(request)), request);
}

UK_VFS_DRIVER({.name = "cpiofs", .mount = mount_cpiofs, .hint = ramfs::kOptionHint});
UK_VFS_DRIVER({.name = "extract", .mount = mount_extract, .hint = ramfs::kOptionHint});

} // namespace

} // namespace uk::cpiofs
