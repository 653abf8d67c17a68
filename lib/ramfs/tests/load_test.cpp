// SPDX-License-Identifier: BSD-3-Clause
// ramfs under load.
#include "ram_under_test.hpp"

#include <uk/vfs/conformance_load.hpp>

namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(Ram, FileSystemLoad, testing::Types<RamUnderTest>);

} // namespace
