// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer: any sequence of operations on a RegionHeap.
#include <uk/allocregion/region_heap.hpp>

#include "lib/ukalloc/tests/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using Heap = uk::RegionHeap<uk::fakes::FakePages, uk::RegionOptions{.checks = true}>;
    uk::heap_test::fuzz<Heap>(data, size);
    return 0;
}
