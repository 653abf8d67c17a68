// SPDX-License-Identifier: BSD-3-Clause
// Archives made member by member, right ones and wrong ones.
#pragma once

#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

namespace uk::cpio::tests {

struct Member {
    std::string name{};
    std::string content{};
    uint32_t mode = 0100644;
    uint32_t inode = 1;
    uint32_t links = 1;
    uint32_t sum = 0;
    uint32_t mtime = 1234567890;
    uint32_t uid = 7;
    uint32_t gid = 8;
    uint32_t major = 3;
    uint32_t minor = 4;
    uint32_t device_major = 0;
    uint32_t device_minor = 0;
    std::string magic = "070701";
};

class Archive {
  public:
    Archive& add(const Member& member) {
        std::string header = member.magic;
        const std::string name = member.name + '\0';
        for (uint32_t number :
             {member.inode, member.mode, member.uid, member.gid, member.links, member.mtime,
              static_cast<uint32_t>(member.content.size()), member.major, member.minor,
              member.device_major, member.device_minor, static_cast<uint32_t>(name.size()),
              member.sum}) {
            char digits[9];
            snprintf(digits, sizeof digits, "%08X", number);
            header += digits;
        }
        put(header + name);
        put(member.content);
        return *this;
    }
    Archive& end() { return add({.name = "TRAILER!!!", .mode = 0}); }
    Archive& zeros(size_t count) {
        text_.append(count, '\0');
        return *this;
    }
    Archive& raw(std::string_view text) {
        text_ += text;
        return *this;
    }
    [[nodiscard]] std::string& text() { return text_; }
    [[nodiscard]] std::span<const std::byte> bytes() const {
        return std::as_bytes(std::span(text_.data(), text_.size()));
    }

  private:
    void put(std::string_view part) {
        text_ += part;
        text_.append(-text_.size() % 4, '\0');
    }
    std::string text_;
};

} // namespace uk::cpio::tests
