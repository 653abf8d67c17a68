// SPDX-License-Identifier: BSD-3-Clause
// Host tests only: the suite that every file system passes. A file system's test file is
//
//     #include <uk/vfs/conformance.hpp>
//     struct Mine {
//         // One that contains this, and nothing else; mounted for writing if it can be written.
//         static uk::Result<uk::Ref<uk::vfs::FileSystem>> make(const Planted& tree);
//     };
//     INSTANTIATE_TYPED_TEST_SUITE_P(Mine, FileSystemReads, testing::Types<Mine>);
//
// and, if it can be written, what <uk/vfs/conformance_changes.hpp> says besides.
#pragma once

#ifdef UK_HOST_TEST

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <uk/fakes/log.hpp>
#include <uk/vfs/conformance_hand.hpp>

namespace uk::vfs::conformance {

// One node of a tree; what is above it comes first. `text`: a file's bytes or a link's target.
struct Plant {
    string path;
    NodeKind kind = NodeKind::regular;
    string text{};
    uint32_t permissions = 0644;
};
using Planted = std::vector<Plant>;

inline string pattern(size_t size, unsigned seed) {
    string text(size, '\0');
    uint32_t state = seed * 2654435761u + 1;
    for (char& c : text) {
        state = state * 1664525 + 1013904223;
        c = static_cast<char>(state >> 24);
    }
    return text;
}

inline Planted common_tree() {
    return {
        {"etc", NodeKind::directory, "", 0755},
        {"etc/passwd", NodeKind::regular, "root:x:0:0::/:/bin/sh\n", 0600},
        {"etc/empty", NodeKind::regular, ""},
        {"bin", NodeKind::directory, "", 0700},
        {"bin/page", NodeKind::regular, pattern(4096, 1), 0755},
        {"bin/large", NodeKind::regular, pattern(300'001, 2), 04755},
        {"bin/sh", NodeKind::link, "large", 0777},
        {"to", NodeKind::link, "/etc/../etc/passwd", 0777},
        {"deep", NodeKind::directory, "", 0755},
        {"deep/a", NodeKind::directory, "", 0755},
        {"deep/a/b", NodeKind::directory, "", 0755},
        {"deep/a/b/c", NodeKind::directory, "", 0755},
        {"deep/a/b/c/end", NodeKind::regular, "end", 0644},
        {string(255, 'n'), NodeKind::regular, "long", 0644},
        {"odd \xff\x01\n*?", NodeKind::regular, "odd", 0644},
        {"none", NodeKind::directory, "", 01777},
    };
}

} // namespace uk::vfs::conformance

template <class X>
class FileSystemReads : public testing::Test {
  protected:
    using Node = uk::vfs::Node;
    using NodeKind = uk::vfs::NodeKind;
    using Errno = uk::Errno;

    uk::vfs::conformance::Planted tree_ = uk::vfs::conformance::common_tree();
    uk::Ref<uk::vfs::FileSystem> made_ = X::make(tree_).take();
    uk::vfs::conformance::Hand hand_{*made_};
};

TYPED_TEST_SUITE_P(FileSystemReads);

TYPED_TEST_P(FileSystemReads, RootIsADirectory) {
    using namespace uk;
    using namespace uk::vfs;
    Ref<Node> root = this->hand_.walk("").take();
    EXPECT_TRUE(root->is_directory());
    EXPECT_EQ(&root->file_system(), this->made_.get());
    EXPECT_EQ(this->made_->root().take().get(), root.get());
    const Facts facts = this->hand_.facts(*root);
    EXPECT_EQ(facts.kind, NodeKind::directory);
    EXPECT_NE(facts.number, 0u);
    EXPECT_GE(facts.links, 2u);
    conformance::Shared guard(root->lock());
    EXPECT_EQ(root->parent().take().get(), root.get());
}

TYPED_TEST_P(FileSystemReads, FindsWhatIsThere) {
    using namespace uk;
    using namespace uk::vfs;
    std::set<uint64_t> numbers;
    for (const conformance::Plant& plant : this->tree_) {
        SCOPED_TRACE(plant.path);
        Result<Ref<Node>> found = this->hand_.walk(plant.path);
        ASSERT_TRUE(found.ok());
        Node& node = *found.value();
        const Facts facts = this->hand_.facts(node);
        EXPECT_EQ(node.kind(), plant.kind);
        EXPECT_EQ(facts.kind, plant.kind);
        EXPECT_EQ(facts.permissions, plant.permissions);
        EXPECT_TRUE(numbers.insert(facts.number).second) << "the number of another node";
        if (plant.kind == NodeKind::link) {
            EXPECT_EQ(node.target().take(), plant.text);
        } else if (plant.kind == NodeKind::regular) {
            EXPECT_EQ(facts.size, plant.text.size());
            EXPECT_EQ(facts.links, 1u);
            EXPECT_TRUE(this->hand_.read(plant.path).take() == plant.text);
        }
        const std::string where = conformance::Hand::split(plant.path).first;
        if (node.is_directory()) {
            conformance::Shared guard(node.lock());
            EXPECT_EQ(node.parent().take().get(), this->hand_.walk(where).take().get());
        }
    }
}

TYPED_TEST_P(FileSystemReads, NamesAreExact) {
    for (const char* path : {"ETC", "et", "etcc", "etc/passw", "etc/passwd2", "none/x", " ", "*"})
        EXPECT_EQ(this->hand_.walk(path).code(), uk::Errno::noent) << path;
    EXPECT_EQ(this->hand_.walk(std::string(254, 'n')).code(), uk::Errno::noent);
    EXPECT_EQ(this->hand_.walk(std::string("et\0c", 4)).code(), uk::Errno::noent);
}

TYPED_TEST_P(FileSystemReads, ListsEachOnce) {
    using namespace uk;
    using namespace uk::vfs;
    std::map<std::string, std::set<std::string>> expected{{"", {}}};
    for (const conformance::Plant& plant : this->tree_) {
        const auto [where, name] = conformance::Hand::split(plant.path);
        expected[where].insert(name);
        if (plant.kind == NodeKind::directory)
            expected[plant.path];
    }
    for (const auto& [path, names] : expected) {
        SCOPED_TRACE(path);
        for (const size_t step : {1, 2, 3, 1000}) {
            const auto all = this->hand_.list(path, step).take();
            std::set<std::string> seen;
            for (const conformance::Listed& one : all) {
                EXPECT_TRUE(seen.insert(one.name).second) << one.name << " comes twice";
                const std::string full = path.empty() ? one.name : path + "/" + one.name;
                const Facts facts = this->hand_.facts(full).take();
                EXPECT_EQ(one.number, facts.number);
                EXPECT_EQ(one.kind, facts.kind);
                EXPECT_NE(one.next, 0u);
            }
            EXPECT_EQ(seen, names);
        }
    }
}

TYPED_TEST_P(FileSystemReads, KnowsTheNamesOfItsChildren) {
    using namespace uk;
    using namespace uk::vfs;
    for (const conformance::Plant& plant : this->tree_) {
        const auto [where, name] = conformance::Hand::split(plant.path);
        Ref<Node> directory = this->hand_.walk(where).take();
        Ref<Node> child = this->hand_.walk(plant.path).take();
        char room[kMostName];
        conformance::Shared guard(directory->lock());
        const size_t size = directory->name_of(*child, room).take();
        EXPECT_EQ(std::string(room, size), name);
        EXPECT_EQ(directory->name_of(*child, std::span(room, size - 1)).code(), Errno::range);
        EXPECT_EQ(directory->name_of(*directory, room).code(), Errno::noent);
    }
    Ref<Node> other = this->hand_.walk("none").take();
    Ref<Node> stranger = this->hand_.walk("etc/passwd").take();
    char room[kMostName];
    conformance::Shared guard(other->lock());
    EXPECT_EQ(other->name_of(*stranger, room).code(), Errno::noent);
}

TYPED_TEST_P(FileSystemReads, ReadsAnyPart) {
    const std::string all = uk::vfs::conformance::pattern(300'001, 2);
    for (const uint64_t at : {0, 1, 4095, 4096, 4097, 65'536, 299'999, 300'000})
        for (const size_t size : {0, 1, 100, 4096, 5000, 400'000})
            EXPECT_TRUE(this->hand_.read("bin/large", at, size).take() == all.substr(at, size))
                << size << " at " << at;
    EXPECT_EQ(this->hand_.read("bin/large", 300'001, 10).take(), "");
    EXPECT_EQ(this->hand_.read("bin/large", ~uint64_t{0} >> 1, 10).take(), "");
    EXPECT_EQ(this->hand_.read("etc/empty", 0, 10).take(), "");
}

TYPED_TEST_P(FileSystemReads, ReadsIntoManyPieces) {
    using namespace uk;
    Ref<vfs::Node> node = this->hand_.walk("bin/large").take();
    std::string text(9000, '?');
    const IoPiece pieces[] = {
        {text.data(), 1}, {nullptr, 0}, {text.data() + 1, 4999}, {text.data() + 5000, 4000}};
    IoPieces to(pieces, IoMemory::kernel);
    vfs::conformance::Shared guard(node->lock());
    EXPECT_EQ(node->read(to, 10).take(), 9000u);
    EXPECT_TRUE(text == vfs::conformance::pattern(300'001, 2).substr(10, 9000));
}

TYPED_TEST_P(FileSystemReads, SeekKeepsWithinTheFile) {
    uk::Ref<uk::vfs::Node> node = this->hand_.walk("bin/large").take();
    uk::vfs::conformance::Shared guard(node->lock());
    EXPECT_EQ(node->seek(5, false).take(), 5u) << "these bytes are data";
    EXPECT_EQ(node->seek(0, true).take(), 300'001u);
}

TYPED_TEST_P(FileSystemReads, AppearsInMemory) {
    using namespace uk;
    Ref<vfs::Node> node = this->hand_.walk("bin/large").take();
    vmem::Pager* pager = node->pager();
    if (pager == nullptr)
        GTEST_SKIP() << "its files cannot be mapped";
    pager->hold();
    const std::string all = vfs::conformance::pattern(300'001, 2);
    std::vector<std::byte> page(kPageSize);
    for (const uint64_t at : {uint64_t{0}, uint64_t{8192}, uint64_t{73} * 4096}) {
        ASSERT_TRUE(pager->fill(at, page).ok());
        std::string expected = all.substr(at, kPageSize);
        expected.resize(kPageSize, '\0');
        EXPECT_EQ(memcmp(page.data(), expected.data(), kPageSize), 0);
    }
    EXPECT_FALSE(pager->fill(74 * 4096, page).ok());
    pager->drop();
}

TYPED_TEST_P(FileSystemReads, SaysWhatItIs) {
    const uk::vfs::FileSystemFacts usage = this->hand_.usage();
    EXPECT_NE(usage.magic, 0u);
    EXPECT_NE(usage.block, 0u);
    EXPECT_LE(usage.blocks_free, usage.blocks);
    EXPECT_LE(usage.nodes_free, usage.nodes);
    EXPECT_NE(this->made_->name(), nullptr);
    EXPECT_TRUE(this->made_->sync().ok());
}

TYPED_TEST_P(FileSystemReads, ManyReaders) {
    std::vector<std::thread> threads;
    for (unsigned number = 0; number < 4; number++) {
        threads.emplace_back([&, number] {
            for (unsigned i = 0; i < 40; i++) {
                const auto& plant = this->tree_[(i * 7 + number) % this->tree_.size()];
                auto node = this->hand_.walk(plant.path);
                ASSERT_TRUE(node.ok());
                if (plant.kind == uk::vfs::NodeKind::regular) {
                    ASSERT_TRUE(this->hand_.read(*node.value(), 0, 400'000).take() == plant.text);
                } else if (plant.kind == uk::vfs::NodeKind::directory) {
                    ASSERT_TRUE(this->hand_.list(plant.path).ok());
                }
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
}

REGISTER_TYPED_TEST_SUITE_P(FileSystemReads, RootIsADirectory, FindsWhatIsThere, NamesAreExact,
                            ListsEachOnce, KnowsTheNamesOfItsChildren, ReadsAnyPart,
                            ReadsIntoManyPieces, SeekKeepsWithinTheFile, AppearsInMemory,
                            SaysWhatItIs, ManyReaders);

#endif // UK_HOST_TEST
