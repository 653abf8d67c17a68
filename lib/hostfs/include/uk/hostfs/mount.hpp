// SPDX-License-Identifier: BSD-3-Clause
// The driver `hostfs`: a folder of the host of a linuxu image.
#pragma once

#include <uk/vfs/file_system.hpp>

namespace uk::hostfs {

// `source` is the folder; with UK_MS_RDONLY the host is never asked to change anything. There are
// no options. Errors: those of the host for the folder, EINVAL, ENOMEM.
[[nodiscard]] Result<Ref<vfs::FileSystem>> mount(const vfs::MountRequest& request);

} // namespace uk::hostfs
