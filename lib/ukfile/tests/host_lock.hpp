// SPDX-License-Identifier: BSD-3-Clause
// A lock of the host for templates that want one of the image.
#pragma once

#include <mutex>

struct HostLock {
    struct State {};
    State lock() {
        mutex.lock();
        return {};
    }
    void unlock(State /*state*/ = {}) { mutex.unlock(); }

    std::mutex mutex;
};
