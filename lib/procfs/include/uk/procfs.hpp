// SPDX-License-Identifier: BSD-3-Clause
// The table of what /proc has; any library adds rows.
//
//     void write_uptime(uk::procfs::Text& out) { out.append("%llu\n", seconds()); }
//     UK_PROC_ENTRY({.path = "uptime", .write = write_uptime});
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <uk/base/section_table.hpp>
#include <uk/procfs/text.hpp>
#include <uk/vfs/mount.hpp>

namespace uk::procfs {

class Directory; // <uk/procfs/nodes.hpp>

// Static. `path` begins below /proc, without a slash at its ends; "1/" is the directory of the
// one process there is, which /proc/self leads to. Directories on the way come by themselves. Of
// the four functions exactly one is there. All: thread context; they may block; any number of
// threads at once.
struct Entry {
    const char* path;
    uint32_t permissions = 0444;
    // A file: writes all of it, at the moment when somebody reads from its beginning.
    void (*write)(Text& out) = nullptr;
    // A link: fills in its target and returns how long that is. Errors: ENOENT, ERANGE.
    Result<size_t> (*target)(std::span<char> room) = nullptr;
    // A link that leads to this very place, and shows its path. Takes no locks of nodes.
    // Errors: ENOENT; also for an empty place.
    Result<vfs::Place> (*place)() = nullptr;
    // A directory whose entries change: makes its node, called `name`.
    Result<Ref<Directory>> (*directory)(Directory& parent, vfs::Name name) = nullptr;
};

} // namespace uk::procfs

UK_SECTION_TABLE(uk_proc_entries, uk::procfs::Entry);

#define UK_PROC_ENTRY(...) UK_SECTION_ROW(uk_proc_entries, uk::procfs::Entry, __VA_ARGS__)
