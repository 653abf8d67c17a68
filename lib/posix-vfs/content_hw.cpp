// SPDX-License-Identifier: BSD-3-Clause
// Sizes, entries, locks and the way to the disk.
#include <uk/syscall.h>
#include <uk/syscall/edge.hpp>

#include "call.hpp"

namespace uk::posix {

namespace {

Result<> truncate(int fd, int64_t size) {
    if (size < 0)
        return Errno::inval;
    Ref<File> file = UK_TRY(working_file(fd, Errno::inval));
    if (!file->opened_node()->may_write())
        return Errno::inval;
    Result<> done = vfs::resize(place_of(*file), size);
    return done.code() == Errno::isdir ? Errno::inval : done;
}

// What fallocate() says to a file that no path led to, in Linux's order.
Errno not_allocated(File& file, int64_t offset, int64_t size) {
    if (offset < 0 || size <= 0)
        return Errno::inval;
    if ((file.status() & UK_O_ACCMODE) == UK_O_RDONLY)
        return Errno::badf;
    uk_stat facts{};
    return file.stat(facts).ok() && (facts.st_mode & UK_S_IFMT) == UK_S_IFIFO ? Errno::spipe
                                                                              : Errno::nodev;
}

Result<> allocate(int fd, int mode, int64_t offset, int64_t size) {
    if (const Ref<File> any = UK_TRY(fd_table().get(fd)); any->opened_node() == nullptr)
        return not_allocated(*any, offset, size);
    Ref<File> file = UK_TRY(working_file(fd, Errno::nodev));
    if (offset < 0 || size <= 0)
        return Errno::inval;
    if (!file->opened_node()->may_write())
        return Errno::badf;
    return vfs::allocate(place_of(*file), mode, offset, size);
}

Result<size_t> entries(int fd, void* out, size_t size) {
    Ref<File> file = UK_TRY(working_fd(fd));
    constexpr size_t kMost = ~size_t{0} >> 1;
    const IoPiece piece{out, size < kMost ? size : kMost};
    IoPieces pieces({&piece, 1}, IoMemory::application);
    return file->entries(pieces);
}

Result<> sync(int fd, bool data_only) {
    Ref<File> file = UK_TRY(working_file(fd, Errno::inval));
    const vfs::NodeKind kind = file->opened_node()->node().kind();
    if (kind == vfs::NodeKind::fifo || kind == vfs::NodeKind::character)
        return Errno::inval;
    return vfs::sync(place_of(*file), data_only);
}

Result<> advise(int fd, int64_t size, int advice) {
    Ref<File> file = UK_TRY(working_fd(fd));
    uk_stat facts{};
    if (file->stat(facts).ok() && (facts.st_mode & UK_S_IFMT) == UK_S_IFIFO)
        return Errno::spipe;
    // All is in memory already, so there is nothing to do about it.
    if (size < 0 || advice < UK_POSIX_FADV_NORMAL || advice > UK_POSIX_FADV_NOREUSE)
        return Errno::inval;
    return ok();
}

// Of a file that no path led to, a pipe or a counter: nobody else opens it, so nobody has a lock
// that stands in the way.
Result<> lock(int fd, int operation) {
    const int kind = operation & ~UK_LOCK_NB;
    if (kind != UK_LOCK_SH && kind != UK_LOCK_EX && kind != UK_LOCK_UN)
        return Errno::inval;
    Ref<File> file = UK_TRY(working_fd(fd));
    vfs::OpenNode* opened = file->opened_node();
    return opened != nullptr ? opened->lock_file(operation) : ok();
}

// What no path led to is in memory only.
Result<> sync_all_of(int fd) {
    Ref<File> file = UK_TRY(working_fd(fd));
    return file->opened_node() != nullptr ? place_of(*file).mount->file_system().sync() : ok();
}

} // namespace

} // namespace uk::posix

using uk::OnSignal;
using uk::Result;
namespace posix = uk::posix;

extern "C" {

long uk_sys_truncate(const char* path, int64_t size) {
    return uk::syscall([&]() -> Result<> {
        if (size < 0)
            return uk::Errno::inval;
        return uk::vfs::resize(UK_TRY(posix::place_of(UK_AT_FDCWD, path)), size);
    });
}
long uk_sys_ftruncate(int fd, int64_t size) {
    return uk::syscall([&] { return posix::truncate(fd, size); });
}
long uk_sys_fallocate(int fd, int mode, int64_t offset, int64_t size) {
    return uk::syscall([&] { return posix::allocate(fd, mode, offset, size); });
}
long uk_sys_getdents64(int fd, void* entries, size_t size) {
    return uk::syscall([&] { return posix::entries(fd, entries, size); });
}

long uk_sys_fsync(int fd) {
    return uk::syscall([&] { return posix::sync(fd, false); });
}
long uk_sys_fdatasync(int fd) {
    return uk::syscall([&] { return posix::sync(fd, true); });
}
long uk_sys_sync(void) {
    return uk::syscall([]() -> Result<> {
        (void)uk::vfs::sync_all(uk::vfs::mounts()); // sync() cannot fail
        return uk::ok();
    });
}
long uk_sys_syncfs(int fd) {
    return uk::syscall([&] { return posix::sync_all_of(fd); });
}
long uk_sys_fadvise64(int fd, int64_t /*offset*/, int64_t size, int advice) {
    return uk::syscall([&] { return posix::advise(fd, size, advice); });
}

long uk_sys_flock(int fd, int operation) {
    return uk::syscall<OnSignal::restart>([&] { return posix::lock(fd, operation); });
}

} // extern "C"
