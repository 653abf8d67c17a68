// SPDX-License-Identifier: BSD-3-Clause
// The descriptors of this image's program.
//
//     uk::Ref<uk::File> file = UK_TRY(uk::posix::fd_table().get(fd));   // open as long as this
//     lives int fd = UK_TRY(uk::posix::fd_table().add(std::move(file), false));
//
// What its functions promise stands in <uk/posix/fdtab/basic_fd_table.hpp>. Thread context, without
// spinning locks; closing blocks where the file's end does.
#pragma once

#include <uk/alloc/heap.hpp>
#include <uk/config.hpp>
#include <uk/file.hpp>
#include <uk/posix/fdtab/basic_fd_table.hpp>
#include <uk/spinlock.hpp>

namespace uk::posix {

struct FdImage {
    using File = uk::File;
    using Lock = Spinlock<LockRank::subsystem>;
    static constexpr unsigned kMost = static_cast<unsigned>(cfg::libposix_fdtab_most);
    static void* allocate(size_t size) { return heap::allocate(size); }
};
using FdTable = BasicFdTable<FdImage>;

namespace detail {
extern FdTable g_fd_table;
}

inline FdTable& fd_table() {
    return detail::g_fd_table;
}

// The file of a descriptor, for calls that do something with it. Errors: EBADF, also for one of
// O_PATH, which only names its file.
[[nodiscard]] inline Result<Ref<File>> working_fd(int fd) {
    Ref<File> file = UK_TRY(fd_table().get(fd));
    if ((file->status() & UK_O_PATH) != 0)
        return Errno::badf;
    return file;
}

} // namespace uk::posix
