// SPDX-License-Identifier: BSD-3-Clause
// Streams keep their locks from a thread that is cancelled. In an image without pthread_cancel()
// nobody is: who provides it replaces this.
#include <pthread.h>

[[gnu::weak]] int pthread_setcancelstate(int /*state*/, int* before) {
    if (before != nullptr) {
        *before = PTHREAD_CANCEL_ENABLE;
    }
    return 0;
}
