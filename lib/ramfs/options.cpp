// SPDX-License-Identifier: BSD-3-Clause
// Reads the options of a mount.
#include <uk/ramfs/options.hpp>

#include <uk/base/address.hpp>
#include <uk/base/strings.hpp>

namespace uk::ramfs {

namespace {

// "64M", "25%" of `all`; 0 is no limit.
Result<uint64_t> read_limit(std::string_view text, uint64_t all) {
    uint64_t limit = 0;
    if (text.ends_with('%')) {
        const uint64_t percent = UK_TRY(parse_u64(text.substr(0, text.size() - 1), 10));
        if (percent > 100)
            return Errno::inval;
        limit = all / 100 * percent;
        return limit != 0 || percent == 0 ? limit : kNoLimit; // the machine does not say how much
    }
    limit = UK_TRY(parse_size(text));
    return limit;
}

Result<> read_option(std::string_view name, std::string_view value, uint64_t ram,
                     Options& options) {
    if (name == "size") {
        const uint64_t limit = UK_TRY(read_limit(value, ram));
        options.most_bytes = limit == 0 ? kNoLimit : limit;
    } else if (name == "nr_inodes") {
        const uint64_t limit = UK_TRY(parse_size(value));
        options.most_nodes = limit == 0 ? kNoLimit : limit;
    } else if (name == "mode") {
        const uint64_t mode = UK_TRY(parse_u64(value, 8));
        if (mode > 07777)
            return Errno::inval;
        options.permissions = static_cast<uint32_t>(mode);
    } else if (name == "uid" || name == "gid") {
        const uint64_t id = UK_TRY(parse_u64(value, 10));
        if (id >= UINT32_MAX) // which is "none"
            return Errno::inval;
        (name == "uid" ? options.owner : options.group) = static_cast<uint32_t>(id);
    } else {
        return Errno::inval;
    }
    return ok();
}

} // namespace

Options default_options(uint64_t ram) {
    Options options;
    if (ram != 0) {
        options.most_bytes = ram / 2;
        options.most_nodes = ram / kPageSize / 2;
    }
    return options;
}

Result<> read_options(std::string_view text, uint64_t ram, Options& options,
                      std::string_view& wrong) {
    while (!text.empty()) {
        const size_t comma = text.find(',');
        const std::string_view option = text.substr(0, comma);
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
        if (option.empty())
            continue;
        const size_t equals = option.find('=');
        const std::string_view value =
            equals == std::string_view::npos ? std::string_view{} : option.substr(equals + 1);
        if (!read_option(option.substr(0, equals), value, ram, options).ok()) {
            wrong = option;
            return Errno::inval;
        }
    }
    return ok();
}

} // namespace uk::ramfs
