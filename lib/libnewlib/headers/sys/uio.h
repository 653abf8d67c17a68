/* SPDX-License-Identifier: BSD-3-Clause */
/* Pieces of memory that one call reads or writes. */
#pragma once

#include <sys/types.h>
#include <uk/abi/uio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct iovec {
    void* iov_base;
    size_t iov_len;
};
#define UIO_MAXIOV UK_IOV_MAX

ssize_t readv(int fd, const struct iovec* pieces, int count);
ssize_t writev(int fd, const struct iovec* pieces, int count);
ssize_t preadv(int fd, const struct iovec* pieces, int count, off_t start);
ssize_t pwritev(int fd, const struct iovec* pieces, int count, off_t start);
#ifdef __cplusplus
}
#endif
