// SPDX-License-Identifier: BSD-3-Clause
// The application's memory, touched by the kernel on its behalf: a system call's buffers, paths,
// structures. What is not there, or does not permit it, is EFAULT and no crash.
//
//     timespec wanted = UK_TRY(uk::user::read<timespec>(Vaddr{argument}));
//     char path[256];
//     UK_TRY(uk::user::copy_string_in(path, sizeof(path), Vaddr{pointer}));
//
// Application memory is whatever is mapped so that the access is permitted. There is one address
// space and one privilege: an application's globals, heap and stacks lie where the kernel's do. So
// these functions keep a wrong pointer from ending the image; they do not keep an application from
// the kernel's data, which it can reach anyway (docs/memory.md).
//
// Thread context, no spinning lock held (a page may need a frame, and is not given one under a
// lock). Interrupts may be off. Blocks only where a fault of the address space does. Another thread
// may change the memory meanwhile: copy first, then check, and never look twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <uk/assert.h>
#include <uk/base/address.hpp>
#include <uk/base/result.hpp>
#include <uk/hal/trap.hpp>

// <isa>/copy.S. Only the application's side may fault; the kernel's is a crash as everywhere.
extern "C" {
// Copy forwards until a byte cannot be; return how many are left. No vector registers.
size_t uk_user_copy_in(void* to, uintptr_t from, size_t size);
size_t uk_user_copy_out(uintptr_t to, const void* from, size_t size);
// How many bytes come before the 0, which is copied, too; `size` if there is none; or -1.
size_t uk_user_copy_string(char* to, uintptr_t from, size_t size);
// Whether a byte can be read; and written, with what it has.
bool uk_user_can_read(uintptr_t at);
bool uk_user_can_write(uintptr_t at);
// In one piece, order acquire; `value` becomes what is there. And, if that is `expected`, put
// `wanted` in its place in the same step, order acquire and release. False: it faulted.
bool uk_user_load_word(uintptr_t at, uint32_t* value);
bool uk_user_replace_word(uintptr_t at, uint32_t expected, uint32_t wanted, uint32_t* seen);
}

namespace uk::user {

namespace detail {

bool may_touch(); // the caller is where the contract allows it; for debug builds

// That there are such addresses, not that something is there. The last byte of all is nobody's.
constexpr bool is_range(Vaddr start, size_t size) {
    return size <= ~start.value();
}

} // namespace detail

// Of `size` bytes, all or EFAULT; then those before the first that could not be copied are copied,
// the others as they were. The two ranges do not overlap. With size 0 nothing is looked at.
[[nodiscard]] inline Result<> copy_in(void* to, Vaddr from, size_t size) {
    UK_ASSERT(detail::may_touch());
    if (!detail::is_range(from, size) || uk_user_copy_in(to, from.value(), size) != 0)
        return Errno::fault;
    return ok();
}
[[nodiscard]] inline Result<> copy_out(Vaddr to, const void* from, size_t size) {
    UK_ASSERT(detail::may_touch());
    if (!detail::is_range(to, size) || uk_user_copy_out(to.value(), from, size) != 0)
        return Errno::fault;
    return ok();
}

// A string and the 0 at its end into `size` bytes at `to`; returns its length without the 0.
// Errors: ENAMETOOLONG (no 0 among the first `size` bytes), EFAULT. Then what is at `to` is no
// string.
[[nodiscard]] Result<size_t> copy_string_in(char* to, size_t size, Vaddr from);

// Whether all of `size` bytes can be accessed so now; each page has its frame then. For who hands
// the memory on to code that touches it itself, a device's driver for example; what another thread
// unmaps meanwhile crashes there, so copy what is small. Errors: EFAULT, EINVAL (neither read nor
// write).
[[nodiscard]] Result<> access(Vaddr start, size_t size, hal::Access how);

// A value. Its padding comes and goes with it.
template <class T>
[[nodiscard]] Result<T> read(Vaddr from) {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    UK_TRY(copy_in(&value, from, sizeof(T)));
    return value;
}
template <class T>
[[nodiscard]] Result<> write(Vaddr to, const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    return copy_out(to, &value, sizeof(T));
}

// Words that other threads change meanwhile; `at` is a multiple of 4. Beside what the others here
// permit, also under spinning locks: then a page that has no frame yet is EFAULT, too, so who wants
// the word under a lock brings the page in first, with access(), and once more if that was in vain.
// replace_word() returns what was there: it has put `wanted` in if that is `expected`. Never block.
[[nodiscard]] inline Result<uint32_t> load_word(Vaddr at) {
    uint32_t value = 0;
    if (!uk_user_load_word(at.value(), &value))
        return Errno::fault;
    return value;
}
[[nodiscard]] inline Result<uint32_t> replace_word(Vaddr at, uint32_t expected, uint32_t wanted) {
    uint32_t seen = 0;
    if (!uk_user_replace_word(at.value(), expected, wanted, &seen))
        return Errno::fault;
    return seen;
}

} // namespace uk::user
