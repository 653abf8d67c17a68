/* SPDX-License-Identifier: BSD-3-Clause */
/* Extended attributes of files. */
#pragma once

/* flags of setxattr() */
#define UK_XATTR_CREATE 1
#define UK_XATTR_REPLACE 2

/* lengths in bytes: of a name, a value, all names */
#define UK_XATTR_NAME_MAX 255
#define UK_XATTR_SIZE_MAX 65536
#define UK_XATTR_LIST_MAX 65536
