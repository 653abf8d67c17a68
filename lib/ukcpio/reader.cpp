// SPDX-License-Identifier: BSD-3-Clause
// Members one by one. Every number is checked before it is used; all are 32 bits wide, so that sums
// of a few of them cannot overflow.
#include <uk/cpio/reader.hpp>

#include <uk/base/bits.hpp>
#include <uk/base/minmax.hpp>
#include <uk/string.h>

#include "path.hpp"

namespace uk::cpio {

static_assert(sizeof(size_t) == 8);

// Of the 13 numbers in front of each member, in their order.
struct Reader::Header {
    uint32_t inode, mode, uid, gid, links, mtime, size, major, minor, device_major, device_minor,
        name_size, sum;
    bool has_sum;
};

// Where a member's parts lie.
struct Reader::Extent {
    size_t name;
    size_t content;
    size_t end;
};

namespace {

constexpr size_t kMagicSize = 6;
constexpr size_t kDigits = 8;
constexpr size_t kNumbers = 13;
constexpr size_t kHeaderSize = kMagicSize + kNumbers * kDigits;
constexpr std::string_view kNewc = "070701";
constexpr std::string_view kCrc = "070702";
constexpr std::string_view kTrailer = "TRAILER!!!";
constexpr uint32_t kTypeMask = 0170000;
constexpr uint32_t kModeMask = 0177777;

// All eight digits at once, one in each byte of a word: most of what an archive costs to read are
// its numbers. Of '0'..'9' the low four bits are the value, of letters that and 9; from a value
// back to its digit nothing but a digit comes out as it was.
bool read_number(const char* digits, uint32_t& number) {
    constexpr uint64_t kOnes = 0x0101010101010101;
    uint64_t word = 0;
    static_assert(sizeof(word) == kDigits && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
    __builtin_memcpy(&word, digits, sizeof(word));
    const uint64_t letters = word >> 6 & kOnes;
    const uint64_t values = (word & 0x0f * kOnes) + 9 * letters;
    const uint64_t lower = word | letters << 5;
    if (values + '0' * kOnes + ('a' - '9' - 1) * letters != lower ||
        ((values + 6 * kOnes) >> 4 & kOnes) != letters || (values & 0xf0 * kOnes) != 0)
        return false;
    uint64_t packed = __builtin_bswap64(values);
    packed = (packed | packed >> 4) & 0x00ff00ff00ff00ff;
    packed = (packed | packed >> 8) & 0x0000ffff0000ffff;
    number = static_cast<uint32_t>(packed | packed >> 16);
    return true;
}

bool kind_of(uint32_t mode, Kind& kind) {
    switch (mode & kTypeMask) {
    case 0100000:
        kind = Kind::file;
        return true;
    case 0040000:
        kind = Kind::folder;
        return true;
    case 0120000:
        kind = Kind::link;
        return true;
    case 0020000:
        kind = Kind::character_device;
        return true;
    case 0060000:
        kind = Kind::block_device;
        return true;
    case 0010000:
        kind = Kind::fifo;
        return true;
    case 0140000:
        kind = Kind::socket;
        return true;
    default:
        return false;
    }
}

// What is wrong with a path, or null.
const char* fault_of(std::string_view path) {
    while (!path.empty()) {
        const size_t slash = path.find('/');
        const std::string_view name = path.substr(0, slash);
        if (name.empty()) {
            return "a path with '//'";
        }
        if (name == "." || name == "..") {
            return name.size() == 1 ? "a path with '.' inside" : "a path with '..'";
        }
        if (name.size() > kMostName) {
            return "a name of more than 255 bytes";
        }
        if (slash == std::string_view::npos) {
            return nullptr;
        }
        path.remove_prefix(slash + 1);
        if (path.empty()) {
            return "a path with '//'";
        }
    }
    return nullptr;
}

// What stands where an archive should begin.
const char* fault_of_beginning(std::span<const std::byte> bytes) {
    struct Magic {
        std::string_view bytes;
        const char* text;
    };
    constexpr Magic kOthers[] = {
        {"070707", "an archive of the old format odc; 'cpio -H newc' writes the one that is read"},
        {"\xc7\x71",
         "an archive of the old binary format; 'cpio -H newc' writes the one that is read"},
        {"\x1f\x8b", "compressed (gzip); only archives as they are can be read in place"},
        {"\xfd"
         "7zXZ",
         "compressed (xz); only archives as they are can be read in place"},
        {"\x28\xb5\x2f\xfd", "compressed (zstd); only archives as they are can be read in place"},
        {"\x04\x22\x4d\x18", "compressed (lz4); only archives as they are can be read in place"},
        {"\x02\x21\x4c\x18", "compressed (lz4); only archives as they are can be read in place"},
        {"BZh", "compressed (bzip2); only archives as they are can be read in place"},
    };
    const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    for (const Magic& other : kOthers) {
        if (text.starts_with(other.bytes)) {
            return other.text;
        }
    }
    return "neither an archive of the formats newc and crc nor zeros";
}

} // namespace

Error Reader::damaged(const char* text) {
    problem_ = {at_, text};
    return Errno::inval;
}

// Leaves at_ at a header. Between archives there may be zeros.
Result<> Reader::to_header() {
    if (!inside_) {
        while (at_ < bytes_.size() && bytes_[at_] == std::byte{0}) {
            at_++;
        }
        if (at_ == bytes_.size()) {
            return Errno::nodata;
        }
    }
    if (bytes_.size() - at_ < kMagicSize) {
        return damaged(inside_ ? "it ends without TRAILER!!!"
                               : fault_of_beginning(bytes_.subspan(at_)));
    }
    const std::string_view magic{reinterpret_cast<const char*>(bytes_.data()) + at_, kMagicSize};
    if (magic != kNewc && magic != kCrc) {
        return damaged(inside_ ? "no header where the next one should be"
                               : fault_of_beginning(bytes_.subspan(at_)));
    }
    if (!is_aligned(at_, kAlign)) {
        return damaged("an archive that does not begin at a multiple of 4 bytes");
    }
    return {};
}

Result<Reader::Header> Reader::read_header() {
    if (bytes_.size() - at_ < kHeaderSize) {
        return damaged("a header that is cut off");
    }
    const char* text = reinterpret_cast<const char*>(bytes_.data()) + at_;
    Header header{};
    uint32_t* const numbers[kNumbers] = {
        &header.inode,        &header.mode,      &header.uid,   &header.gid,   &header.links,
        &header.mtime,        &header.size,      &header.major, &header.minor, &header.device_major,
        &header.device_minor, &header.name_size, &header.sum};
    for (size_t i = 0; i < kNumbers; i++) {
        if (!read_number(text + kMagicSize + i * kDigits, *numbers[i])) {
            return damaged("a number that is not 8 hexadecimal digits");
        }
    }
    header.has_sum = std::string_view(text, kMagicSize) == kCrc;
    return header;
}

// Also checks that nothing is in it that its kind does not have.
Result<> Reader::read_content(const Header& header, const Extent& extent, Entry& entry) {
    if (header.mode > kModeMask || !kind_of(header.mode, entry.kind)) {
        return damaged("a mode that says no known kind of file");
    }
    entry.content = bytes_.subspan(extent.content, header.size);
    if (entry.kind == Kind::link) {
        if (header.size == 0 || header.size > kMostPath ||
            memchr(entry.content.data(), 0, header.size) != nullptr) {
            return damaged("a symbolic link that leads to no path of 1 to 4095 bytes");
        }
    } else if (entry.kind != Kind::file && header.size != 0) {
        return damaged("something with content that is neither file nor symbolic link");
    }
    return {};
}

// At a header. Leaves at_ behind the member; a member without a path is the end of the archive.
Result<Entry> Reader::read_member() {
    const Header header = UK_TRY(read_header());
    if (header.name_size < 2 || header.name_size > kMostPath + 1) {
        return damaged("a path that is not 1 to 4095 bytes long");
    }
    Extent extent{};
    extent.name = at_ + kHeaderSize;
    if (bytes_.size() - extent.name < header.name_size) {
        return damaged("a path that is cut off");
    }
    const char* const name = reinterpret_cast<const char*>(bytes_.data()) + extent.name;
    if (strnlen(name, header.name_size) != header.name_size - 1) {
        return damaged("a path whose length is not what its header says");
    }
    std::string_view path{name, header.name_size - 1};
    extent.content = align_up(extent.name + header.name_size, kAlign);
    if (path == kTrailer) {
        if (header.size != 0) {
            return damaged("a TRAILER!!! with content");
        }
        at_ = min(extent.content, bytes_.size()); // the last zeros may be missing
        inside_ = false;
        archive_++;
        return Entry{};
    }
    if (bytes_.size() < extent.content || bytes_.size() - extent.content < header.size) {
        return damaged("content that is cut off");
    }
    extent.end = align_up(extent.content + header.size, kAlign);
    path = without_ends(path);
    if (const char* fault = fault_of(path); fault != nullptr) {
        return damaged(fault);
    }
    Entry entry;
    UK_TRY(read_content(header, extent, entry));
    if (path.empty() && entry.kind != Kind::folder) {
        return damaged("'.' that is not a folder");
    }
    entry.path = path;
    entry.identity = {archive_, {header.major, header.minor}, header.inode};
    entry.device = {header.device_major, header.device_minor};
    entry.mode = header.mode;
    entry.uid = header.uid;
    entry.gid = header.gid;
    entry.links = header.links;
    entry.mtime = header.mtime;
    entry.sum = header.sum;
    entry.has_sum = header.has_sum;
    entry.offset = at_;
    at_ = min(extent.end, bytes_.size());
    return entry;
}

Result<Entry> Reader::next() {
    if (problem_.text != nullptr) {
        return Errno::inval;
    }
    for (;;) {
        UK_TRY(to_header());
        inside_ = true;
        Entry entry = UK_TRY(read_member());
        if (inside_) {
            return entry;
        }
    }
}

bool sum_is_right(const Entry& entry) {
    // Other names of a file carry its sum or 0, as the tool likes.
    if (!entry.has_sum || entry.kind != Kind::file || entry.content.empty()) {
        return true;
    }
    uint32_t sum = 0;
    for (std::byte byte : entry.content) {
        sum += static_cast<uint32_t>(byte);
    }
    return sum == entry.sum;
}

} // namespace uk::cpio
