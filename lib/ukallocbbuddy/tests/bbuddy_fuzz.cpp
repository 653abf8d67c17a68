// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer: any sequence of operations on a BuddyHeap.
#include <uk/allocbbuddy/bbuddy_heap.hpp>

#include "lib/ukalloc/tests/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using Heap = uk::BuddyHeap<uk::fakes::FakePages, uk::BuddyOptions{.checks = true}>;
    uk::heap_test::fuzz<Heap>(data, size);
    return 0;
}
