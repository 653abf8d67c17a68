// SPDX-License-Identifier: BSD-3-Clause
// Opening, making, naming and removing.
#include <uk/posix/process.hpp>
#include <uk/syscall.h>
#include <uk/syscall/edge.hpp>

#include "call.hpp"

namespace uk::posix {

namespace {

Result<int> open(int folder, const char* path, int flags, unsigned mode) {
    PathOf where;
    UK_TRY(where.read(folder, path));
    Ref<File> file = UK_TRY(vfs::open(where.makers_at(), where.view(), static_cast<uint32_t>(flags),
                                      mode & ~file_mask()));
    return fd_table().add(std::move(file), (flags & UK_O_CLOEXEC) != 0);
}

// --- openat2() ---

constexpr uint64_t kAsync = 020000; // FASYNC
constexpr uint64_t kOpenFlags = UK_O_ACCMODE | UK_O_CREAT | UK_O_EXCL | UK_O_NOCTTY | UK_O_TRUNC |
                                UK_O_APPEND | UK_O_NONBLOCK | UK_O_SYNC | kAsync | UK_O_DIRECT |
                                UK_O_LARGEFILE | UK_O_DIRECTORY | UK_O_NOFOLLOW | UK_O_NOATIME |
                                UK_O_CLOEXEC | UK_O_PATH | UK_O_TMPFILE;
constexpr uint64_t kTemporary = UK_O_TMPFILE & ~UK_O_DIRECTORY;

// A structure of a later version is good if what we do not know is zero.
Result<uk_open_how> read_how(const uk_open_how* from, size_t size) {
    if (size < sizeof(uk_open_how))
        return Errno::inval;
    if (size > kPageSize)
        return Errno::e2big;
    const auto how = UK_TRY(user::read<uk_open_how>(address(from)));
    for (size_t at = sizeof(how); at < size; at++) {
        if (UK_TRY(user::read<char>(Vaddr{address(from).value() + at})) != 0)
            return Errno::e2big;
    }
    return how;
}

Result<uint32_t> limits_of(const uk_open_how& how) {
    constexpr uint64_t kKnown = UK_RESOLVE_NO_XDEV | UK_RESOLVE_NO_MAGICLINKS |
                                UK_RESOLVE_NO_SYMLINKS | UK_RESOLVE_BENEATH | UK_RESOLVE_IN_ROOT |
                                UK_RESOLVE_CACHED;
    constexpr uint64_t kInside = UK_RESOLVE_BENEATH | UK_RESOLVE_IN_ROOT;
    constexpr uint64_t kOfPaths = UK_O_PATH | UK_O_DIRECTORY | UK_O_NOFOLLOW | UK_O_CLOEXEC;
    constexpr uint64_t kChanges = UK_O_CREAT | UK_O_TRUNC | kTemporary;
    const bool makes = (how.flags & (UK_O_CREAT | kTemporary)) != 0;
    if ((how.flags & ~kOpenFlags) != 0 || (how.resolve & ~kKnown) != 0 ||
        (how.resolve & kInside) == kInside || (how.mode & ~(makes ? uint64_t{07777} : 0)) != 0 ||
        ((how.flags & UK_O_PATH) != 0 && (how.flags & ~kOfPaths) != 0))
        return Errno::inval;
    if ((how.resolve & UK_RESOLVE_CACHED) != 0 && (how.flags & kChanges) != 0)
        return Errno::again; // else it does nothing: there is no cache to miss
    const auto given = [&](uint64_t flag, vfs::Limit limit) -> uint32_t {
        return (how.resolve & flag) != 0 ? limit : vfs::kNoLimits;
    };
    return given(UK_RESOLVE_NO_XDEV, vfs::kNoMounts) |
           given(UK_RESOLVE_NO_MAGICLINKS, vfs::kNoJumps) |
           given(UK_RESOLVE_NO_SYMLINKS, vfs::kNoLinks) | given(UK_RESOLVE_BENEATH, vfs::kBelow) |
           given(UK_RESOLVE_IN_ROOT, vfs::kLocalJumps);
}

Result<int> open_so(int folder, const char* path, const uk_open_how* from, size_t size) {
    const uk_open_how how = UK_TRY(read_how(from, size));
    const uint32_t limits = UK_TRY(limits_of(how));
    const auto flags = static_cast<uint32_t>(how.flags);
    PathOf where;
    UK_TRY(where.text.read(path));
    if (where.view().empty())
        return Errno::noent;
    const bool inside = (how.resolve & (UK_RESOLVE_BENEATH | UK_RESOLVE_IN_ROOT)) != 0;
    UK_TRY(where.start.set(folder, inside ? std::string_view(".") : where.view()));
    const vfs::At at = where.makers_at();
    const vfs::At limited{.root = inside ? at.start : at.root,
                          .start = at.start,
                          .owner = at.owner,
                          .group = at.group,
                          .limits = limits};
    Ref<File> file = UK_TRY(
        vfs::open(limited, where.view(), flags, static_cast<uint32_t>(how.mode) & ~file_mask()));
    return fd_table().add(std::move(file), (flags & UK_O_CLOEXEC) != 0);
}

Result<> make_directory(int folder, const char* path, unsigned mode) {
    PathOf where;
    UK_TRY(where.read(folder, path));
    return vfs::make_directory(where.makers_at(), where.view(), mode & 01777 & ~file_mask());
}

Result<> make_node(int folder, const char* path, unsigned mode, unsigned device) {
    auto kind = static_cast<vfs::NodeKind>(mode & UK_S_IFMT);
    switch (mode & UK_S_IFMT) {
    case 0:
        kind = vfs::NodeKind::regular;
        break;
    case UK_S_IFREG:
    case UK_S_IFCHR:
    case UK_S_IFBLK:
    case UK_S_IFIFO:
    case UK_S_IFSOCK:
        break;
    case UK_S_IFDIR:
        return Errno::perm;
    default:
        return Errno::inval;
    }
    const bool is_device = kind == vfs::NodeKind::character || kind == vfs::NodeKind::block;
    PathOf where;
    UK_TRY(where.read(folder, path));
    return vfs::make_node(where.makers_at(), where.view(), kind, mode & 07777 & ~file_mask(),
                          is_device ? device : 0);
}

Result<> link(int from_folder, const char* from, int to_folder, const char* to, int flags) {
    if ((flags & ~(UK_AT_SYMLINK_FOLLOW | UK_AT_EMPTY_PATH)) != 0)
        return Errno::inval;
    const bool follow = (flags & UK_AT_SYMLINK_FOLLOW) != 0;
    Target target = UK_TRY(target_of(
        from_folder, from, (flags & UK_AT_EMPTY_PATH) | (follow ? 0 : UK_AT_SYMLINK_NOFOLLOW)));
    PathOf where;
    UK_TRY(where.read(to_folder, to));
    if (!target.place)
        return Errno::xdev;
    return vfs::link(target.place, where.at(), where.view());
}

Result<> make_link(const char* target, int folder, const char* path) {
    Text text;
    UK_TRY(text.read(target));
    PathOf where;
    UK_TRY(where.read(folder, path));
    return vfs::make_link(where.makers_at(), where.view(), text.view());
}

Result<size_t> read_link(int folder, const char* path, char* out, int size) {
    if (size <= 0)
        return Errno::inval;
    Target target = UK_TRY(target_of(folder, path, UK_AT_EMPTY_PATH | UK_AT_SYMLINK_NOFOLLOW));
    if (!target.place)
        return Errno::noent;
    Result<std::string_view> found = vfs::link_text(target.place);
    if (found.code() == Errno::inval && UK_TRY(user::read<char>(address(path))) == '\0')
        return Errno::noent; // the descriptor's file is no link
    const std::string_view text = UK_TRY(found);
    const auto room = static_cast<size_t>(size);
    const size_t length = text.size() < room ? text.size() : room;
    UK_TRY(user::copy_out(address(out), text.data(), length));
    return length;
}

Result<> unlink(int folder, const char* path, int flags) {
    if ((flags & ~UK_AT_REMOVEDIR) != 0)
        return Errno::inval;
    PathOf where;
    UK_TRY(where.read(folder, path));
    return flags != 0 ? vfs::remove_directory(where.at(), where.view())
                      : vfs::unlink(where.at(), where.view());
}

Result<> rename(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
    PathOf one;
    PathOf other;
    UK_TRY(one.read(from_folder, from));
    UK_TRY(other.read(to_folder, to));
    return vfs::rename(one.at(), one.view(), other.at(), other.view(), flags);
}

} // namespace

} // namespace uk::posix

