// SPDX-License-Identifier: BSD-3-Clause
// Calls with paths and targets of links of any bytes: nothing crashes, nothing is left.
#include <cstdint>
#include <string>

#include <uk/abi/fcntl.h>
#include <uk/fakes/heap.hpp>
#include <uk/vfs/operations.hpp>

#include "tiny_fs.hpp"

namespace {

// The input in lines: the first byte of each says what is done with the rest, up to a tab and from
// there on. No 0 is in a path: it would end it.
struct Reader {
    std::string_view rest;

    std::string_view next() {
        const size_t end = rest.find('\n');
        const std::string_view line = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        return line;
    }
};

void call(const uk::vfs::At& at, char what, std::string_view one, std::string_view other) {
    switch (what % 8) {
    case 0:
        (void)uk::vfs::make_directory(at, one, 0755);
        break;
    case 1:
        (void)uk::vfs::make_link(at, one, other);
        break;
    case 2:
        (void)uk::vfs::open(at, one, UK_O_CREAT | UK_O_RDWR, 0644);
        break;
    case 3:
        (void)uk::vfs::rename(at, one, at, other, 0);
        break;
    case 4:
        (void)uk::vfs::unlink(at, one);
        break;
    case 5:
        (void)uk::vfs::remove_directory(at, one);
        break;
    case 6: {
        auto place = uk::vfs::find(at, other);
        if (place.ok())
            (void)uk::vfs::link(place.value(), at, one);
        break;
    }
    default: {
        auto place = uk::vfs::find(at, one);
        char room[uk::vfs::kMostPath];
        if (place.ok())
            (void)uk::vfs::path_of(at.table, at.root, place.value(), {}, room);
    }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::string text(reinterpret_cast<const char*>(data), size);
    for (char& letter : text)
        letter = letter == '\0' ? '/' : letter;
    const size_t before = uk::fakes::heap_live_blocks();
    {
        uk::vfs::MountTable table;
        auto file_system = tiny::TinyFs::create();
        auto node = UK_MUST(file_system->root());
        uk::vfs::Place root =
            UK_MUST(table.mount({}, std::move(file_system), std::move(node), 0, "tiny"));
        const uk::vfs::At at{.root = root, .start = root, .table = table};
        Reader reader{text};
        while (!reader.rest.empty()) {
            const std::string_view line = reader.next();
            if (line.empty())
                continue;
            const size_t tab = line.find('\t');
            const std::string_view one =
                line.substr(1, tab == std::string_view::npos ? tab : tab - 1);
            call(at, line[0], one,
                 tab == std::string_view::npos ? std::string_view{} : line.substr(tab + 1));
        }
        root = {};
        table.clear();
    }
    UK_ASSERT(uk::fakes::heap_live_blocks() == before);
    UK_ASSERT(tiny::TinyFs::file_systems == 0);
    // What was cut off from the tree in one piece goes with its last name; nothing can be a circle.
    UK_ASSERT(tiny::TinyFs::nodes == 0);
    return 0;
}
