// SPDX-License-Identifier: BSD-3-Clause
// Asking what files are, and changing that.
#include <uk/abi/stat.h>
#include <uk/abi/statfs.h>
#include <uk/abi/time.h>
#include <uk/abi/unistd.h>
#include <uk/syscall.h>
#include <uk/syscall/edge.hpp>

#include "call.hpp"

namespace uk::posix {

namespace {

using vfs::Moment;

constexpr Moment kSecond = 1000 * 1000 * 1000;

Result<> stat(int folder, const char* path, uk_stat* out, int flags) {
    constexpr int kKnown =
        UK_AT_SYMLINK_NOFOLLOW | UK_AT_NO_AUTOMOUNT | UK_AT_EMPTY_PATH | UK_AT_STATX_SYNC_TYPE;
    if ((flags & ~kKnown) != 0)
        return Errno::inval;
    Target target = UK_TRY(target_of(folder, path, flags));
    uk_stat facts{};
    if (target.place)
        vfs::stat(target.place, facts);
    else
        UK_TRY(target.file->stat(facts));
    return user::write(address(out), facts);
}

uk_statx_timestamp long_time(const uk_timespec& time) {
    return {time.tv_sec, static_cast<uint32_t>(time.tv_nsec), 0};
}

// Of a file that no path led to.
Result<> statx(File& file, uk_statx& out) {
    uk_stat facts{};
    UK_TRY(file.stat(facts));
    out = {};
    out.stx_mask = UK_STATX_BASIC_STATS;
    out.stx_blksize = static_cast<uint32_t>(facts.st_blksize);
    out.stx_nlink = static_cast<uint32_t>(facts.st_nlink);
    out.stx_uid = facts.st_uid;
    out.stx_gid = facts.st_gid;
    out.stx_mode = static_cast<uint16_t>(facts.st_mode);
    out.stx_ino = facts.st_ino;
    out.stx_size = static_cast<uint64_t>(facts.st_size);
    out.stx_blocks = static_cast<uint64_t>(facts.st_blocks);
    out.stx_atime = long_time(facts.st_atim);
    out.stx_ctime = long_time(facts.st_ctim);
    out.stx_mtime = long_time(facts.st_mtim);
    out.stx_rdev_major = static_cast<uint32_t>((facts.st_rdev >> 8) & 0xfff);
    out.stx_rdev_minor = static_cast<uint32_t>(facts.st_rdev & 0xff);
    out.stx_dev_major = static_cast<uint32_t>((facts.st_dev >> 8) & 0xfff);
    out.stx_dev_minor = static_cast<uint32_t>(facts.st_dev & 0xff);
    return ok();
}

Result<> statx(int folder, const char* path, int flags, unsigned wanted, uk_statx* out) {
    constexpr int kKnown =
        UK_AT_SYMLINK_NOFOLLOW | UK_AT_NO_AUTOMOUNT | UK_AT_EMPTY_PATH | UK_AT_STATX_SYNC_TYPE;
    constexpr unsigned kReserved = 0x80000000;
    if ((flags & ~kKnown) != 0 || (wanted & kReserved) != 0 ||
        (flags & UK_AT_STATX_SYNC_TYPE) == UK_AT_STATX_SYNC_TYPE)
        return Errno::inval;
    Target target = UK_TRY(target_of(folder, path, flags));
    uk_statx facts{};
    if (target.place)
        vfs::statx(target.place, facts);
    else
        UK_TRY(statx(*target.file, facts));
    return user::write(address(out), facts);
}

Result<> access(int folder, const char* path, int mode, int flags) {
    constexpr int kKnown = UK_AT_EACCESS | UK_AT_SYMLINK_NOFOLLOW | UK_AT_EMPTY_PATH;
    if ((mode & ~(UK_R_OK | UK_W_OK | UK_X_OK)) != 0 || (flags & ~kKnown) != 0)
        return Errno::inval;
    Target target = UK_TRY(target_of(folder, path, flags));
    return target.place ? vfs::access(target.place, mode) : ok();
}

// `what` to a place or, of a file that no path led to, to the facts that it has of its own.
template <class What>
Result<> change(File& file, const What& what) {
    if (vfs::OpenNode* opened = file.opened_node())
        return what.set(opened->place());
    OwnFacts* own = file.own_facts();
    return own != nullptr ? what.set(*own) : Errno::opnotsupp;
}
template <class What>
Result<> change(int folder, const char* path, int flags, int known, const What& what) {
    if ((flags & ~known) != 0)
        return Errno::inval;
    Target target = UK_TRY(target_of(folder, path, flags));
    return target.place ? what.set(target.place) : change(*target.file, what);
}
template <class What>
Result<> change(int fd, const What& what) {
    return change(*UK_TRY(working_fd(fd)), what);
}

constexpr int kChangeFlags = UK_AT_SYMLINK_NOFOLLOW | UK_AT_EMPTY_PATH;

struct Permissions {
    unsigned mode;

