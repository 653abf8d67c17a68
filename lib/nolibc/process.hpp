// SPDX-License-Identifier: BSD-3-Clause
// Private: what the parts of the library do at the start and the end of the image.
#pragma once

namespace nolibc {

/// Writes what the standard streams still hold; what cannot be written is lost.
void flush_streams();

/// Gives environ what the kernel parameters say.
void start_environment();

} // namespace nolibc
