// SPDX-License-Identifier: BSD-3-Clause
// mount() and umount2().
#include <uk/abi/mount.h>
#include <uk/syscall.h>
#include <uk/syscall/edge.hpp>
#include <uk/vfs/mounting.hpp>

#include "call.hpp"

namespace uk::posix {

namespace {

constexpr size_t kMostOptions = 4096;

// Mounts are seen by one process, so all are private.
constexpr unsigned long kShared = UK_MS_SHARED | UK_MS_SLAVE | UK_MS_UNBINDABLE;

Result<> read_optional(Text& text, const char* from, size_t most) {
    return from == nullptr ? ok() : text.read(from, most);
}

Result<> mount(const char* source, const char* path, const char* type, unsigned long flags,
               const void* data) {
    Text from;
    Text driver_name;
    Text options;
    PathOf where;
    UK_TRY(read_optional(from, source, vfs::kMostPath));
    UK_TRY(read_optional(driver_name, type, kMostOptions));
    UK_TRY(read_optional(options, static_cast<const char*>(data), kMostOptions));
    UK_TRY(where.read(UK_AT_FDCWD, path));
    if ((flags & kShared) != 0)
        return Errno::inval;
    if ((flags & UK_MS_PRIVATE) != 0)
        return vfs::find(where.at(), where.view()).code();
    const auto wanted = static_cast<uint32_t>(flags);
    if ((flags & UK_MS_REMOUNT) != 0)
        return vfs::remount(where.at(), where.view(), wanted);
    if ((flags & (UK_MS_BIND | UK_MS_MOVE)) != 0) {
        if (source == nullptr)
            return Errno::inval;
        if ((flags & UK_MS_BIND) != 0)
            return vfs::bind(where.at(), from.view(), where.view(), (flags & UK_MS_REC) != 0);
        return vfs::move_mount(where.at(), from.view(), where.view());
    }
    if (type == nullptr)
        return Errno::inval;
    const vfs::Driver* driver = vfs::find_driver(driver_name.view());
    if (driver == nullptr)
        return Errno::nodev;
    return vfs::mount(where.at(), where.view(), *driver,
                      {.source = from.view(), .flags = wanted, .options = options.view()});
}

} // namespace

} // namespace uk::posix

namespace posix = uk::posix;

extern "C" {

long uk_sys_mount(const char* source, const char* path, const char* type, unsigned long flags,
                  const void* data) {
    return uk::syscall([&] { return posix::mount(source, path, type, flags, data); });
}

long uk_sys_umount2(const char* path, int flags) {
    return uk::syscall([&]() -> uk::Result<> {
        posix::PathOf where;
        UK_TRY(where.read(UK_AT_FDCWD, path));
        return uk::vfs::unmount(where.at(), where.view(), static_cast<unsigned>(flags));
    });
}

} // extern "C"