    [[nodiscard]] Result<> set(const vfs::Place& place) const {
        return vfs::set_permissions(place, mode);
    }
    [[nodiscard]] Result<> set(OwnFacts& own) const {
        own.set_permissions(mode);
        return ok();
    }
};

struct Owner {
    unsigned user;
    unsigned group;

    [[nodiscard]] Result<> set(const vfs::Place& place) const {
        return vfs::set_owner(place, user, group);
    }
    [[nodiscard]] Result<> set(OwnFacts& own) const {
        own.set_owner(user, group);
        return ok();
    }
};

// The moments that a call sets; not those that it leaves.
struct Times {
    Moment accessed;
    Moment modified;
    bool sets_accessed = true;
    bool sets_modified = true;

    [[nodiscard]] Result<> set(const vfs::Place& place) const {
        if (!sets_accessed && !sets_modified)
            return ok();
        return vfs::set_times(place, sets_accessed ? &accessed : nullptr,
                              sets_modified ? &modified : nullptr);
    }
    [[nodiscard]] Result<> set(OwnFacts& own) const {
        if (sets_accessed)
            own.set_accessed(accessed);
        if (sets_modified)
            own.set_modified(modified);
        return ok();
    }
};

Moment moment_of(int64_t seconds, int64_t nanoseconds) {
    Moment moment = 0;
    if (__builtin_mul_overflow(seconds, kSecond, &moment) ||
        __builtin_add_overflow(moment, nanoseconds, &moment))
        return seconds < 0 ? INT64_MIN : INT64_MAX;
    return moment;
}

Result<> read_time(const uk_timespec& time, Moment present, Moment& moment, bool& sets) {
    moment = present;
    if (time.tv_nsec == UK_UTIME_NOW)
        return ok();
    sets = time.tv_nsec != UK_UTIME_OMIT;
    if (!sets)
        return ok();
    if (time.tv_nsec < 0 || time.tv_nsec >= kSecond)
        return Errno::inval;
    moment = moment_of(time.tv_sec, time.tv_nsec);
    return ok();
}

Result<Times> read_times(const uk_timespec* from) {
    const Moment present = vfs::now();
    Times times{present, present};
    if (from == nullptr)
        return times;
    struct Two {
        uk_timespec times[2];
    };
    const Two two = UK_TRY(user::read<Two>(address(from)));
    UK_TRY(read_time(two.times[0], present, times.accessed, times.sets_accessed));
    UK_TRY(read_time(two.times[1], present, times.modified, times.sets_modified));
    return times;
}

// The older calls have microseconds or seconds.
Result<Times> read_times(const uk_timeval* from) {
    const Moment present = vfs::now();
    Times times{present, present};
    if (from == nullptr)
        return times;
    struct Two {
        uk_timeval times[2];
    };
    const Two two = UK_TRY(user::read<Two>(address(from)));
    for (const uk_timeval& time : two.times) {
        if (time.tv_usec < 0 || time.tv_usec >= 1000000)
            return Errno::inval;
    }
    times.accessed = moment_of(two.times[0].tv_sec, two.times[0].tv_usec * 1000);
    times.modified = moment_of(two.times[1].tv_sec, two.times[1].tv_usec * 1000);
    return times;
}

Result<> set_times(int folder, const char* path, const uk_timespec* from, int flags) {
    const Times times = UK_TRY(read_times(from));
    if (!times.sets_accessed && !times.sets_modified)
        return ok(); // not even the path is looked at
    if (path == nullptr && folder != UK_AT_FDCWD)
        return flags != 0 ? Errno::inval : change(folder, times);
    return change(folder, path, flags, kChangeFlags, times);
}

Result<> set_times(int folder, const char* path, const Times& times) {
    if (path == nullptr && folder != UK_AT_FDCWD)
        return change(folder, times);
    return change(folder, path, 0, 0, times);
}

Result<> statfs(const vfs::Place& place, uk_statfs* out) {
    uk_statfs facts{};
    vfs::statfs(place, facts);
    return user::write(address(out), facts);
}

// Linux keeps files that no path leads to in file systems of their own, which programs know by
// these numbers (linux/magic.h).
uk_statfs facts_without_path(File& file) {
    constexpr int64_t kPipes = 0x50495045;
    constexpr int64_t kSockets = 0x534f434b;
    constexpr int64_t kOthers = 0x09041934;
    uk_stat seen{};
    (void)file.stat(seen); // the type is there whatever it says
    const unsigned type = seen.st_mode & UK_S_IFMT;
    uk_statfs facts{};
    facts.f_type = type == UK_S_IFIFO ? kPipes : type == UK_S_IFSOCK ? kSockets : kOthers;
    facts.f_bsize = facts.f_frsize = 4096;
    facts.f_namelen = 255;
    return facts;
}

Result<> fstatfs(int fd, uk_statfs* out) {
    Ref<File> file = UK_TRY(fd_table().get(fd));
    if (file->opened_node() != nullptr)
        return statfs(place_of(*file), out);
    return user::write(address(out), facts_without_path(*file));
}

} // namespace

} // namespace uk::posix

