// SPDX-License-Identifier: BSD-3-Clause
// Extended attributes of files.
#include <sys/xattr.h>

#include <uk/syscall.h>

#include "result.hpp"

using newlib::result;
using newlib::status;

int setxattr(const char* path, const char* name, const void* value, size_t size, int flags) {
    return status(uk_sys_setxattr(path, name, value, size, flags));
}
int lsetxattr(const char* path, const char* name, const void* value, size_t size, int flags) {
    return status(uk_sys_lsetxattr(path, name, value, size, flags));
}
int fsetxattr(int fd, const char* name, const void* value, size_t size, int flags) {
    return status(uk_sys_fsetxattr(fd, name, value, size, flags));
}

ssize_t getxattr(const char* path, const char* name, void* value, size_t size) {
    return result(uk_sys_getxattr(path, name, value, size));
}
ssize_t lgetxattr(const char* path, const char* name, void* value, size_t size) {
    return result(uk_sys_lgetxattr(path, name, value, size));
}
ssize_t fgetxattr(int fd, const char* name, void* value, size_t size) {
    return result(uk_sys_fgetxattr(fd, name, value, size));
}

ssize_t listxattr(const char* path, char* names, size_t size) {
    return result(uk_sys_listxattr(path, names, size));
}
ssize_t llistxattr(const char* path, char* names, size_t size) {
    return result(uk_sys_llistxattr(path, names, size));
}
ssize_t flistxattr(int fd, char* names, size_t size) {
    return result(uk_sys_flistxattr(fd, names, size));
}

int removexattr(const char* path, const char* name) {
    return status(uk_sys_removexattr(path, name));
}
int lremovexattr(const char* path, const char* name) {
    return status(uk_sys_lremovexattr(path, name));
}
int fremovexattr(int fd, const char* name) {
    return status(uk_sys_fremovexattr(fd, name));
}
