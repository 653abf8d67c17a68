// SPDX-License-Identifier: BSD-3-Clause
// Reads entries of vfs.fstab.
#include <uk/vfs/fstab.hpp>

#include <uk/abi/mount.h>
#include <uk/base/strings.hpp>

namespace uk::vfs {

namespace {

constexpr struct {
    std::string_view name;
    uint32_t flag;
} kFlags[] = {{"ro", UK_MS_RDONLY},
              {"rw", 0},
              {"nosuid", UK_MS_NOSUID},
              {"nodev", UK_MS_NODEV},
              {"noexec", UK_MS_NOEXEC},
              {"noatime", UK_MS_NOATIME},
              {"nodiratime", UK_MS_NODIRATIME},
              {"relatime", UK_MS_RELATIME},
              {"strictatime", UK_MS_STRICTATIME}};
constexpr size_t kFlagCount = sizeof(kFlags) / sizeof(kFlags[0]);

// Takes what comes before the mark off the text.
std::string_view take(std::string_view& text, char mark) {
    size_t length = 0;
    while (length < text.size() && text[length] != mark)
        length++;
    const std::string_view part = text.substr(0, length);
    text = text.substr(length < text.size() ? length + 1 : length);
    return part;
}

Result<uint32_t> flag_of(std::string_view word, FstabProblem& problem) {
    std::string_view names[kFlagCount];
    for (size_t i = 0; i < kFlagCount; i++) {
        if (word == kFlags[i].name)
            return kFlags[i].flag;
        names[i] = kFlags[i].name;
    }
    problem = {"flags", word, "is neither a number nor a flag", closest_match(word, names)};
    return Errno::inval;
}

Result<uint32_t> flags_of(std::string_view text, FstabProblem& problem) {
    if (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        const Result<uint64_t> number = parse_u64(text);
        if (number.ok() && number.value() <= UINT32_MAX)
            return static_cast<uint32_t>(number.value());
        problem = {"flags", text, "is no number of 32 bits", {}};
        return Errno::inval;
    }
    uint32_t flags = 0;
    while (!text.empty())
        flags |= UK_TRY(flag_of(take(text, ','), problem));
    return flags;
}

} // namespace

Result<FstabEntry> read_fstab_entry(std::string_view text,
                                    std::span<const std::string_view> drivers,
                                    FstabProblem& problem) {
    FstabEntry entry;
    entry.device = take(text, ':');
    entry.mount_point = take(text, ':');
    entry.driver = take(text, ':');
    const std::string_view flags = take(text, ':');
    entry.options = take(text, ':');
    const std::string_view last = take(text, ':');
    if (entry.mount_point.empty() || entry.mount_point.front() != '/') {
        problem = {"mountpoint", entry.mount_point, "does not begin with '/'", {}};
        return Errno::inval;
    }
    bool is_known = false;
    for (const std::string_view driver : drivers)
        is_known = is_known || driver == entry.driver;
    if (!is_known) {
        problem = {"driver", entry.driver, "is not in this image",
                   closest_match(entry.driver, drivers)};
        return Errno::inval;
    }
    entry.flags = UK_TRY(flags_of(flags, problem));
    entry.makes_mount_point = last == "mkmp";
    if (!last.empty() && !entry.makes_mount_point) {
        problem = {"mkmp", last, "is not 'mkmp'", {}};
        return Errno::inval;
    }
    if (!text.empty()) {
        problem = {"end", text, "is more than the six fields", {}};
        return Errno::inval;
    }
    return entry;
}

} // namespace uk::vfs
