// SPDX-License-Identifier: BSD-3-Clause
// memfd_create(): files without names, of a file system in memory that no path leads to.
#include <uk/abi/mman.h>
#include <uk/syscall.h>
#include <uk/syscall/edge.hpp>
#include <uk/vfs/mounting.hpp>

#include "call.hpp"

namespace uk::posix {

namespace {

constexpr size_t kMostMemoryName = 250; // with its 0, as Linux has it

constinit vfs::MountTable g_apart; // has this one file system, from the first call on

Result<vfs::Place> home() {
    vfs::Place root = g_apart.root();
    if (root)
        return root;
    const vfs::Driver* driver = vfs::find_driver("ramfs");
    if (driver == nullptr)
        return Errno::nosys;
    Ref<vfs::FileSystem> made = UK_TRY(driver->mount({.source = "memfd"}));
    Ref<vfs::Node> node = UK_TRY(made->root());
    Result<vfs::Place> place = g_apart.mount({}, std::move(made), std::move(node), 0, "memfd");
    if (place.ok() || place.code() != Errno::busy)
        return place;
    return g_apart.root(); // another thread was quicker
}

Result<int> make_memory_file(const char* name, unsigned flags) {
    if ((flags & ~unsigned{UK_MFD_CLOEXEC | UK_MFD_ALLOW_SEALING}) != 0)
        return Errno::inval;
    Text text; // for debugging only, Linux's manual says; nothing shows it here
    Result<> read = text.read(name, kMostMemoryName);
    if (!read.ok())
        return read.code() == Errno::nametoolong ? Errno::inval : read.error();
    const vfs::Place root = UK_TRY(home());
    Ref<File> file = UK_TRY(vfs::open({.root = root, .start = root, .table = g_apart}, "/",
                                      UK_O_TMPFILE | UK_O_RDWR | UK_O_EXCL, 0777));
    return fd_table().add(std::move(file), (flags & UK_MFD_CLOEXEC) != 0);
}

} // namespace

} // namespace uk::posix

extern "C" long uk_sys_memfd_create(const char* name, unsigned flags) {
    return uk::syscall([&] { return uk::posix::make_memory_file(name, flags); });
}
