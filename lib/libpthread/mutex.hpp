// SPDX-License-Identifier: BSD-3-Clause
// Private: what condition variables do with mutexes.
#pragma once

#include <pthread.h>

#include "face.hpp"

namespace uk::pthread {

inline Mutex& mutex_in(pthread_mutex_t& mutex) {
    return inside<Mutex>(mutex);
}
// Whether unlock_all() may be called: of normal ones nobody asks.
inline bool may_unlock(pthread_mutex_t& mutex) {
    return mutex.__kind == PTHREAD_MUTEX_NORMAL || mutex_in(mutex).held_by_me();
}
// Gives it back however often it was locked; lock_again() makes it so once more.
unsigned unlock_all(pthread_mutex_t& mutex);
void lock_again(pthread_mutex_t& mutex, unsigned depth);

} // namespace uk::pthread
