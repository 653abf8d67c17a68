// SPDX-License-Identifier: BSD-3-Clause
// Mounting by paths and names of drivers. Thread context; may block. Errors beside those said: of
// walks and of MountTable.
#pragma once

#include <string_view>

#include <uk/vfs/operations.hpp>

namespace uk::vfs {

// The driver of that name, or null.
[[nodiscard]] const Driver* find_driver(std::string_view name);

// A file system of `driver` at `path`; at "/" before there is a root of all: as that. Errors: those
// of the driver.
[[nodiscard]] Result<> mount(const At& at, std::string_view path, const Driver& driver,
                             const MountRequest& request);
// What `from` leads to is seen at `path`, too.
[[nodiscard]] Result<> bind(const At& at, std::string_view from, std::string_view path,
                            bool recursive);
[[nodiscard]] Result<> move_mount(const At& at, std::string_view from, std::string_view path);
[[nodiscard]] Result<> remount(const At& at, std::string_view path, uint32_t flags);
// `flags`: UK_MNT_DETACH, UK_MNT_FORCE (changes nothing), UK_UMOUNT_NOFOLLOW; others: EINVAL.
[[nodiscard]] Result<> unmount(const At& at, std::string_view path, unsigned flags);

} // namespace uk::vfs
