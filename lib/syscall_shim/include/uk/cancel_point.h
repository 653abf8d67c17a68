/* SPDX-License-Identifier: BSD-3-Clause */
/* For C libraries: what makes a function a cancellation point.
 *
 *     ssize_t read(int fd, void* data, size_t size) {
 *         return result_of(UK_CANCELLABLE(uk_sys_read(fd, data, size)));
 *     }
 *
 * Defined by libpthread; where there is none it is the call and nothing else, and UK_CANCEL_POINTS
 * is 0, for who must ask whether it is one.
 */
#pragma once

#include <uk/config.h>

#ifdef CONFIG_LIBPTHREAD

#ifdef __cplusplus
extern "C" {
#endif

/* May not return: the thread is cancelled. Between the two a request ends waits with -EINTR; the
 * second acts on it if that is what `result` says. */
void uk_cancel_point_begin(void);
void uk_cancel_point_end(long result);

#ifdef __cplusplus
}
#endif

#define UK_CANCELLABLE(call)                                                                       \
    __extension__({                                                                                \
        uk_cancel_point_begin();                                                                   \
        const long uk_cancellable_ = (call);                                                       \
        uk_cancel_point_end(uk_cancellable_);                                                      \
        uk_cancellable_;                                                                           \
    })
/* The same of a face uk_c_*(), which has left its error in errno: <errno.h> must be there. */
#define UK_CANCELLABLE_C(call)                                                                     \
    __extension__({                                                                                \
        uk_cancel_point_begin();                                                                   \
        const __typeof__(call) uk_cancellable_ = (call);                                           \
        uk_cancel_point_end(uk_cancellable_ < 0 ? -errno : uk_cancellable_);                       \
        uk_cancellable_;                                                                           \
    })
#define UK_CANCEL_POINTS 1

#else
#define UK_CANCELLABLE(call) (call)
#define UK_CANCELLABLE_C(call) (call)
#define UK_CANCEL_POINTS 0
#endif
