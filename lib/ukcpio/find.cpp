// SPDX-License-Identifier: BSD-3-Clause
// One member by its path.
#include <uk/cpio/reader.hpp>

#include "path.hpp"

namespace uk::cpio {
namespace {

// Gives every member to `use`, up to the end or to what is damaged.
template <class Use>
Result<> for_each(std::span<const std::byte> archives, Problem* problem, Use use) {
    Reader reader(archives);
    for (;;) {
        Result<Entry> entry = reader.next();
        if (entry.ok()) {
            use(entry.value());
            continue;
        }
        if (entry.code() == Errno::nodata) {
            return {};
        }
        if (problem != nullptr) {
            *problem = reader.problem();
        }
        return entry.error();
    }
}

} // namespace

Result<Entry> find(std::span<const std::byte> archives, std::string_view path, Problem* problem) {
    const std::string_view wanted = without_ends(path);
    Entry found;
    bool is_there = false;
    UK_TRY(for_each(archives, problem, [&](const Entry& entry) {
        if (entry.path == wanted) {
            found = entry;
            is_there = true;
        }
    }));
    if (!is_there) {
        return Errno::noent;
    }
    if (found.has_other_names() && found.content.empty()) {
        UK_TRY(for_each(archives, problem, [&](const Entry& entry) {
            if (entry.identity == found.identity && entry.kind == Kind::file &&
                !entry.content.empty()) {
                found.content = entry.content;
                found.sum = entry.sum;
            }
        }));
    }
    return found;
}

} // namespace uk::cpio
