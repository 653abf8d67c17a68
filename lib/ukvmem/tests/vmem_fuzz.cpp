// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer: any sequence of operations on an address space, kept to a model.
#include "lib/ukvmem/tests/model.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    uk::vmem::tests::Program(data, size).run();
    return 0;
}
