// SPDX-License-Identifier: BSD-3-Clause
// Opener: what gives open() of FIFOs, sockets and devices its meaning, whatever file system has the
// node; a table that libraries add rows to.
//
//     UK_VFS_OPENER({uk::vfs::NodeKind::fifo, uk::pipe::open_fifo});
#pragma once

#include <uk/base/ref.hpp>
#include <uk/base/section_table.hpp>
#include <uk/vfs/node.hpp>

namespace uk::vfs {

// Static. Rows of one kind are asked one after the other, until one says something else than ENXIO.
struct Opener {
    NodeKind kind;
    // As Node::open().
    Result<Ref<File>> (*open)(const Place& place, uint32_t flags);
};

UK_SECTION_TABLE(uk_vfs_openers, uk::vfs::Opener);

} // namespace uk::vfs

#define UK_VFS_OPENER(...) UK_SECTION_ROW(uk_vfs_openers, uk::vfs::Opener, __VA_ARGS__)
