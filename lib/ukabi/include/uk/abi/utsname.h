/* SPDX-License-Identifier: BSD-3-Clause */
/* What uname() tells. */
#pragma once

#define UK_UTSNAME_LENGTH 65
struct uk_utsname {
    char sysname[UK_UTSNAME_LENGTH];
    char nodename[UK_UTSNAME_LENGTH];
    char release[UK_UTSNAME_LENGTH];
    char version[UK_UTSNAME_LENGTH];
    char machine[UK_UTSNAME_LENGTH];
    char domainname[UK_UTSNAME_LENGTH];
};
