/* SPDX-License-Identifier: BSD-3-Clause */
/* Where cpu_start.S finds what cpus.cpp tells it: offsets in its page, and the pages behind it. */
#ifndef UK_KVM_CPU_START_H
#define UK_KVM_CPU_START_H

#define UK_CPU_START_PAGES                                                                         \
    4                       /* the code, and page tables that show the first 2 MiB where they are */
#define UK_CPU_START_HERE 8 /* its physical address, 32 bits */
#define UK_CPU_START_ROOT 16   /* the image's page tables, for CR3 */
#define UK_CPU_START_MEMORY 24 /* CpuStart::memory */

#endif /* UK_KVM_CPU_START_H */
