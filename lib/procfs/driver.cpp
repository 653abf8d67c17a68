// SPDX-License-Identifier: BSD-3-Clause
// The driver `procfs`.
#include <uk/procfs/nodes.hpp>

#include <uk/print.h>

namespace uk::procfs {

namespace {

Result<Ref<vfs::FileSystem>> mount(const vfs::MountRequest& request) {
    if (!request.options.empty()) {
        uk_pr_err("option '%.*s' is not understood; there are none\n",
                  static_cast<int>(request.options.size()), request.options.data());
        return Errno::inval;
    }
    Ref<ProcFileSystem> made = UK_TRY(ProcFileSystem::create(UK_SECTION_SPAN(uk_proc_entries)));
    return Ref<vfs::FileSystem>(made);
}

UK_VFS_DRIVER({.name = "procfs", .mount = mount, .hint = "no options"});

} // namespace

} // namespace uk::procfs
