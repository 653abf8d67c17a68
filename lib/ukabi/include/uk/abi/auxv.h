/* SPDX-License-Identifier: BSD-3-Clause */
/* What a program finds behind its environment. */
#pragma once

#define UK_AT_NULL 0
#define UK_AT_IGNORE 1
#define UK_AT_EXECFD 2
#define UK_AT_PHDR 3
#define UK_AT_PHENT 4
#define UK_AT_PHNUM 5
#define UK_AT_PAGESZ 6
#define UK_AT_BASE 7
#define UK_AT_FLAGS 8
#define UK_AT_ENTRY 9
#define UK_AT_NOTELF 10
#define UK_AT_UID 11
#define UK_AT_EUID 12
#define UK_AT_GID 13
#define UK_AT_EGID 14
#define UK_AT_PLATFORM 15
#define UK_AT_HWCAP 16
#define UK_AT_CLKTCK 17
#define UK_AT_SECURE 23
#define UK_AT_BASE_PLATFORM 24
#define UK_AT_RANDOM 25
#define UK_AT_HWCAP2 26
#define UK_AT_EXECFN 31
#define UK_AT_SYSINFO_EHDR 33
#define UK_AT_MINSIGSTKSZ 51
