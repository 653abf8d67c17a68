/* SPDX-License-Identifier: BSD-3-Clause */
/* Mounting, as on Linux. */
#pragma once

#include <uk/abi/mount.h>

#ifdef __cplusplus
extern "C" {
#endif

int mount(const char* source, const char* path, const char* type, unsigned long flags,
          const void* data);
int umount(const char* path);
int umount2(const char* path, int flags);

#ifdef __cplusplus
}
#endif

#define MS_RDONLY UK_MS_RDONLY
#define MS_NOSUID UK_MS_NOSUID
#define MS_NODEV UK_MS_NODEV
#define MS_NOEXEC UK_MS_NOEXEC
#define MS_SYNCHRONOUS UK_MS_SYNCHRONOUS
#define MS_REMOUNT UK_MS_REMOUNT
#define MS_MANDLOCK UK_MS_MANDLOCK
#define MS_DIRSYNC UK_MS_DIRSYNC
#define MS_NOSYMFOLLOW UK_MS_NOSYMFOLLOW
#define MS_NOATIME UK_MS_NOATIME
#define MS_NODIRATIME UK_MS_NODIRATIME
#define MS_BIND UK_MS_BIND
#define MS_MOVE UK_MS_MOVE
#define MS_REC UK_MS_REC
#define MS_SILENT UK_MS_SILENT
#define MS_UNBINDABLE UK_MS_UNBINDABLE
#define MS_PRIVATE UK_MS_PRIVATE
#define MS_SLAVE UK_MS_SLAVE
#define MS_SHARED UK_MS_SHARED
#define MS_RELATIME UK_MS_RELATIME
#define MS_STRICTATIME UK_MS_STRICTATIME
#define MS_LAZYTIME UK_MS_LAZYTIME
#define MNT_FORCE UK_MNT_FORCE
#define MNT_DETACH UK_MNT_DETACH
#define MNT_EXPIRE UK_MNT_EXPIRE
#define UMOUNT_NOFOLLOW UK_UMOUNT_NOFOLLOW
