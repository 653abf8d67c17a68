// SPDX-License-Identifier: BSD-3-Clause
// /dev through the core: what is there, and what each device does.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include <uk/abi/fcntl.h>
#include <uk/abi/stat.h>
#include <uk/abi/unistd.h>
#include <uk/devfs/device.hpp>
#include <uk/devfs/devfs.hpp>
#include <uk/random.hpp>
#include <uk/vfs/conformance_changes.hpp>
#include <uk/vfs/operations.hpp>

namespace {

bool g_has_entropy = true;
uint8_t g_next = 0;

} // namespace

// Random numbers that are none.
uk::Result<> uk::random::fill(std::span<std::byte> out) {
    if (!g_has_entropy)
        return Errno::again;
    for (std::byte& byte : out)
        byte = std::byte{++g_next};
    return ok();
}

namespace {

using uk::Errno;
using uk::vfs::NodeKind;

struct DevUnderTest {
    using Made = uk::Result<uk::Ref<uk::vfs::FileSystem>>;
    static Made make(const uk::vfs::conformance::Planted& tree) {
        uk::Ref<uk::vfs::FileSystem> made = UK_TRY(uk::devfs::mount({}));
        uk::vfs::conformance::Hand hand(*made);
        for (const auto& one : UK_TRY(hand.list("")))
            UK_TRY(hand.remove(one.name)); // the suites want it empty
        for (const uk::vfs::conformance::Plant& plant : tree) {
            uk::Ref<uk::vfs::Node> node = UK_TRY(hand.create(
                plant.path,
                {.kind = plant.kind, .permissions = plant.permissions, .target = plant.text}));
            if (plant.kind == NodeKind::regular)
                UK_TRY(hand.write(*node, plant.text, 0));
        }
        return made;
    }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Dev, FileSystemReads, testing::Types<DevUnderTest>);
INSTANTIATE_TYPED_TEST_SUITE_P(Dev, FileSystemChanges, testing::Types<DevUnderTest>);

class DevFs : public testing::Test {
  protected:
    DevFs() {
        auto file_system = uk::devfs::mount({}).take();
        auto root = file_system->root().take();
        root_ = UK_MUST(table_.mount({}, std::move(file_system), std::move(root), 0, "devfs"));
        g_has_entropy = true;
    }
    ~DevFs() override {
        root_ = {};
        table_.clear();
    }
    uk::vfs::At at() { return {.root = root_, .start = root_, .table = table_}; }
    uk::Ref<uk::File> open(std::string_view path, uint32_t flags = UK_O_RDWR) {
        return uk::vfs::open(at(), path, flags, 0).take();
    }
    static uk::Result<std::string> read(uk::File& file, size_t most) {
        std::string text(most, '?');
        const uk::IoPiece piece{text.data(), most};
        uk::IoPieces pieces({&piece, 1}, uk::IoMemory::kernel);
        text.resize(UK_TRY(file.read(pieces)));
        return text;
    }
    static uk::Result<size_t> write(uk::File& file, std::string text) {
        const uk::IoPiece piece{text.data(), text.size()};
        uk::IoPieces pieces({&piece, 1}, uk::IoMemory::kernel);
        return file.write(pieces);
    }

    uk::vfs::MountTable table_;
    uk::vfs::Place root_;
};

TEST_F(DevFs, HasTheUsualNodes) {
    uk_stat facts;
    for (const auto& [name, device] : {std::pair{"null", 0x103u},
                                       {"zero", 0x105u},
                                       {"full", 0x107u},
                                       {"random", 0x108u},
                                       {"urandom", 0x109u}}) {
        const uk::vfs::Place place = UK_MUST(uk::vfs::find(at(), name));
        uk::vfs::stat(place, facts);
        EXPECT_EQ(facts.st_mode, UK_S_IFCHR | 0666u) << name;
        EXPECT_EQ(facts.st_rdev, device) << name;
    }
    uk::vfs::stat(UK_MUST(uk::vfs::find(at(), "shm")), facts);
    EXPECT_EQ(facts.st_mode, UK_S_IFDIR | 01777u);
}

TEST_F(DevFs, NullTakesAllAndGivesNothing) {
    auto file = open("null");
    EXPECT_EQ(write(*file, std::string(100'000, 'x')).take(), 100'000u);
    EXPECT_EQ(read(*file, 10).take(), "");
    EXPECT_EQ(file->seek(5, UK_SEEK_SET).take(), 0u);
    auto reader = open("null", UK_O_RDONLY);
    EXPECT_EQ(write(*reader, "x").code(), Errno::badf);
}

TEST_F(DevFs, ZeroAndFull) {
    for (const char* name : {"zero", "full"}) {
        auto file = open(name);
        EXPECT_EQ(read(*file, 70'000).take(), std::string(70'000, '\0'));
        EXPECT_EQ(read(*file, 0).take(), "");
    }
    EXPECT_EQ(write(*open("zero"), "abc").take(), 3u);
    EXPECT_EQ(write(*open("full"), "abc").code(), Errno::nospc);
    EXPECT_EQ(write(*open("full"), "").code(), Errno::nospc); // as on Linux
}

TEST_F(DevFs, ZeroIsMappedAsMemory) {
    const auto map = [&](int mode, bool shared, bool write, uk::vmem::MapRequest& request) {
        request = {.size = 4096, .protection = {.write = write}};
        request.offset = 8192;
        request.shared = shared;
        return open("zero", static_cast<uint32_t>(mode))->map(request).code();
    };
    uk::vmem::MapRequest request;
    for (const bool shared : {false, true}) {
        ASSERT_EQ(map(UK_O_RDWR, shared, true, request), Errno::ok);
        EXPECT_EQ(request.kind, uk::vmem::Kind::anonymous);
        EXPECT_TRUE(request.write_allowed && !request.shared && request.pager == nullptr);
        EXPECT_EQ(request.offset, 0u);
        EXPECT_EQ(map(UK_O_WRONLY, shared, true, request), Errno::acces);
    }
    EXPECT_EQ(map(UK_O_RDONLY, false, true, request), Errno::ok);
    EXPECT_EQ(map(UK_O_RDONLY, true, true, request), Errno::acces);
    EXPECT_EQ(map(UK_O_RDONLY, true, false, request), Errno::ok);
    EXPECT_FALSE(request.write_allowed);
    request = {.size = 4096};
    EXPECT_EQ(open("null")->map(request).code(), Errno::nodev);
}

TEST_F(DevFs, RandomSaysWhenThereIsNoneYet) {
    for (const char* name : {"random", "urandom"}) {
        auto file = open(name);
        const std::string bytes = read(*file, 3000).take();
        EXPECT_EQ(bytes.size(), 3000u);
        EXPECT_EQ(static_cast<uint8_t>(bytes[1] - bytes[0]), 1);
        EXPECT_NE(bytes[2999], '?');
        EXPECT_EQ(write(*file, "seed").take(), 4u);
        g_has_entropy = false;
        EXPECT_EQ(read(*file, 10).code(), Errno::again);
        g_has_entropy = true;
    }
}

TEST_F(DevFs, ANodeElsewhereIsTheSameDevice) {
    ASSERT_TRUE(uk::vfs::make_node(at(), "shm/mine", NodeKind::character, 0600, 0x103).ok());
    EXPECT_EQ(write(*open("shm/mine"), "abc").take(), 3u);
    ASSERT_TRUE(uk::vfs::make_node(at(), "shm/none", NodeKind::character, 0600, 0x9999).ok());
    EXPECT_EQ(uk::vfs::open(at(), "shm/none", UK_O_RDONLY, 0).code(), Errno::nxio);
}

} // namespace
