// SPDX-License-Identifier: BSD-3-Clause
// Options of a file system in memory: "size=64M,nr_inodes=10k,mode=755,uid=0,gid=0", as tmpfs has
// them.
#pragma once

#include <cstdint>
#include <string_view>

#include <uk/base/result.hpp>

namespace uk::ramfs {

inline constexpr uint64_t kNoLimit = ~uint64_t{0};
inline constexpr const char kOptionHint[] =
    "size=64M (or 25%), nr_inodes=10k, mode=755, uid=0, gid=0; 0 is no limit";

struct Options {
    uint64_t most_bytes = kNoLimit; // contents of files and attributes
    uint64_t most_nodes = kNoLimit;
    uint32_t permissions = 0755; // of the root
    uint32_t owner = 0;
    uint32_t group = 0;
};

// Half of the machine's memory, and a node for each two of its pages. `ram`: bytes; 0: not known.
[[nodiscard]] Options default_options(uint64_t ram);

// Changes what the text says. Errors: EINVAL; `wrong` is the part that is not understood.
[[nodiscard]] Result<> read_options(std::string_view text, uint64_t ram, Options& options,
                                    std::string_view& wrong);

} // namespace uk::ramfs
