// SPDX-License-Identifier: BSD-3-Clause
// Private to the tests: a mount table with a tiny file system at its root.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include <uk/abi/fcntl.h>
#include <uk/vfs/open_node.hpp>
#include <uk/vfs/operations.hpp>

#include "tiny_fs.hpp"

class World : public testing::Test {
  protected:
    World() {
        root = mount_tiny({});
        start = root;
    }
    ~World() override {
        root = {};
        start = {};
        table.clear();
        EXPECT_EQ(tiny::TinyFs::nodes, 0);
        EXPECT_EQ(tiny::TinyFs::file_systems, 0);
    }

    uk::vfs::At at() { return {.root = root, .start = start, .table = table}; }
    uk::vfs::Place mount_tiny(uk::vfs::MountTable::Point point, bool read_only = false,
                              uint32_t flags = 0) {
        auto file_system = tiny::TinyFs::create(read_only);
        auto node = UK_MUST(file_system->root());
        return UK_MUST(
            table.mount(std::move(point), std::move(file_system), std::move(node), flags, "tiny"));
    }
    uk::vfs::Place place(std::string_view path, bool follow = true) {
        return UK_MUST(uk::vfs::find(at(), path, follow));
    }
    uk::Errno error_of(std::string_view path, bool follow = true) {
        return uk::vfs::find(at(), path, follow).code();
    }
    void mkdir(std::string_view path) { UK_MUST(uk::vfs::make_directory(at(), path, 0755)); }
    void symlink(std::string_view target, std::string_view path) {
        UK_MUST(uk::vfs::make_link(at(), path, target));
    }
    uk::Ref<uk::File> open(std::string_view path, uint32_t flags, uint32_t mode = 0644) {
        return UK_MUST(uk::vfs::open(at(), path, flags, mode));
    }
    uk::Errno open_error(std::string_view path, uint32_t flags) {
        return uk::vfs::open(at(), path, flags, 0644).code();
    }
    void touch(std::string_view path) { open(path, UK_O_CREAT | UK_O_WRONLY); }
    std::string path_to(const uk::vfs::Place& place, const uk::Ref<uk::vfs::Node>& folder = {}) {
        char room[uk::vfs::kMostPath];
        auto path = uk::vfs::path_of(table, root, place, folder, room);
        return path.ok() ? std::string(path.value()) : path.error().name();
    }
    static std::string read(uk::File& file, size_t most = 1000) {
        std::string text(most, '\0');
        const uk::IoPiece piece{text.data(), most};
        uk::IoPieces pieces({&piece, 1}, uk::IoMemory::kernel);
        text.resize(UK_MUST(file.read(pieces)));
        return text;
    }
    static uk::Result<size_t> write(uk::File& file, std::string text) {
        const uk::IoPiece piece{text.data(), text.size()};
        uk::IoPieces pieces({&piece, 1}, uk::IoMemory::kernel);
        return file.write(pieces);
    }

    uk::vfs::MountTable table;
    uk::vfs::Place root;
    uk::vfs::Place start;
};