namespace posix = uk::posix;

extern "C" {

long uk_sys_newfstatat(int folder, const char* path, uk_stat* out, int flags) {
    return uk::syscall([&] { return posix::stat(folder, path, out, flags); });
}
long uk_sys_stat(const char* path, uk_stat* out) {
    return uk_sys_newfstatat(UK_AT_FDCWD, path, out, 0);
}
long uk_sys_lstat(const char* path, uk_stat* out) {
    return uk_sys_newfstatat(UK_AT_FDCWD, path, out, UK_AT_SYMLINK_NOFOLLOW);
}
long uk_sys_statx(int folder, const char* path, int flags, unsigned wanted, uk_statx* out) {
    return uk::syscall([&] { return posix::statx(folder, path, flags, wanted, out); });
}
long uk_sys_statfs(const char* path, uk_statfs* out) {
    return uk::syscall([&]() -> uk::Result<> {
        return posix::statfs(UK_TRY(posix::place_of(UK_AT_FDCWD, path)), out);
    });
}
long uk_sys_fstatfs(int fd, uk_statfs* out) {
    return uk::syscall([&] { return posix::fstatfs(fd, out); });
}

long uk_sys_faccessat2(int folder, const char* path, int mode, int flags) {
    return uk::syscall([&] { return posix::access(folder, path, mode, flags); });
}
long uk_sys_faccessat(int folder, const char* path, int mode) {
    return uk_sys_faccessat2(folder, path, mode, 0);
}
long uk_sys_access(const char* path, int mode) {
    return uk_sys_faccessat2(UK_AT_FDCWD, path, mode, 0);
}

long uk_sys_fchmodat2(int folder, const char* path, unsigned mode, int flags) {
    return uk::syscall([&] {
        return posix::change(folder, path, flags, posix::kChangeFlags, posix::Permissions{mode});
    });
}
long uk_sys_fchmodat(int folder, const char* path, unsigned mode) {
    return uk_sys_fchmodat2(folder, path, mode, 0);
}
long uk_sys_chmod(const char* path, unsigned mode) {
    return uk_sys_fchmodat2(UK_AT_FDCWD, path, mode, 0);
}
long uk_sys_fchmod(int fd, unsigned mode) {
    return uk::syscall([&] { return posix::change(fd, posix::Permissions{mode}); });
}

long uk_sys_fchownat(int folder, const char* path, unsigned user, unsigned group, int flags) {
    return uk::syscall([&] {
        return posix::change(folder, path, flags, posix::kChangeFlags, posix::Owner{user, group});
    });
}
long uk_sys_chown(const char* path, unsigned user, unsigned group) {
    return uk_sys_fchownat(UK_AT_FDCWD, path, user, group, 0);
}
long uk_sys_lchown(const char* path, unsigned user, unsigned group) {
    return uk_sys_fchownat(UK_AT_FDCWD, path, user, group, UK_AT_SYMLINK_NOFOLLOW);
}
long uk_sys_fchown(int fd, unsigned user, unsigned group) {
    return uk::syscall([&] { return posix::change(fd, posix::Owner{user, group}); });
}

long uk_sys_utimensat(int folder, const char* path, const uk_timespec* times, int flags) {
    return uk::syscall([&] { return posix::set_times(folder, path, times, flags); });
}
long uk_sys_futimesat(int folder, const char* path, const uk_timeval* times) {
    return uk::syscall([&]() -> uk::Result<> {
        return posix::set_times(folder, path, UK_TRY(posix::read_times(times)));
    });
}
long uk_sys_utimes(const char* path, const uk_timeval* times) {
    return uk_sys_futimesat(UK_AT_FDCWD, path, times);
}
long uk_sys_utime(const char* path, const uk_utimbuf* from) {
    return uk::syscall([&]() -> uk::Result<> {
        const uk::vfs::Moment present = uk::vfs::now();
        posix::Times times{present, present};
        if (from != nullptr) {
            const auto wanted = UK_TRY(uk::user::read<uk_utimbuf>(posix::address(from)));
            times.accessed = posix::moment_of(wanted.actime, 0);
            times.modified = posix::moment_of(wanted.modtime, 0);
        }
        return posix::set_times(UK_AT_FDCWD, path, times);
    });
}

} // extern "C"
