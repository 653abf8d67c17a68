// SPDX-License-Identifier: BSD-3-Clause
// File systems: what they are, mounting them.
#include <string.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <uk/syscall.h>

#include "abi.hpp"
#include "result.hpp"

using newlib::abi;
using newlib::status;

int statfs(const char* path, struct statfs* out) {
    return status(uk_sys_statfs(path, abi(out)));
}

int fstatfs(int fd, struct statfs* out) {
    return status(uk_sys_fstatfs(fd, abi(out)));
}

static void convert(const struct statfs& from, struct statvfs* out) {
    unsigned long id = 0;
    memcpy(&id, &from.f_fsid, sizeof(id));
    *out = {
        .f_bsize = static_cast<unsigned long>(from.f_bsize),
        .f_frsize = static_cast<unsigned long>(from.f_frsize != 0 ? from.f_frsize : from.f_bsize),
        .f_blocks = from.f_blocks,
        .f_bfree = from.f_bfree,
        .f_bavail = from.f_bavail,
        .f_files = from.f_files,
        .f_ffree = from.f_ffree,
        .f_favail = from.f_ffree,
        .f_fsid = id,
        .f_flag = static_cast<unsigned long>(from.f_flags & ~0x20L), // Linux's "flags are valid"
        .f_namemax = static_cast<unsigned long>(from.f_namelen),
    };
}

int statvfs(const char* __restrict path, struct statvfs* __restrict out) {
    struct statfs facts;
    if (statfs(path, &facts) != 0) {
        return -1;
    }
    convert(facts, out);
    return 0;
}

int fstatvfs(int fd, struct statvfs* out) {
    struct statfs facts;
    if (fstatfs(fd, &facts) != 0) {
        return -1;
    }
    convert(facts, out);
    return 0;
}

int mount(const char* source, const char* path, const char* type, unsigned long flags,
          const void* data) {
    return status(uk_sys_mount(source, path, type, flags, data));
}

int umount(const char* path) {
    return status(uk_sys_umount2(path, 0));
}

int umount2(const char* path, int flags) {
    return status(uk_sys_umount2(path, flags));
}

int chroot(const char* path) {
    return status(uk_sys_chroot(path));
}

int syncfs(int fd) {
    return status(uk_sys_syncfs(fd));
}
