// SPDX-License-Identifier: BSD-3-Clause
// From an archive to a tree of files.
//
// Of members with one path the last counts, folders apart: their contents add up. A member whose
// folder did not come before it, or is no folder (a symbolic link, say: it is not followed), is an
// error, and so is what lib/ukcpio finds damaged. The log names the member and its place.
#pragma once

#include <cstddef>
#include <span>

#include <uk/base/result.hpp>
#include <uk/ramfs/file_system.hpp>

namespace uk::cpiofs {

// Makes the members of `archives` in an empty file system that nobody sees yet. Thread context.
// Errors: EINVAL (damaged), ENOSPC, ENOMEM; some of it may be there then.
//
// Contents are read where they lie: the archive must stay, and nobody may write to it.
[[nodiscard]] Result<> fill(ramfs::RamFileSystem& file_system, std::span<const std::byte> archives);
// Contents are copied, and sums, where there are any, are compared.
[[nodiscard]] Result<> extract(ramfs::RamFileSystem& file_system,
                               std::span<const std::byte> archives);

} // namespace uk::cpiofs
