// SPDX-License-Identifier: BSD-3-Clause
// Error numbers of Xen as ours: they are Linux's, and so are ours.
#include <uk/xen/errors.hpp>

namespace uk::xen {
namespace {

constexpr int64_t kLowest = -4095;

bool is_known(int64_t number) {
    return number > 0 && number <= kErrnoMax && errno_text(static_cast<Errno>(number)) != nullptr;
}

} // namespace

Result<uint64_t> result_of(int64_t returned) {
    if (returned >= 0 || returned < kLowest) {
        return static_cast<uint64_t>(returned);
    }
    return is_known(-returned) ? static_cast<Errno>(-returned) : Errno::io;
}

Errno errno_named(std::string_view name) {
    for (int number = 1; number <= kErrnoMax; number++) {
        auto candidate = static_cast<Errno>(number);
        if (name == errno_name(candidate) && is_known(number)) {
            return candidate;
        }
    }
    return Errno::io;
}

} // namespace uk::xen
