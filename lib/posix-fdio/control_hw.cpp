// SPDX-License-Identifier: BSD-3-Clause
// The system calls that ask about descriptors and open files, and change them.
#include <uk/abi/fcntl.h>
#include <uk/abi/ioctl.h>
#include <uk/abi/stat.h>
#include <uk/abi/unistd.h>
#include <uk/posix/fdtab.hpp>
#include <uk/syscall.h>
#include <uk/syscall/edge.hpp>
#include <uk/user.hpp>

namespace uk::posix {

namespace {

[[gnu::always_inline]] inline Result<uint64_t> lseek(int fd, int64_t offset, int whence) {
    Ref<File> file = UK_TRY(working_fd(fd));
    if (whence < UK_SEEK_SET || whence > UK_SEEK_HOLE)
        return Errno::inval;
    return file->seek(offset, whence);
}

Result<> fstat(int fd, uk_stat* out) {
    Ref<File> file = UK_TRY(fd_table().get(fd));
    uk_stat stat{};
    UK_TRY(file->stat(stat));
    return user::write(Vaddr{reinterpret_cast<uintptr_t>(out)}, stat);
}

#ifndef CONFIG_LIBPOSIX_VFS
// Only of a descriptor: there are no paths.
Result<> fstatat(int fd, const char* path, uk_stat* out, int flags) {
    const char first = UK_TRY(user::read<char>(Vaddr{reinterpret_cast<uintptr_t>(path)}));
    if (first != '\0')
        return Errno::nosys;
    if ((flags & UK_AT_EMPTY_PATH) == 0)
        return Errno::noent;
    return fstat(fd, out);
}
#endif

bool is_lock_command(int command) {
    return (command >= UK_F_GETLK && command <= UK_F_SETLKW) ||
           (command >= UK_F_OFD_GETLK && command <= UK_F_OFD_SETLKW);
}

// Locks of a file that no path led to, a pipe or a counter: nobody else opens it, so nobody has one
// that stands in the way, and there is nothing to remember.
Result<long> lock_alone(File& file, int command, unsigned long argument) {
    auto lock = UK_TRY(user::read<uk_flock>(Vaddr{argument}));
    if (command >= UK_F_OFD_GETLK && lock.l_pid != 0)
        return Errno::inval;
    if (lock.l_whence < UK_SEEK_SET || lock.l_whence > UK_SEEK_END || lock.l_start < 0 ||
        (lock.l_len < 0 && lock.l_start + lock.l_len < 0))
        return Errno::inval;
    if (lock.l_len > 0 && lock.l_len - 1 > INT64_MAX - lock.l_start)
        return Errno::overflow;
    if (lock.l_type != UK_F_RDLCK && lock.l_type != UK_F_WRLCK && lock.l_type != UK_F_UNLCK)
        return Errno::inval;
    if (command == UK_F_GETLK || command == UK_F_OFD_GETLK) {
        if (lock.l_type == UK_F_UNLCK)
            return Errno::inval;
        lock.l_type = UK_F_UNLCK;
        UK_TRY(user::write(Vaddr{argument}, lock));
        return 0;
    }
    const uint32_t mode = file.status() & UK_O_ACCMODE;
    if ((lock.l_type == UK_F_RDLCK && mode == UK_O_WRONLY) ||
        (lock.l_type == UK_F_WRLCK && mode == UK_O_RDONLY))
        return Errno::badf;
    return 0;
}

// Commands that only some kinds of files know. Apart: the others need less of a frame.
[[gnu::noinline]] Result<long> special(int fd, int command, unsigned long argument) {
    Ref<File> file = UK_TRY(working_fd(fd));
    const Result<long> result = file->control(command, argument);
    if (result.code() != Errno::notty)
        return result;
    if (is_lock_command(command))
        return lock_alone(*file, command, argument);
    return command == UK_F_GETPIPE_SZ || command == UK_F_SETPIPE_SZ ? Errno::badf : Errno::inval;
}

[[gnu::always_inline]] inline Result<long> fcntl(int fd, int command, unsigned long argument) {
    FdTable& table = fd_table();
    switch (command) {
    case UK_F_DUPFD:
    case UK_F_DUPFD_CLOEXEC:
        return UK_TRY(
            table.dup(fd, command == UK_F_DUPFD_CLOEXEC, static_cast<unsigned>(argument)));
    case UK_F_GETFD:
        return UK_TRY(table.close_on_exec(fd)) ? UK_FD_CLOEXEC : 0;
    case UK_F_SETFD:
        UK_TRY(table.set_close_on_exec(fd, (argument & UK_FD_CLOEXEC) != 0));
        return 0;
    case UK_F_GETFL: {
        Ref<File> file = UK_TRY(table.get(fd));
        // As open() of a program of 64 bits has it, whatever it said.
        const bool large = file->opened_node() != nullptr && (file->status() & UK_O_PATH) == 0;
        return file->status() | (large ? UK_O_LARGEFILE : 0);
    }
    case UK_F_SETFL:
        UK_TRY(working_fd(fd))->set_status(static_cast<uint32_t>(argument));
        return 0;
    default:
        return special(fd, command, argument);
    }
}

// FIONREAD of a regular file: what lies behind its position. Errors: ENOTTY (it is none).
Result<long> left_to_read(File& file, unsigned long out) {
    uk_stat facts{};
    if (!file.is_seekable() || !file.stat(facts).ok() || (facts.st_mode & UK_S_IFMT) != UK_S_IFREG)
        return Errno::notty;
    const uint64_t at = UK_TRY(file.seek(0, UK_SEEK_CUR));
    UK_TRY(user::write(Vaddr{out}, static_cast<int>(facts.st_size - static_cast<int64_t>(at))));
    return 0;
}

// What all files have; the rest is theirs.
Result<long> ioctl(int fd, unsigned request, unsigned long argument) {
    Ref<File> file = UK_TRY(working_fd(fd));
    switch (request) {
    case UK_FIOCLEX:
    case UK_FIONCLEX:
        UK_TRY(fd_table().set_close_on_exec(fd, request == UK_FIOCLEX));
        return 0;
    case UK_FIONBIO: {
        const int on = UK_TRY(user::read<int>(Vaddr{argument}));
        const uint32_t others = file->status() & ~uint32_t{UK_O_NONBLOCK};
        file->set_status(others | (on != 0 ? UK_O_NONBLOCK : 0));
        return 0;
    }
    default: {
        const Result<long> result = file->ioctl(request, argument);
        if (result.code() == Errno::notty && request == UK_FIONREAD)
            return left_to_read(*file, argument);
        return result;
    }
    }
}

} // namespace

} // namespace uk::posix

using uk::OnSignal;

UK_SYSCALL_FACES(long, lseek, (int fd, int64_t offset, int whence), OnSignal::fail,
                 uk::posix::lseek(fd, offset, whence))

UK_SYSCALL_FACES(int, fcntl, (int fd, int command, unsigned long argument), OnSignal::restart,
                 uk::posix::fcntl(fd, command, argument))

extern "C" {

long uk_sys_fstat(int fd, uk_stat* out) {
    return uk::syscall([&] { return uk::posix::fstat(fd, out); });
}

#ifndef CONFIG_LIBPOSIX_VFS
long uk_sys_newfstatat(int folder, const char* path, uk_stat* out, int flags) {
    return uk::syscall([&] { return uk::posix::fstatat(folder, path, out, flags); });
}
#endif

long uk_sys_ioctl(int fd, unsigned request, unsigned long argument) {
    return uk::syscall<OnSignal::restart>([&] { return uk::posix::ioctl(fd, request, argument); });
}

} // extern "C"
