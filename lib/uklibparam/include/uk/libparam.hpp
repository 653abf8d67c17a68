// SPDX-License-Identifier: BSD-3-Clause
// Kernel parameters: variables that the command line sets before the init table runs.
//
//     static constinit uint32_t lines = 16;
//     UK_LIBPARAM_PARAM(lines, u32, "lines kept for the crash report");       // ukprint.lines=32
//     static constinit bool fast = false;
//     UK_LIBPARAM_NAMED("boot.fast", fast, boolean, "skip the memory test");   // boot.fast
//     static constinit uk::params::List<const char*, 8> tabs;
//     UK_LIBPARAM_NAMED("vfs.fstab", tabs, string, "mounts");                  // vfs.fstab=[ a b ]
//
// The variable's initial value is the default. Each parameter is one row of a linker section:
// nothing is registered at run time. Without LIBUKLIBPARAM the macros vanish and the defaults stay.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include <uk/base/result.hpp>
#include <uk/base/section_table.hpp>

namespace uk::params {

enum class Type : uint8_t { boolean, s8, u8, s16, u16, s32, u32, s64, u64, size, string, custom };

// A value that is neither number nor text. `set` gets a NUL-terminated text that lives for ever and
// returns false to refuse it; `show` gives the present value as text.
struct Custom {
    bool (*set)(const char* value);
    const char* (*show)();
    const char* expects; // "crit, err, warn, info or debug"
};

// Up to N values of one parameter, in the order given; `name=[ a b ]` and a repeated name append.
template <class T, size_t N>
struct List {
    static_assert(N > 1 && N <= UINT16_MAX);
    T values[N] = {};
    uint16_t count = 0;

