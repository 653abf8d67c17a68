// SPDX-License-Identifier: BSD-3-Clause
// The attributes "shared between processes", of which there is one: kept, without effect.
#include <pthread.h>

#include <uk/base/errno.hpp>

namespace {

template <class Attr>
int set_shared(Attr* attr, int shared) {
    if (shared != PTHREAD_PROCESS_PRIVATE && shared != PTHREAD_PROCESS_SHARED)
        return static_cast<int>(uk::Errno::inval);
    attr->__shared = static_cast<unsigned char>(shared);
    return 0;
}
template <class Attr>
int get_shared(const Attr* attr, int* shared) {
    *shared = attr->__shared;
    return 0;
}
template <class Attr>
int init(Attr* attr) {
    *attr = {};
    return 0;
}

} // namespace

extern "C" {

int pthread_mutexattr_setpshared(pthread_mutexattr_t* attr, int shared) {
    return set_shared(attr, shared);
}
int pthread_mutexattr_getpshared(const pthread_mutexattr_t* attr, int* shared) {
    return get_shared(attr, shared);
}
int pthread_condattr_setpshared(pthread_condattr_t* attr, int shared) {
    return set_shared(attr, shared);
}
int pthread_condattr_getpshared(const pthread_condattr_t* attr, int* shared) {
    return get_shared(attr, shared);
}
int pthread_rwlockattr_init(pthread_rwlockattr_t* attr) {
    return init(attr);
}
int pthread_rwlockattr_destroy(pthread_rwlockattr_t* attr) {
    return init(attr);
}
int pthread_rwlockattr_setpshared(pthread_rwlockattr_t* attr, int shared) {
    return set_shared(attr, shared);
}
int pthread_rwlockattr_getpshared(const pthread_rwlockattr_t* attr, int* shared) {
    return get_shared(attr, shared);
}
int pthread_barrierattr_init(pthread_barrierattr_t* attr) {
    return init(attr);
}
int pthread_barrierattr_destroy(pthread_barrierattr_t* attr) {
    return init(attr);
}
int pthread_barrierattr_setpshared(pthread_barrierattr_t* attr, int shared) {
    return set_shared(attr, shared);
}
int pthread_barrierattr_getpshared(const pthread_barrierattr_t* attr, int* shared) {
    return get_shared(attr, shared);
}

} // extern "C"
