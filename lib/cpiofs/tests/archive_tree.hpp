// SPDX-License-Identifier: BSD-3-Clause
// Archives for tests, and how a tree of the suites becomes one.
#pragma once

#include <string>

#include <uk/vfs/conformance.hpp>

#include "lib/ukcpio/tests/archive.hpp"

using uk::cpio::tests::Archive;
using uk::cpio::tests::Member;

inline Archive archive_of(const uk::vfs::conformance::Planted& tree) {
    Archive archive;
    archive.add({.name = ".", .mode = 040755, .inode = 1});
    uint32_t inode = 100;
    for (const uk::vfs::conformance::Plant& plant : tree) {
        archive.add({.name = plant.path,
                     .content = plant.text,
                     .mode = static_cast<uint32_t>(plant.kind) | plant.permissions,
                     .inode = inode++});
    }
    return std::move(archive.end());
}
