// SPDX-License-Identifier: BSD-3-Clause
// Control data of messages (cmsg(3)): reading those that come from the application, which are not
// trusted, and writing those that go there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/abi/socket.h>
#include <uk/base/minmax.hpp>
#include <uk/base/result.hpp>
#include <uk/string.h>
#include <uk/user.hpp>

namespace uk {

// One control message: struct uk_cmsghdr and its data.
struct ControlMessage {
    int level = 0;
    int type = 0;
    std::span<const std::byte> data;
};

inline constexpr size_t kControlHead = sizeof(uk_cmsghdr);
// With its head and padding: CMSG_SPACE().
constexpr size_t control_space(size_t data) {
    return kControlHead + ((data + 7) & ~size_t{7});
}

// Goes from one to the next:
//
//     ControlReader reader(message.control);
//     while (UK_TRY(reader.next(one))) ...
class ControlReader {
  public:
    explicit constexpr ControlReader(std::span<const std::byte> bytes) : left_(bytes) {}

    // False: that was all; less than a head at the end is looked over, as on Linux. Errors: EINVAL
    // (a length that is less than a head, or goes beyond the end).
    [[nodiscard]] Result<bool> next(ControlMessage& out) {
        if (left_.size() < kControlHead)
            return false;
        uk_cmsghdr head;
        memcpy(&head, left_.data(), sizeof(head));
        if (head.cmsg_len < kControlHead || head.cmsg_len > left_.size())
            return Errno::inval;
        out = {head.cmsg_level, head.cmsg_type,
               left_.subspan(kControlHead, head.cmsg_len - kControlHead)};
        left_ = left_.subspan(min(left_.size(), control_space(head.cmsg_len - kControlHead)));
        return true;
    }

  private:
    std::span<const std::byte> left_;
};

// Puts control messages one behind the other into memory of the application, as far as it goes.
class ControlWriter {
  public:
    constexpr ControlWriter(Vaddr at, size_t room) : at_(at.value()), room_(room) {}

    // How many bytes of data the next one may have without being cut.
    [[nodiscard]] size_t fits() const { return room_ > kControlHead ? room_ - kControlHead : 0; }
    // What does not fit is left out, of the last one perhaps a part; cut() says so. Errors: EFAULT.
    [[nodiscard]] Result<> put(int level, int type, const void* data, size_t size) {
        if (room_ < kControlHead) {
            cut_ = true;
            return ok();
        }
        if (size > fits()) {
            cut_ = true;
            size = fits();
        }
        const uk_cmsghdr head{kControlHead + size, level, type};
        UK_TRY(user::write(Vaddr{at_}, head));
        UK_TRY(user::copy_out(Vaddr{at_ + kControlHead}, data, size));
        const size_t space = min(room_, control_space(size));
        at_ += space;
        room_ -= space;
        used_ += space;
        return ok();
    }
    void set_cut() { cut_ = true; }

    [[nodiscard]] bool cut() const { return cut_; }
    [[nodiscard]] size_t used() const { return used_; } // msg_controllen afterwards

  private:
    uintptr_t at_;
    size_t room_;
    size_t used_ = 0;
    bool cut_ = false;
};

} // namespace uk
