// SPDX-License-Identifier: BSD-3-Clause
// The text, where the link puts it (support/build/description.mk). What was kept for it and is not
// needed is blanks at its end.
#include <uk/image.hpp>

extern "C" {
[[gnu::visibility("hidden")]] extern const char uk_image_description[];
[[gnu::visibility("hidden")]] extern const char uk_image_description_end[];
}

namespace uk::image {

std::string_view description() {
    const char* end = uk_image_description_end;
    while (end != uk_image_description && end[-1] == ' ')
        end--;
    return {uk_image_description, end};
}

} // namespace uk::image
