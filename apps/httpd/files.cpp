// SPDX-License-Identifier: BSD-3-Clause
// Looks for files, keeps small ones, and says what replies tell about them.
#include "files.hpp"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <new>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <uk/http/file.hpp>

#include "text.hpp"

namespace httpd {

namespace {

using uk::http::Status;

constexpr std::string_view kIndex = "index.html"; // of a folder

uint64_t hash_of(std::string_view text) {
    uint64_t hash = 0xcbf29ce484222325; // FNV-1a
    for (const char each : text)
        hash = (hash ^ static_cast<unsigned char>(each)) * 0x100000001b3;
    return hash;
}

Status status_of(int error) {
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
    case ELOOP:
        return Status::not_found;
    case EACCES:
    case EPERM:
        return Status::forbidden;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
        return Status::unavailable;
    default:
        return Status::server_error;
    }
}

bool same(const File& file, const struct stat& facts) {
    return file.size == static_cast<uint64_t>(facts.st_size) && file.changed == facts.st_mtime &&
           file.changed_ns == facts.st_mtim.tv_nsec &&
           file.inode == static_cast<uint64_t>(facts.st_ino);
}

// The bytes of a file that is not longer than it said.
bool read_all(int fd, char* to, size_t size) {
    for (size_t done = 0; done < size;) {
        const ssize_t got = read(fd, to + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        done += static_cast<size_t>(got);
    }
    return true;
}

// What all replies about this file say. A tag of contents where they are known: files of an image
// have no times that tell them apart.
void describe(File& file, Text out) {
    Text tag(file.tag_room);
    tag.add("\"").add(file.size, 16).add("-");
    tag.add(file.cached ? hash_of(file.data)
                        : static_cast<uint64_t>(file.changed) * 1'000'000'000 +
                              static_cast<uint64_t>(file.changed_ns),
            16);
    tag.add("\"");
    file.tag = tag.view();
    const bool index = file.path.back() == '/';
    out.add("Content-Type: ").add(uk::http::content_type(index ? kIndex : file.path));
    out.add("\r\nETag: ").add(file.tag);
    if (file.changed > 0) {
        char date[uk::http::kDateSize];
        uk::http::format_date(file.changed, date);
        out.add("\r\nLast-Modified: ").add({date, sizeof date});
    }
    out.add("\r\nCache-Control: no-cache\r\nAccept-Ranges: bytes\r\n");
    file.fields = out.view();
}

} // namespace

bool Files::open(const char* root) {
    root_ = root;
    root_size_ = strlen(root);
    while (root_size_ > 0 && root[root_size_ - 1] == '/')
        root_size_--;
    struct stat facts {};
    if (root_size_ >= kMostPath) {
        errno = ENAMETOOLONG;
        return false;
    }
    if (stat(root, &facts) != 0)
        return false;
    if (!S_ISDIR(facts.st_mode)) {
        errno = ENOTDIR;
        return false;
    }
    return true;
}

File** Files::place_of(std::string_view path) {
    File** place = &buckets_[hash_of(path) % kBuckets];
    while (*place != nullptr && (*place)->path != path)
        place = &(*place)->next;
    return place;
}

void Files::use(File& file) {
    file.older = newest_;
    file.newer = nullptr;
    (newest_ != nullptr ? newest_->newer : oldest_) = &file;
    newest_ = &file;
}

void Files::unuse(File& file) {
    (file.newer != nullptr ? file.newer->older : newest_) = file.older;
    (file.older != nullptr ? file.older->newer : oldest_) = file.newer;
}

void Files::drop(File** place) {
    File* file = *place;
    *place = file->next;
    unuse(*file);
    bytes_ -= file->bytes;
    free(file);
}

const char* Files::full_path(std::string_view path) {
    const std::string_view behind = path.back() == '/' ? kIndex : "";
    if (root_size_ + path.size() + behind.size() >= kMostPath)
        return nullptr;
    memcpy(path_, root_, root_size_);
    memcpy(path_ + root_size_, path.data(), path.size());
    memcpy(path_ + root_size_ + path.size(), behind.data(), behind.size());
    path_[root_size_ + path.size() + behind.size()] = '\0';
    return path_;
}

File* Files::find(std::string_view path, int64_t now) {
    File* file = *place_of(path);
    if (file == nullptr || now - file->checked >= kCheckSeconds)
        return nullptr;
    if (file != newest_) {
        unuse(*file);
        use(*file);
    }
    return file;
}

int Files::open_file(const File& file) {
    const char* path = full_path(file.path);
    return path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
}

Status Files::load(std::string_view path, int64_t now, File*& file) {
    const char* full = full_path(path);
    struct stat facts {};
    if (full == nullptr)
        return Status::not_found;
    File** place = place_of(path);
    if (stat(full, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        const bool exists = facts.st_mode != 0;
        const Status status = exists ? Status::not_found : status_of(errno);
        if (*place != nullptr)
            drop(place);
        return exists && S_ISDIR(facts.st_mode) && path.back() != '/' ? Status::moved : status;
    }
    if (*place != nullptr && same(**place, facts)) {
        file = *place;
        file->checked = now;
        return Status::ok;
    }
    if (*place != nullptr)
        drop(place);

    const auto size = static_cast<uint64_t>(facts.st_size);
    const size_t kept = size <= kMostCachedFile ? static_cast<size_t>(size) : 0;
    constexpr size_t kFields = 256;
    const size_t bytes = sizeof(File) + kFields + path.size() + 1 + kept;
    while (oldest_ != nullptr && bytes_ + bytes > kMostCached)
        drop(place_of(oldest_->path));
    auto* memory = static_cast<char*>(malloc(bytes));
    if (memory == nullptr)
        return Status::unavailable;
    file = new (memory) File;
    char* fields = memory + sizeof(File);
    char* name = fields + kFields;
    memcpy(name, path.data(), path.size());
    file->size = size;
    file->inode = static_cast<uint64_t>(facts.st_ino);
    file->changed = facts.st_mtime;
    file->changed_ns = facts.st_mtim.tv_nsec;
    file->checked = now;
    file->bytes = bytes;
    file->path = {name, path.size()};
    file->data = {name + path.size() + 1, kept};
    file->cached = size <= kMostCachedFile;
    const int fd = open_file(*file);
    if (fd < 0 || (file->cached && !read_all(fd, name + path.size() + 1, kept))) {
        const Status status = fd < 0 ? status_of(errno) : Status::server_error;
        if (fd >= 0)
            close(fd);
        free(memory);
        return status;
    }
    close(fd);
    describe(*file, Text({fields, kFields}));
    bytes_ += bytes;
    File** bucket = &buckets_[hash_of(path) % kBuckets];
    file->next = *bucket;
    *bucket = file;
    use(*file);
    return Status::ok;
}

} // namespace httpd
