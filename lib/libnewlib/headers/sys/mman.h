/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory: Linux's numbers. */
#pragma once

#include <sys/types.h>
#include <uk/abi/mman.h>

#ifdef __cplusplus
extern "C" {
#endif

void* mmap(void* address, size_t length, int protection, int flags, int fd, off_t start);
int munmap(void* address, size_t length);
int mprotect(void* address, size_t length, int protection);
void* mremap(void* address, size_t length, size_t new_length, int flags, ...);
int msync(void* address, size_t length, int flags);
int madvise(void* address, size_t length, int advice);
int posix_madvise(void* address, size_t length, int advice);
int mlock(const void* address, size_t length);
int munlock(const void* address, size_t length);
int mlockall(int flags);
int munlockall(void);
int shm_open(const char* name, int flags, mode_t mode);
int shm_unlink(const char* name);
int memfd_create(const char* name, unsigned flags);

#ifdef __cplusplus
}
#endif

#define PROT_NONE UK_PROT_NONE
#define PROT_READ UK_PROT_READ
#define PROT_WRITE UK_PROT_WRITE
#define PROT_EXEC UK_PROT_EXEC
#define PROT_GROWSDOWN UK_PROT_GROWSDOWN
#define PROT_GROWSUP UK_PROT_GROWSUP
#define MAP_SHARED UK_MAP_SHARED
#define MAP_PRIVATE UK_MAP_PRIVATE
#define MAP_SHARED_VALIDATE UK_MAP_SHARED_VALIDATE
#define MAP_TYPE UK_MAP_TYPE
#define MAP_FIXED UK_MAP_FIXED
#define MAP_ANONYMOUS UK_MAP_ANONYMOUS
#define MAP_GROWSDOWN UK_MAP_GROWSDOWN
#define MAP_DENYWRITE UK_MAP_DENYWRITE
#define MAP_EXECUTABLE UK_MAP_EXECUTABLE
#define MAP_LOCKED UK_MAP_LOCKED
#define MAP_NORESERVE UK_MAP_NORESERVE
#define MAP_POPULATE UK_MAP_POPULATE
#define MAP_NONBLOCK UK_MAP_NONBLOCK
#define MAP_STACK UK_MAP_STACK
#define MAP_HUGETLB UK_MAP_HUGETLB
#define MAP_SYNC UK_MAP_SYNC
#define MAP_FIXED_NOREPLACE UK_MAP_FIXED_NOREPLACE
#define MREMAP_MAYMOVE UK_MREMAP_MAYMOVE
#define MREMAP_FIXED UK_MREMAP_FIXED
#define MREMAP_DONTUNMAP UK_MREMAP_DONTUNMAP
#define MS_ASYNC UK_MS_ASYNC
#define MS_INVALIDATE UK_MS_INVALIDATE
#define MS_SYNC UK_MS_SYNC
#define MCL_CURRENT UK_MCL_CURRENT
#define MLOCK_ONFAULT UK_MLOCK_ONFAULT
#define MCL_FUTURE UK_MCL_FUTURE
#define MCL_ONFAULT UK_MCL_ONFAULT
#define MADV_NORMAL UK_MADV_NORMAL
#define MADV_RANDOM UK_MADV_RANDOM
#define MADV_SEQUENTIAL UK_MADV_SEQUENTIAL
#define MADV_WILLNEED UK_MADV_WILLNEED
#define MADV_DONTNEED UK_MADV_DONTNEED
#define MADV_FREE UK_MADV_FREE
#define MADV_REMOVE UK_MADV_REMOVE
#define MADV_DONTFORK UK_MADV_DONTFORK
#define MADV_DOFORK UK_MADV_DOFORK
#define MADV_MERGEABLE UK_MADV_MERGEABLE
#define MADV_UNMERGEABLE UK_MADV_UNMERGEABLE
#define MADV_HUGEPAGE UK_MADV_HUGEPAGE
#define MADV_NOHUGEPAGE UK_MADV_NOHUGEPAGE
#define MADV_DONTDUMP UK_MADV_DONTDUMP
#define MADV_DODUMP UK_MADV_DODUMP
#define MADV_WIPEONFORK UK_MADV_WIPEONFORK
#define MADV_KEEPONFORK UK_MADV_KEEPONFORK
#define MADV_COLD UK_MADV_COLD
#define MADV_PAGEOUT UK_MADV_PAGEOUT
#define MADV_POPULATE_READ UK_MADV_POPULATE_READ
#define MADV_POPULATE_WRITE UK_MADV_POPULATE_WRITE
#define MADV_DONTNEED_LOCKED UK_MADV_DONTNEED_LOCKED
#define MADV_COLLAPSE UK_MADV_COLLAPSE
#define MADV_HWPOISON UK_MADV_HWPOISON
#define MADV_SOFT_OFFLINE UK_MADV_SOFT_OFFLINE
#define MFD_CLOEXEC UK_MFD_CLOEXEC
#define MFD_ALLOW_SEALING UK_MFD_ALLOW_SEALING
#define MFD_HUGETLB UK_MFD_HUGETLB
#define MAP_FAILED UK_MAP_FAILED
#ifdef UK_MAP_32BIT
#define MAP_32BIT UK_MAP_32BIT
#endif
#define MAP_ANON MAP_ANONYMOUS
#define MAP_FILE 0
#define POSIX_MADV_NORMAL MADV_NORMAL
#define POSIX_MADV_RANDOM MADV_RANDOM
#define POSIX_MADV_SEQUENTIAL MADV_SEQUENTIAL
#define POSIX_MADV_WILLNEED MADV_WILLNEED
#define POSIX_MADV_DONTNEED MADV_DONTNEED
