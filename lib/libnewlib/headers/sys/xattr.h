/* SPDX-License-Identifier: BSD-3-Clause */
/* Extended attributes of files, as on Linux. */
#pragma once

#include <sys/types.h>
#include <uk/abi/xattr.h>

#define XATTR_CREATE UK_XATTR_CREATE
#define XATTR_REPLACE UK_XATTR_REPLACE

#ifdef __cplusplus
extern "C" {
#endif

int setxattr(const char* path, const char* name, const void* value, size_t size, int flags);
int lsetxattr(const char* path, const char* name, const void* value, size_t size, int flags);
int fsetxattr(int fd, const char* name, const void* value, size_t size, int flags);
ssize_t getxattr(const char* path, const char* name, void* value, size_t size);
ssize_t lgetxattr(const char* path, const char* name, void* value, size_t size);
ssize_t fgetxattr(int fd, const char* name, void* value, size_t size);
ssize_t listxattr(const char* path, char* names, size_t size);
ssize_t llistxattr(const char* path, char* names, size_t size);
ssize_t flistxattr(int fd, char* names, size_t size);
int removexattr(const char* path, const char* name);
int lremovexattr(const char* path, const char* name);
int fremovexattr(int fd, const char* name);

#ifdef __cplusplus
}
#endif
