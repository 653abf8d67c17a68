// SPDX-License-Identifier: BSD-3-Clause
// The file system of /dev: one in memory with a node for each device of the image.
#pragma once

#include <uk/vfs/file_system.hpp>

namespace uk::devfs {

// The driver `devfs`. Errors: EINVAL (options, those of ramfs), ENOMEM.
[[nodiscard]] Result<Ref<vfs::FileSystem>> mount(const vfs::MountRequest& request);

} // namespace uk::devfs
