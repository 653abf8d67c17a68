// SPDX-License-Identifier: BSD-3-Clause
// The folder that the option LIBUKEMBED_FOLDER names, inside the image.
#pragma once

#include <cstddef>
#include <span>

namespace uk::embed {

// An archive of the format newc, for lib/ukcpio. Read only, a part of the image: the machine
// refuses writes to it. Begins at a multiple of 4 KiB, the contents of files in it at multiples of
// 4 bytes. From anywhere; does not block.
[[nodiscard]] std::span<const std::byte> archive();

} // namespace uk::embed