    constexpr std::span<const T> span() const { return {values, count}; }
};

// One row. All text is static.
struct Param {
    const char* library; // prefix with its dot left out; nullptr: `name` is the whole name
    const char* name;
    const char* description; // one line, lower case, no full stop
    void* values;            // of `type`; for custom a Custom
    uint16_t* count;         // nullptr unless it is a List
    uint16_t capacity;       // 1 unless it is a List
    Type type;
};

using Rows = std::span<const Param* const>;

namespace detail {
template <Type kType>
struct ValueOf;
// clang-format off
template <> struct ValueOf<Type::boolean> { using type = bool; };
template <> struct ValueOf<Type::s8> { using type = int8_t; };
template <> struct ValueOf<Type::u8> { using type = uint8_t; };
template <> struct ValueOf<Type::s16> { using type = int16_t; };
template <> struct ValueOf<Type::u16> { using type = uint16_t; };
template <> struct ValueOf<Type::s32> { using type = int32_t; };
template <> struct ValueOf<Type::u32> { using type = uint32_t; };
template <> struct ValueOf<Type::s64> { using type = int64_t; };
template <> struct ValueOf<Type::u64> { using type = uint64_t; };
template <> struct ValueOf<Type::size> { using type = uint64_t; };
template <> struct ValueOf<Type::string> { using type = const char*; };
// clang-format on

// Named by UK_LIBPARAM_*: builds a row and checks that variable and type fit.
template <Type kType>
constexpr Param row(const char* library, const char* name, const char* description,
                    typename ValueOf<kType>::type& variable) {
    return {library, name, description, &variable, nullptr, 1, kType};
}
template <Type kType, size_t kN>
constexpr Param row(const char* library, const char* name, const char* description,
                    List<typename ValueOf<kType>::type, kN>& variable) {
    return {library, name, description, variable.values, &variable.count, kN, kType};
}
} // namespace detail

// How a line splits into words.
struct Words {
    size_t count = 0;        // words there are; may exceed what fitted into `out`
    size_t separator = 0;    // index of the first word `--`; == count when there is none
    bool open_quote = false; // a quote was never closed; its word reaches to the end
};

// Splits `text` in place at white space (space, \t \n \v \f \r), as Unikraft does: '...' and "..."
// keep white space and each other, may start inside a word and vanish; a backslash is an ordinary
// character; "" is an empty word. A NUL ends the text early. Words become NUL-terminated strings
// inside `text`, which therefore needs one byte of room: the last byte of `text` is overwritten by
// a NUL and never part of a word. `out` receives the first out.size() words. Pure; from anywhere;
// does not block.
Words split(std::span<char> text, std::span<char*> out);

// As split(), but only counts, and changes nothing.
[[nodiscard]] Words count_words(std::span<const char> text);

// As split(), for words that somebody else has split (linuxu): only finds the separator.
[[nodiscard]] Words find_separator(std::span<char* const> words);

// Receives one finished message without newline. `fatal` tells errors from warnings.
using Say = void (*)(void* context, bool fatal, const char* message);

enum class Outcome : uint8_t { applied, help };

// Sets the variables of `rows` from the words before `--`, first to last. The words must live as
// long as the image: string values point into them. They are changed in place where a value is a
// list.
//   name            boolean: true; others: error
//   name=value      boolean: on yes true 1 / off no false 0
//                   numbers: decimal, 0x hexadecimal
//                   size: a number with K, M, G or T (powers of 1024)
//                   string: the text, maybe empty
//   name=[ a b ]    a List: every word up to a word that is "]"
//   name=[a b]      a List: every word up to one that ends in "]"
//   help            asks for the list of parameters; the rest is still checked
// An unknown name is a warning with the nearest name there is, and its list is skipped: loaders and
// virtual machine monitors add words of their own. A value that does not fit is an error that names
// parameter, value and what is expected; all words are looked at before it returns.
// Pure but for the variables; boot context. Errors: EINVAL (after at least one fatal message).
Result<Outcome> apply(std::span<char* const> words, Rows rows, Say say, void* context);

// Receives pieces of text.
using Print = void (*)(void* context, const char* text, size_t size);

// Writes the page that `help` shows: how to pass parameters, then each parameter with type, present
// value and description, sorted by name. Pure.
void print_help(Rows rows, Print print, void* context);

// What the image calls at boot (lib/ukboot). Rows come from the linker section; warnings go to the
// log, errors to the log or, without one, straight to the console. Boot context, once.
Result<Outcome> apply_boot(std::span<char* const> words);

// The help page on the console. Boot context.
void print_help_boot();

// Name and value of each `env.vars=[ "A=B" ]`, in order, with a nullptr behind the last: what a C
// library makes `environ` from. Never nullptr; the strings live for ever. Thread or boot context.
[[nodiscard]] char** environment();

UK_SECTION_TABLE(uk_params, Param);

} // namespace uk::params

#ifdef CONFIG_LIBUKLIBPARAM
#define UK_LIBPARAM_ROW_(...) UK_SECTION_ROW(uk_params, uk::params::Param, __VA_ARGS__)
#else
#define UK_LIBPARAM_ROW_(...) static_assert(true)
#endif

// `variable` of the library being compiled, as <library>.<variable>. At namespace scope.
#define UK_LIBPARAM_PARAM(variable, type, description)                                             \
    UK_LIBPARAM_ROW_(uk::params::detail::row<uk::params::Type::type>(UK_LIBNAME, #variable,        \
                                                                     description, variable))
// The same under a name of its own.
#define UK_LIBPARAM_NAMED(full_name, variable, type, description)                                  \
    UK_LIBPARAM_ROW_(uk::params::detail::row<uk::params::Type::type>(nullptr, full_name,           \
                                                                     description, variable))
// A parameter whose text `custom` (a static constinit uk::params::Custom) reads itself.
#define UK_LIBPARAM_CUSTOM(full_name, object, description)                                         \
    UK_LIBPARAM_ROW_(                                                                              \
        {nullptr, full_name, description, &object, nullptr, 1, uk::params::Type::custom})
