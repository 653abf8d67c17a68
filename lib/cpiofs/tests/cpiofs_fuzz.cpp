// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target: words of the input become members of an archive, most of them right, which is
// mounted in place and as a copy. Both trees are gone through: what both drivers take is the same,
// and nothing is left behind.
#include <cstdlib>

#include <uk/cpiofs/source.hpp>
#include <uk/fakes/frames.hpp>
#include <uk/fakes/heap.hpp>

#include "archive_tree.hpp"

namespace {

using uk::vfs::conformance::Hand;

void expect(bool truth) {
    if (!truth)
        abort();
}

std::string framed(const uint8_t* data, size_t size) {
    Archive archive;
    size_t at = 0;
    auto byte = [&] { return at < size ? data[at++] : uint8_t{0}; };
    constexpr uint32_t kModes[] = {0100644, 040755,  0120777, 040700,
                                   020666,  0100600, 010600,  0140600};
    while (at < size) {
        Member member;
        const char* const names[] = {"a", "b", "c"};
        for (size_t left = 1 + byte() % 3; left > 0; left--)
            member.name += (member.name.empty() ? "" : "/") + std::string(names[byte() % 3]);
        member.mode = kModes[byte() % 8];
        if ((member.mode & 0170000) == 0100000 || (member.mode & 0170000) == 0120000)
            member.content = std::string(byte() % 40, 'c');
        member.inode = byte() % 4;
        member.links = byte() % 4;
        archive.add(member);
        const uint8_t what = byte();
        if (what % 16 == 0)
            archive.end().zeros(what);
        else if (what == 1)
            archive.text()[what * 37U % archive.text().size()] ^= static_cast<char>(1 << what % 8);
    }
    return archive.end().text();
}

// All that is in a tree, as one text.
std::string told(Hand& hand, const std::string& path, unsigned depth) {
    std::string text;
    auto all = hand.list(path);
    if (!all.ok())
        return "refused";
    expect(depth < 5);
    for (const auto& one : all.value()) {
        const std::string full = path.empty() ? one.name : path + "/" + one.name;
        const uk::vfs::Facts facts = hand.facts(full).take();
        text += full + " " + std::to_string(static_cast<unsigned>(facts.kind)) + " " +
                std::to_string(facts.links) + "\n";
        if (facts.kind == uk::vfs::NodeKind::regular)
            text += hand.read(full).take() + "\n";
        if (facts.kind == uk::vfs::NodeKind::link)
            text += std::string(hand.walk(full).take()->target().take()) + "\n";
        if (facts.kind == uk::vfs::NodeKind::directory)
            text += told(hand, full, depth + 1);
    }
    return text;
}

void check(const std::string& archive) {
    const auto bytes = std::as_bytes(std::span(archive));
    const size_t held = uk::fakes::heap_live_blocks() + uk::fakes::frames_live();
    {
        auto in_place = uk::cpiofs::mount_in_place(bytes, {}).take();
        auto copied = uk::cpiofs::mount_extracted(bytes, {});
        Hand hand(*in_place);
        const std::string text = told(hand, "", 0);
        expect(copied.ok() == (text != "refused"));
        if (copied.ok()) {
            Hand other(*copied.value());
            expect(told(other, "", 0) == text);
        }
    }
    expect(uk::fakes::heap_live_blocks() + uk::fakes::frames_live() == held);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    check(std::string(data, data + size));
    check(framed(data, size));
    return 0;
}
