// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer: any sequence of operations on a TLSF heap, with and without waiting blocks.
#include <uk/alloctlsf/tlsf_heap.hpp>

#include "lib/ukalloc/tests/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace uk;
    using AtOnce = TlsfHeap<fakes::FakePages, TlsfOptions{.waiting_blocks = 0, .checks = true}>;
    using Later = TlsfHeap<fakes::FakePages, TlsfOptions{.waiting_blocks = 16, .checks = true}>;
    if (size != 0 && (data[0] & 2) != 0) {
        heap_test::fuzz<AtOnce>(data, size, 0);
    } else {
        heap_test::fuzz<Later>(data, size, 0);
    }
    return 0;
}
