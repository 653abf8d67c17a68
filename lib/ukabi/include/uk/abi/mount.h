/* SPDX-License-Identifier: BSD-3-Clause */
/* Mounting: flags of mount(), umount2(). */
#pragma once

/* flags of mount() */
#define UK_MS_RDONLY 1
#define UK_MS_NOSUID 2
#define UK_MS_NODEV 4
#define UK_MS_NOEXEC 8
#define UK_MS_SYNCHRONOUS 16
#define UK_MS_REMOUNT 32
#define UK_MS_MANDLOCK 64
#define UK_MS_DIRSYNC 128
#define UK_MS_NOSYMFOLLOW 256
#define UK_MS_NOATIME 1024
#define UK_MS_NODIRATIME 2048
#define UK_MS_BIND 4096
#define UK_MS_MOVE 8192
#define UK_MS_REC 16384
#define UK_MS_SILENT 32768
#define UK_MS_UNBINDABLE (1 << 17)
#define UK_MS_PRIVATE (1 << 18)
#define UK_MS_SLAVE (1 << 19)
#define UK_MS_SHARED (1 << 20)
#define UK_MS_RELATIME (1 << 21)
#define UK_MS_STRICTATIME (1 << 24)
#define UK_MS_LAZYTIME (1 << 25)

/* flags of umount2() */
#define UK_MNT_FORCE 1
#define UK_MNT_DETACH 2
#define UK_MNT_EXPIRE 4
#define UK_UMOUNT_NOFOLLOW 8
