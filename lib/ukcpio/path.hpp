// SPDX-License-Identifier: BSD-3-Clause
// What tools write in front of a path and behind it.
#pragma once

#include <string_view>

namespace uk::cpio {

// "./a", "/a", ".//./a/" and "a" are one path; "." and "/" are the folder that everything is in.
constexpr std::string_view without_ends(std::string_view path) {
    for (;;) {
        if (path.starts_with('/')) {
            path.remove_prefix(1);
        } else if (path.starts_with("./")) {
            path.remove_prefix(2);
        } else {
            break;
        }
    }
    if (path.ends_with('/')) {
        path.remove_suffix(1);
    }
    return path == "." ? std::string_view{} : path;
}

} // namespace uk::cpio
