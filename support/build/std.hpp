// SPDX-License-Identifier: BSD-3-Clause
// The toolchain's headers that nearly every source of the tree includes, by way of ours: compiled
// once for each set of flags (compile.mk), so that they are not read for each source again.
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
