// SPDX-License-Identifier: BSD-3-Clause
// Destructors of thread_local objects.
#include <uk/assert.h>
#include <uk/tls.hpp>

// Called by compiled code once an object is made. It does not look at the result, so who cannot be
// destroyed must not go on.
extern "C" int __cxa_thread_atexit(void (*function)(void*), void* object, void* dso);
int __cxa_thread_atexit(void (*function)(void*), void* object, void* /*dso*/) {
    if (!uk::tls::at_thread_exit(function, object)) {
        UK_PANIC("no memory to note the destructor of a thread_local object");
    }
    return 0;
}
