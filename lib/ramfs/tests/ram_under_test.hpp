// SPDX-License-Identifier: BSD-3-Clause
// ramfs as the suites of file systems want it.
#pragma once

#include <uk/fakes/frames.hpp>
#include <uk/ramfs/file_system.hpp>
#include <uk/vfs/conformance.hpp>
#include <uk/vfs/conformance_changes.hpp>

struct RamUnderTest {
    using Made = uk::Result<uk::Ref<uk::vfs::FileSystem>>;

    static Made make(const uk::vfs::conformance::Planted& tree) {
        uk::Ref<uk::vfs::FileSystem> made = UK_TRY(uk::ramfs::mount({}));
        uk::vfs::conformance::Hand hand(*made);
        for (const uk::vfs::conformance::Plant& plant : tree) {
            uk::Ref<uk::vfs::Node> node = UK_TRY(hand.create(
                plant.path,
                {.kind = plant.kind, .permissions = plant.permissions, .target = plant.text}));
            if (plant.kind == uk::vfs::NodeKind::regular)
                UK_TRY(hand.write(*node, plant.text, 0));
        }
        return made;
    }
    static Made make_small(uint64_t bytes, uint64_t nodes) {
        const std::string options =
            "size=" + std::to_string(bytes) + ",nr_inodes=" + std::to_string(nodes);
        return uk::ramfs::mount({.options = options});
    }
    static size_t held() { return uk::fakes::heap_live_blocks() + uk::fakes::frames_live(); }
};
