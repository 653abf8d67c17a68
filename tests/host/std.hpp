// SPDX-License-Identifier: BSD-3-Clause
// Precompiled for the sources under host test: headers of the toolchain that most of them read by
// way of ours and of the fakes.
#ifndef UK_HOST_STD_HPP
#define UK_HOST_STD_HPP

#include <support/build/std.hpp>

#include <array>
#include <atomic>
#include <optional>

#endif // UK_HOST_STD_HPP
