// SPDX-License-Identifier: BSD-3-Clause
// What newlib's streams ask of the system, under the names that they have for it: a program may
// define a function write() of its own.
#include <errno.h>
#include <fcntl.h>
#include <reent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/times.h>

#include <uk/abi/fcntl.h>
#include <uk/abi/ioctl.h>
#include <uk/abi/termios.h>
#include <uk/syscall.h>

#include "abi.hpp"
#include "result.hpp"

using newlib::abi;
using newlib::result;
using newlib::status;

extern "C" {

int _open_r(_reent* /*reent*/, const char* path, int flags, int mode) {
    return status(uk_sys_openat(UK_AT_FDCWD, path, flags, static_cast<unsigned>(mode)));
}

int _close_r(_reent* /*reent*/, int fd) {
    return status(uk_sys_close(fd));
}

_ssize_t _read_r(_reent* /*reent*/, int fd, void* data, size_t size) {
    return uk_c_read(fd, data, size);
}

_ssize_t _write_r(_reent* /*reent*/, int fd, const void* data, size_t size) {
    return uk_c_write(fd, data, size);
}

_off_t _lseek_r(_reent* /*reent*/, int fd, _off_t offset, int whence) {
    return uk_c_lseek(fd, offset, whence);
}

int _fstat_r(_reent* /*reent*/, int fd, struct stat* out) {
    return status(uk_sys_fstat(fd, abi(out)));
}

int _stat_r(_reent* /*reent*/, const char* path, struct stat* out) {
    return status(uk_sys_newfstatat(UK_AT_FDCWD, path, abi(out), 0));
}

int _fcntl_r(_reent* /*reent*/, int fd, int command, int argument) {
    return uk_c_fcntl(fd, command, static_cast<unsigned long>(argument));
}

int _isatty_r(_reent* /*reent*/, int fd) {
    uk_termios mode;
    return status(uk_sys_ioctl(fd, UK_TCGETS, reinterpret_cast<unsigned long>(&mode))) == 0;
}

int _unlink_r(_reent* /*reent*/, const char* path) {
    return status(uk_sys_unlinkat(UK_AT_FDCWD, path, 0));
}

int _remove_r(_reent* /*reent*/, const char* path) {
    return remove(path);
}

int _rename_r(_reent* /*reent*/, const char* from, const char* to) {
    return status(uk_sys_renameat2(UK_AT_FDCWD, from, UK_AT_FDCWD, to, 0));
}

int _link_r(_reent* /*reent*/, const char* from, const char* to) {
    return status(uk_sys_linkat(UK_AT_FDCWD, from, UK_AT_FDCWD, to, 0));
}

int _mkdir_r(_reent* /*reent*/, const char* path, int mode) {
    return status(uk_sys_mkdirat(UK_AT_FDCWD, path, static_cast<unsigned>(mode)));
}

int _getpid_r(_reent* /*reent*/) {
    return status(uk_sys_getpid());
}

int _kill_r(_reent* /*reent*/, int process, int signal) {
    return status(uk_sys_kill(process, signal));
}

_CLOCK_T_ _times_r(_reent* /*reent*/, struct tms* usage) {
    return result(uk_sys_times(abi(usage)));
}

int _gettimeofday_r(_reent* /*reent*/, struct timeval* now, void* zone) {
    return status(uk_sys_gettimeofday(abi(now), static_cast<uk_timezone*>(zone)));
}

} // extern "C"

// newlib's, for who asks for a stream before anything else did: makes stdin, stdout and stderr, and
// their locks.
extern "C" void __sinit(struct _reent* reent);

static void make_streams() {
    if (_REENT->__sdidinit == 0) {
        __sinit(_REENT);
    }
}

// Strings have no lock: nobody else has the stream.
void flockfile(FILE* stream) {
    make_streams();
    if ((stream->_flags & __SSTR) == 0) {
        __lock_acquire_recursive(stream->_lock);
    }
}

int ftrylockfile(FILE* stream) {
    make_streams();
    return (stream->_flags & __SSTR) != 0 ? 0 : __lock_try_acquire_recursive(stream->_lock);
}

void funlockfile(FILE* stream) {
    if ((stream->_flags & __SSTR) == 0) {
        __lock_release_recursive(stream->_lock);
    }
}
