// SPDX-License-Identifier: BSD-3-Clause
// What each thread has of newlib: errno, buffers of ctime() and the like, scratch memory of printf
// and strtod. A thread-local variable, so it comes and goes with the thread.
#include <reent.h>
#include <stdlib.h>

#include <uk/tls.hpp>

#include "process.hpp"

namespace {

struct PerThread {
    struct _reent reent;
    bool kept; // reclaim() is on the list of the thread's exit functions
};

// newlib's initialiser leaves the last members to be 0.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
constinit thread_local PerThread t_newlib = {_REENT_INIT(t_newlib.reent), false};

void free_chain(_reent* reent, _Bigint* first) {
    while (first != nullptr) {
        _Bigint* next = first->_next;
        _free_r(reent, first);
        first = next;
    }
}

// What newlib took from the heap for a thread, when the thread ends. newlib's own _reclaim_reent()
// would forget the powers of five, and close streams.
void reclaim(void* argument) {
    auto* reent = static_cast<_reent*>(argument);
    if (reent->_freelist != nullptr) {
        for (int i = 0; i <= newlib::kBigintSizes; i++) {
            free_chain(reent, reent->_freelist[i]);
        }
        _free_r(reent, reent->_freelist);
    }
    free_chain(reent, reent->_p5s);
    _free_r(reent, reent->_result);
    _free_r(reent, reent->_cvtbuf);
    _free_r(reent, reent->_sig_func);
    reent->_freelist = nullptr;
    reent->_p5s = nullptr;
    reent->_result = nullptr;
    reent->_cvtbuf = nullptr;
    reent->_sig_func = nullptr;
}

} // namespace

_reent* __getreent() {
    return &t_newlib.reent;
}

// Called by everything here that takes memory for newlib itself. If there is no memory even for the
// note, the thread's scratch memory stays when it ends.
void newlib::keep_for_thread() {
    if (!t_newlib.kept) {
        t_newlib.kept = uk::tls::at_thread_exit(reclaim, &t_newlib.reent);
    }
}