using uk::OnSignal;
namespace posix = uk::posix;

extern "C" {

long uk_sys_openat(int folder, const char* path, int flags, unsigned mode) {
    return uk::syscall<OnSignal::restart>([&] { return posix::open(folder, path, flags, mode); });
}
long uk_sys_openat2(int folder, const char* path, const uk_open_how* how, size_t size) {
    return uk::syscall([&] { return posix::open_so(folder, path, how, size); });
}
long uk_sys_open(const char* path, int flags, unsigned mode) {
    return uk_sys_openat(UK_AT_FDCWD, path, flags, mode);
}
long uk_sys_creat(const char* path, unsigned mode) {
    return uk_sys_openat(UK_AT_FDCWD, path, UK_O_CREAT | UK_O_WRONLY | UK_O_TRUNC, mode);
}

long uk_sys_mkdirat(int folder, const char* path, unsigned mode) {
    return uk::syscall([&] { return posix::make_directory(folder, path, mode); });
}
long uk_sys_mkdir(const char* path, unsigned mode) {
    return uk_sys_mkdirat(UK_AT_FDCWD, path, mode);
}

long uk_sys_mknodat(int folder, const char* path, unsigned mode, unsigned device) {
    return uk::syscall([&] { return posix::make_node(folder, path, mode, device); });
}
long uk_sys_mknod(const char* path, unsigned mode, unsigned device) {
    return uk_sys_mknodat(UK_AT_FDCWD, path, mode, device);
}

long uk_sys_linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) {
    return uk::syscall([&] { return posix::link(from_folder, from, to_folder, to, flags); });
}
long uk_sys_link(const char* from, const char* to) {
    return uk_sys_linkat(UK_AT_FDCWD, from, UK_AT_FDCWD, to, 0);
}

