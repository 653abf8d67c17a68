/* SPDX-License-Identifier: BSD-3-Clause */
/* What uname() tells. */
#pragma once

#include <uk/abi/utsname.h>

#ifdef __cplusplus
extern "C" {
#endif

struct utsname {
    char sysname[UK_UTSNAME_LENGTH];
    char nodename[UK_UTSNAME_LENGTH];
    char release[UK_UTSNAME_LENGTH];
    char version[UK_UTSNAME_LENGTH];
    char machine[UK_UTSNAME_LENGTH];
    char domainname[UK_UTSNAME_LENGTH];
};

int uname(struct utsname* name);
#ifdef __cplusplus
}
#endif
