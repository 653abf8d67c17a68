// SPDX-License-Identifier: BSD-3-Clause
// The entries of vfs.fstab=[ "device:mountpoint:driver:flags:options:mkmp" ... ]. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <uk/base/result.hpp>

namespace uk::vfs {

// Parts of the text it was read from.
struct FstabEntry {
    std::string_view device; // may be empty
    std::string_view mount_point;
    std::string_view driver;
    uint32_t flags = 0; // UK_MS_*
    std::string_view options;
    bool makes_mount_point = false;
};

// What is wrong: `field` is one of the words above, `text` what stands there.
struct FstabProblem {
    const char* field;
    std::string_view text;
    const char* why;
    std::string_view nearest; // what may have been meant; may be empty
};

// Fields from `flags` on may be left out. Flags are a number, as mount() takes it, or names with
// commas: ro nosuid nodev noexec noatime nodiratime relatime strictatime; a mount point begins with
// '/'. Errors: EINVAL, and the problem says why.
[[nodiscard]] Result<FstabEntry> read_fstab_entry(std::string_view text,
                                                  std::span<const std::string_view> drivers,
                                                  FstabProblem& problem);

} // namespace uk::vfs
