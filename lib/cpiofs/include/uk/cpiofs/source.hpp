// SPDX-License-Identifier: BSD-3-Clause
// Where archives come from: the sources that a mount may name.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <uk/base/result.hpp>
#include <uk/vfs/file_system.hpp>

namespace uk::cpiofs {

// "initrd0" (what the loader left) or "embedded" (the folder inside the image). Errors: ENODEV
// (there is none, or no such word); the log says why, unless the request is tentative.
[[nodiscard]] Result<std::span<const std::byte>> source(const vfs::MountRequest& request);

// The drivers over any archive. Errors: EINVAL (options, of `extract` also a damaged archive),
// ENOSPC, ENOMEM.
[[nodiscard]] Result<Ref<vfs::FileSystem>> mount_in_place(std::span<const std::byte> archives,
                                                          const vfs::MountRequest& request);
[[nodiscard]] Result<Ref<vfs::FileSystem>> mount_extracted(std::span<const std::byte> archives,
                                                           const vfs::MountRequest& request);

} // namespace uk::cpiofs
