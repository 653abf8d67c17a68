// SPDX-License-Identifier: BSD-3-Clause
// Archives of cpio's formats newc ("070701") and crc ("070702"), read in place (cpio(5);
// Linux, Documentation/driver-api/early-userspace/buffer-format.rst). Several of them may stand one
// after the other, with zeros before, between and behind them.
//
// Pure: no memory, no locks, nothing global. A Reader belongs to one caller at a time; any number
// of them may read the same bytes. The bytes are outside input, and nothing of them is trusted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <uk/base/result.hpp>

namespace uk::cpio {

inline constexpr size_t kMostPath = 4095; // bytes of a path as it stands in the archive
inline constexpr size_t kMostName = 255;  // bytes of one of its components
inline constexpr size_t kAlign = 4;       // of headers and contents, from the first byte on

enum class Kind : uint8_t { file, folder, link, character_device, block_device, fifo, socket };

struct Device {
    uint32_t major = 0;
    uint32_t minor = 0;
    friend constexpr bool operator==(const Device&, const Device&) = default;
};

// What several names of one file have in common, and no two files of `archives`.
struct Identity {
    uint32_t archive = 0; // its number, from 0 on: numbers of files mean nothing in the next one
    Device device;
    uint32_t inode = 0;
    friend constexpr bool operator==(const Identity&, const Identity&) = default;
};

// One member. `path` and `content` point into the archive.
struct Entry {
    // Without "./" and "/" in front and without a "/" behind: components of 1 to kMostName bytes,
    // none of them "." or "..", with one "/" between two. "" is the folder that everything is in.
    std::string_view path;
    // A file's bytes; of a symbolic link where it leads (1 to kMostPath bytes, no NUL); of any
    // other kind nothing. Begins at a multiple of kAlign. Of a file with several names (`links`
    // above 1) only one carries the bytes, usually the last, and of the others this is empty.
    std::span<const std::byte> content;
    Identity identity;
    Device device;     // character_device, block_device: which one
    uint32_t mode = 0; // type and permissions, as in st_mode
    uint32_t uid = 0;
    uint32_t gid = 0;
    uint32_t links = 0; // names that the file had where it was archived
    uint32_t mtime = 0; // seconds since 1970
    uint32_t sum = 0;   // crc only: of the bytes of a file's content
    Kind kind = Kind::file;
    bool has_sum = false;
    size_t offset = 0; // of its header

    [[nodiscard]] std::string_view text() const {
        return {reinterpret_cast<const char*>(content.data()), content.size()};
    }
    [[nodiscard]] bool has_other_names() const { return kind == Kind::file && links > 1; }
};

struct Problem {
    size_t offset = 0;          // of the header that has it, from the first byte of the archives
    const char* text = nullptr; // what is wrong with it, as in "... at byte 512: a path with '..'"
};

// Goes through the members in their order:
//
//     cpio::Reader reader(bytes);
//     for (Result<cpio::Entry> entry = reader.next(); entry.ok(); entry = reader.next()) { ... }
//     if (reader.problem().text != nullptr) { ... damaged ... }
//
// Each step takes constant time but for the path's length, and the zeros between archives.
class Reader {
  public:
    explicit constexpr Reader(std::span<const std::byte> archives) : bytes_(archives) {}

    // The next member. Errors: ENODATA (that was the last one), EINVAL (damaged, see problem()).
    // After an error every further call gives the same one.
    [[nodiscard]] Result<Entry> next();

    // Of an EINVAL; `text` is null before.
    [[nodiscard]] const Problem& problem() const { return problem_; }

  private:
    struct Header;
    struct Extent;

    Result<> to_header();
    Result<Entry> read_member();
    Result<Header> read_header();
    Result<> read_content(const Header& header, const Extent& extent, Entry& entry);
    Error damaged(const char* text);

    std::span<const std::byte> bytes_;
    size_t at_ = 0;
    uint32_t archive_ = 0;
    bool inside_ = false; // an archive that has not ended yet
    Problem problem_;
};

// Whether the bytes of a file of the format crc are those that were archived. True where there is
// no sum. Reads all of them.
[[nodiscard]] bool sum_is_right(const Entry& entry);

// The member of this path (as in Entry::path; "./" and "/" in front are left out) that comes last,
// which is the one that counts where a path stands several times. A file has its content, whichever
// of its names carries that. Symbolic links are not followed. Goes through everything, for several
// names twice. Errors: ENOENT, EINVAL (damaged; `problem`, if it is not null, says where).
[[nodiscard]] Result<Entry> find(std::span<const std::byte> archives, std::string_view path,
                                 Problem* problem = nullptr);

} // namespace uk::cpio
