// SPDX-License-Identifier: BSD-3-Clause
// /proc/self/cwd and root.
#include <uk/procfs.hpp>

#include <uk/posix/vfs.hpp>

namespace uk::procfs {

namespace {

Result<vfs::Place> current_folder() {
    return posix::current_folder();
}
Result<vfs::Place> root_folder() {
    return posix::root_folder();
}

UK_PROC_ENTRY({.path = "1/cwd", .place = current_folder});
UK_PROC_ENTRY({.path = "1/root", .place = root_folder});

} // namespace

} // namespace uk::procfs
