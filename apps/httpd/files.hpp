// SPDX-License-Identifier: BSD-3-Clause
// Files below the root, with what replies say about them. Small ones are kept in memory, so that a
// page costs no call but the one that sends it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <uk/http/request.hpp>

namespace httpd {

inline constexpr size_t kMostCachedFile = 16 * 1024; // larger ones are sent from their descriptor
inline constexpr size_t kMostCached = 256 * 1024;    // of all together
inline constexpr int64_t kCheckSeconds = 1;          // so often a kept file is looked at again

// Belongs to the cache, which may drop it at its next load().
struct File {
    File* next = nullptr;  // of its bucket
    File* newer = nullptr; // by last use
    File* older = nullptr;
    uint64_t size = 0, inode = 0;
    int64_t changed = 0, changed_ns = 0; // when
    int64_t checked = 0;                 // the second when it was last looked at
    size_t bytes = 0;                    // of memory that this takes
    char tag_room[40] = {};
    std::string_view path, tag, fields, data; // `tag` has quotes, each of `fields` its end
    bool cached = false;                      // `data` is there
};

class Files {
  public:
    // `root` lives for ever. False: it is no folder; errno says why.
    bool open(const char* root);

    // The file as it was kIsCheckSeconds ago at most, if it is known and has not to be looked at
    // again; else null. Drops nothing. `now`: seconds.
    File* find(std::string_view path, int64_t now);
    // Looks into the file system. May drop all other files. Errors: not_found, moved (it is a
    // folder, and `path` does not end in a slash), forbidden, server_error, unavailable.
    uk::http::Status load(std::string_view path, int64_t now, File*& file);
    // A descriptor of the file, or -1.
    int open_file(const File& file);

  private:
    static constexpr size_t kBuckets = 64;
    static constexpr size_t kMostPath = 1024;

    File** place_of(std::string_view path);
    const char* full_path(std::string_view path);
    void drop(File** place);
    void use(File& file);
    void unuse(File& file);

    const char* root_ = nullptr;
    size_t root_size_ = 0, bytes_ = 0;
    File* buckets_[kBuckets] = {};
    File* newest_ = nullptr;
    File* oldest_ = nullptr;
    char path_[kMostPath];
};

} // namespace httpd
