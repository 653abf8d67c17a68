// SPDX-License-Identifier: BSD-3-Clause
// What ThreadSanitizer is asked to leave out in these tests.

// Over its time a set may have been in another and the other in it, which looks like mutexes in a
// circle; they never are at once.
extern "C" const char* __tsan_default_options() {
    return "detect_deadlocks=0";
}
