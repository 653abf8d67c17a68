// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target: any bytes as archives; also such as have a right frame around wrong members. What is
// given out must be clean, readable and inside, and the reader must come to an end.
#include <uk/cpio/reader.hpp>

#include <cstdlib>
#include <cstring>
#include <vector>

#include "archive.hpp"

namespace {

using uk::Result;
using uk::cpio::Entry;
using uk::cpio::Kind;

void expect(bool truth) {
    if (!truth) {
        abort();
    }
}

bool is_clean(std::string_view path) {
    if (path.empty()) {
        return true;
    }
    for (;;) {
        const size_t slash = path.find('/');
        const std::string_view name = path.substr(0, slash);
        if (name.empty() || name == "." || name == ".." || name.size() > uk::cpio::kMostName ||
            name.find('\0') != std::string_view::npos) {
            return false;
        }
        if (slash == std::string_view::npos) {
            return true;
        }
        path.remove_prefix(slash + 1);
    }
}

void check(std::span<const std::byte> bytes) {
    uk::cpio::Reader reader(bytes);
    size_t last = 0, count = 0;
    Result<Entry> entry = reader.next();
    for (; entry.ok(); entry = reader.next()) {
        const Entry& e = entry.value();
        expect(count == 0 || e.offset > last);
        last = e.offset;
        expect(++count <= bytes.size() / 112);
        expect(is_clean(e.path) && e.path.size() <= uk::cpio::kMostPath);
        const auto at = static_cast<size_t>(e.content.data() - bytes.data());
        expect(at % 4 == 0 && at <= bytes.size() && e.content.size() <= bytes.size() - at);
        expect(e.kind == Kind::file || e.kind == Kind::link || e.content.empty());
        (void)sum_is_right(e); // reads all of it
        if (count < 4) {
            Result<Entry> found = uk::cpio::find(bytes, e.path);
            expect(found.ok() ? found.value().path == e.path : found.code() == uk::Errno::inval);
        }
    }
    expect((entry.code() == uk::Errno::nodata) == (reader.problem().text == nullptr));
    expect(reader.problem().offset <= bytes.size());
}

// Words of the input become members, most of them right.
std::string framed(const uint8_t* data, size_t size) {
    uk::cpio::tests::Archive archive;
    size_t at = 0;
    auto byte = [&] { return at < size ? data[at++] : uint8_t{0}; };
    constexpr uint32_t kModes[] = {0100644, 040755, 0120777, 0100600, 020666, 0170000, 010600, 0};
    while (at < size) {
        uk::cpio::tests::Member member;
        for (size_t left = byte() % 24; left > 0; left--) {
            constexpr char kLetters[] = "ab./..\0/";
            member.name += kLetters[byte() % 8];
        }
        member.content = std::string(byte() % 40, 'c');
        member.mode = kModes[byte() % 8];
        member.inode = byte() % 4;
        member.links = byte() % 4;
        archive.add(member);
        const uint8_t what = byte();
        if (what % 8 == 0) {
            archive.end().zeros(what);
        } else if (what % 32 == 1 && !archive.text().empty()) {
            archive.text()[what * 37U % archive.text().size()] ^= static_cast<char>(1 << what % 8);
        }
    }
    return archive.end().text();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::vector<uint8_t> exact(data, data + size); // its end is watched
    check(std::as_bytes(std::span(exact)));
    const std::string text = framed(data, size);
    check(std::as_bytes(std::span(text.data(), text.size())));
    return 0;
}
