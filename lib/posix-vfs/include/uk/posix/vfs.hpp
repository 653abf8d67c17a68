// SPDX-License-Identifier: BSD-3-Clause
// Where the paths of this program begin.
#pragma once

#include <uk/base/result.hpp>
#include <uk/vfs/mount.hpp>

namespace uk::posix {

// Thread context. Empty without any file system.
[[nodiscard]] vfs::Place root_folder();    // that chroot() sets
[[nodiscard]] vfs::Place current_folder(); // that chdir() sets

} // namespace uk::posix
