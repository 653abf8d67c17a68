// SPDX-License-Identifier: BSD-3-Clause
// Reads the ELF image of code that Linux maps into each process (vDSO), to call its clock directly.
#pragma once

#include <cstddef>
#include <span>

#include <uk/base/result.hpp>

namespace uk::clocksource {

// The largest image that is looked at.
inline constexpr size_t kVdsoLimit = 64 * 1024;

// How many bytes the image has that starts with `head`, of which only the ELF header and the
// program headers are read. Pure; from anywhere. Errors: ENOEXEC (not a 64-bit little-endian
// shared object, or headers outside `head`), EFBIG (larger than kVdsoLimit).
[[nodiscard]] Result<size_t> vdso_size(std::span<const std::byte> head);

// Offset of the function `name` from the start of `image`; it lies inside. Nothing in the image is
// trusted: every offset is checked. Pure; from anywhere. Errors: ENOEXEC (malformed), ENOENT.
[[nodiscard]] Result<size_t> vdso_function(std::span<const std::byte> image, const char* name);

// The address of a function in the image that the host says is at `image`, or null where it is not;
// 4 KiB there can be read. From anywhere.
[[nodiscard]] const void* vdso_find(const void* image, const char* name);

} // namespace uk::clocksource