long uk_sys_symlinkat(const char* target, int folder, const char* path) {
    return uk::syscall([&] { return posix::make_link(target, folder, path); });
}
long uk_sys_symlink(const char* target, const char* path) {
    return uk_sys_symlinkat(target, UK_AT_FDCWD, path);
}

long uk_sys_readlinkat(int folder, const char* path, char* target, size_t size) {
    return uk::syscall(
        [&] { return posix::read_link(folder, path, target, static_cast<int>(size)); });
}
long uk_sys_readlink(const char* path, char* target, size_t size) {
    return uk_sys_readlinkat(UK_AT_FDCWD, path, target, size);
}

long uk_sys_unlinkat(int folder, const char* path, int flags) {
    return uk::syscall([&] { return posix::unlink(folder, path, flags); });
}
long uk_sys_unlink(const char* path) {
    return uk_sys_unlinkat(UK_AT_FDCWD, path, 0);
}
long uk_sys_rmdir(const char* path) {
    return uk_sys_unlinkat(UK_AT_FDCWD, path, UK_AT_REMOVEDIR);
}

long uk_sys_renameat2(int from_folder, const char* from, int to_folder, const char* to,
                      unsigned flags) {
    return uk::syscall([&] { return posix::rename(from_folder, from, to_folder, to, flags); });
}
long uk_sys_renameat(int from_folder, const char* from, int to_folder, const char* to) {
    return uk_sys_renameat2(from_folder, from, to_folder, to, 0);
}
long uk_sys_rename(const char* from, const char* to) {
    return uk_sys_renameat2(UK_AT_FDCWD, from, UK_AT_FDCWD, to, 0);
}

} // extern "C"
