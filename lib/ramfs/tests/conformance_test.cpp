// SPDX-License-Identifier: BSD-3-Clause
// ramfs in the suites of file systems.
#include "ram_under_test.hpp"

namespace {

using Kind = testing::Types<RamUnderTest>;
INSTANTIATE_TYPED_TEST_SUITE_P(Ram, FileSystemReads, Kind);
INSTANTIATE_TYPED_TEST_SUITE_P(Ram, FileSystemChanges, Kind);

} // namespace
