// SPDX-License-Identifier: BSD-3-Clause
// Private: what the parts of the library do at the start and the end of the image.
#pragma once

namespace nolibc {

/// Writes what the standard streams still hold; what cannot be written is lost. May wait for other
/// threads that are writing.
void flush_streams();
/// The same from anywhere, when the image ends: a stream that another thread is using stays as it
/// is.
#ifdef CONFIG_LIBUKSCHED_THREADS
void flush_streams_at_last();
#else
inline void flush_streams_at_last() {
    flush_streams();
}
#endif

/// Gives environ what the kernel parameters say.
void start_environment();

} // namespace nolibc
