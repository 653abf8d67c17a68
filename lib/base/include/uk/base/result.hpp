// SPDX-License-Identifier: BSD-3-Clause
// Result<T>: a value or an error number, the way every fallible C++ function of the system returns.
//
//     Result<void*> two(size_t n) {
//         void* page = UK_TRY(alloc_page(n));   // the value; or returns the error to our caller
//         UK_TRY(map(page));
//         return page;
//     }
//
// Ignoring a Result is a compile error. A trivially copyable T travels in registers: Result<> is 4
// bytes, Result<int> 8, Result<void*> 16 (rax:rdx). A Result carries an errno and nothing else; who
// detects the failure logs why. Usable everywhere, no allocation, no exceptions.
#pragma once

#include <uk/assert.h>
#include <uk/base/errno.hpp>

#include <new>
#include <type_traits>
#include <utility>

namespace uk {

/// An error number that is not Errno::ok, on its way to a caller.
class [[nodiscard]] Error {
    Errno code_;

  public:
    // NOLINTNEXTLINE(google-explicit-constructor): `return Errno::nomem`
    constexpr Error(Errno code) : code_(code) { UK_ASSERT(code != Errno::ok); }

    constexpr Errno code() const { return code_; }
    /// The value for the C edge: -ENOENT and so on.
    constexpr int neg() const { return -static_cast<int>(code_); }
    const char* name() const { return errno_name(code_); }

    friend constexpr bool operator==(Error a, Error b) { return a.code_ == b.code_; }
};

template <class T = void>
class Result;

namespace detail {

template <class T>
inline constexpr bool kIsResult = false;
template <class T>
inline constexpr bool kIsResult<Result<T>> = true;

/// What Result<T> cannot hold: references (use T*), errors themselves, arrays.
template <class T>
inline constexpr bool kCanBeResult =
    std::is_object_v<T> && !std::is_array_v<T> && !kIsResult<std::remove_cv_t<T>> &&
    !std::is_same_v<std::remove_cv_t<T>, Error> && !std::is_same_v<std::remove_cv_t<T>, Errno>;

template <class T, bool Trivial = std::is_trivially_copyable_v<T>>
struct ResultStorage { // an owning T: moved and destroyed with the Result
    union {
        T value_;
    };
    Errno errno_;

    constexpr explicit ResultStorage(T&& value)
        : value_(static_cast<T&&>(value)), errno_(Errno::ok) {}
    constexpr explicit ResultStorage(Errno e) : errno_(e) {}
    constexpr ResultStorage(ResultStorage&& other) noexcept : errno_(other.errno_) {
        if (errno_ == Errno::ok)
            ::new (static_cast<void*>(&value_)) T(static_cast<T&&>(other.value_));
    }
    ResultStorage& operator=(ResultStorage&& other) noexcept {
        if (this != &other) {
            this->~ResultStorage();
            ::new (static_cast<void*>(this)) ResultStorage(static_cast<ResultStorage&&>(other));
        }
        return *this;
    }
    ~ResultStorage() {
        if (errno_ == Errno::ok)
            value_.~T();
    }
};

template <class T>
struct ResultStorage<T, true> { // a plain T: returned in registers
    union {
        T value_;
        char none_;
    };
    Errno errno_;

    constexpr explicit ResultStorage(const T& value) : value_(value), errno_(Errno::ok) {}
    constexpr explicit ResultStorage(Errno e) : none_(0), errno_(e) {}
};

} // namespace detail

template <class T>
class [[nodiscard]] Result : private detail::ResultStorage<T> {
    static_assert(detail::kCanBeResult<T>,
                  "Result<T> holds objects: use Result<X*> for a reference");
    using Storage = detail::ResultStorage<T>;

  public:
    using Value = T;

    // NOLINTBEGIN(google-explicit-constructor): a function returns its value or an error as it is
    constexpr Result(Error error) : Storage(error.code()) {}
    constexpr Result(Errno error) : Storage(Error(error).code()) {}
    template <class U = T>
    requires(std::is_convertible_v<U&&, T> && !detail::kIsResult<std::remove_cvref_t<U>> &&
             !std::is_same_v<std::remove_cvref_t<U>, Error> &&
             !std::is_same_v<std::remove_cvref_t<U>, Errno>) constexpr Result(U&& value)
        : Storage(T(static_cast<U&&>(value))) {}
    // NOLINTEND(google-explicit-constructor)

    constexpr bool ok() const { return this->errno_ == Errno::ok; }
    /// The error; only when !ok().
    constexpr Error error() const { return Error(this->errno_); }
    /// Errno::ok or the error: for comparing without a branch first.
    constexpr Errno code() const { return this->errno_; }
    /// The value, moved out; only when ok().
    constexpr T take() {
        UK_ASSERT(ok());
        return static_cast<T&&>(this->value_);
    }
    /// The value in place; only when ok().
    constexpr T& value() & {
        UK_ASSERT(ok());
        return this->value_;
    }
    constexpr const T& value() const& {
        UK_ASSERT(ok());
        return this->value_;
    }
    /// The value, or `other` when this is an error.
    template <class U>
    constexpr T value_or(U&& other) && {
        return ok() ? static_cast<T&&>(this->value_) : T(static_cast<U&&>(other));
    }
};

/// Success or an error, nothing else: 4 bytes.
template <>
class [[nodiscard]] Result<void> {
    Errno errno_ = Errno::ok;

  public:
    using Value = void;

    constexpr Result() = default;
    // NOLINTBEGIN(google-explicit-constructor): a function returns an error as it is
    constexpr Result(Error error) : errno_(error.code()) {}
    constexpr Result(Errno error) : errno_(error) {} // Errno::ok is success
    // NOLINTEND(google-explicit-constructor)

    constexpr bool ok() const { return errno_ == Errno::ok; }
    constexpr Error error() const { return Error(errno_); }
    constexpr Errno code() const { return errno_; }
    constexpr void take() const { UK_ASSERT(ok()); }
    /// The value for the C edge: 0 or -ENOENT and so on.
    constexpr int neg() const { return -static_cast<int>(errno_); }
};

/// Success, spelled out: `return uk::ok();`
constexpr Result<> ok() {
    return {};
}

static_assert(sizeof(Result<>) == 4 && sizeof(Result<int>) == 8 &&
              sizeof(Result<void*>) == 2 * sizeof(void*));
static_assert(std::is_trivially_copyable_v<Result<>> &&
              std::is_trivially_copyable_v<Result<void*>>);

} // namespace uk

// The pragmas silence -Wshadow for a UK_TRY inside the argument of another.
#define UK_TRY_BIND_(expr)                                                                         \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wshadow\"") auto&& uk_try_ = \
        (expr);                                                                                    \
    _Pragma("GCC diagnostic pop")

/// The value of a Result, or `return error` from the function around it (which returns a Result).
/// Not in constant evaluation: compilers refuse statement expressions there.
#define UK_TRY(expr)                                                                               \
    __extension__({                                                                                \
        UK_TRY_BIND_(expr)                                                                         \
        if (!uk_try_.ok()) [[unlikely]]                                                            \
            return uk_try_.error();                                                                \
        uk_try_.take();                                                                            \
    })

/// The value of a Result that cannot be an error here; panics with the source text if it is.
#define UK_MUST(expr)                                                                              \
    __extension__({                                                                                \
        UK_TRY_BIND_(expr)                                                                         \
        if (!uk_try_.ok()) [[unlikely]]                                                            \
            UK_PANIC("%s failed: %s", #expr, uk_try_.error().name());                              \
        uk_try_.take();                                                                            \
    })
