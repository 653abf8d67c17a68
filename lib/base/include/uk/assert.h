/* SPDX-License-Identifier: BSD-3-Clause */
/* Assertions and panic, for C11 and C++: programmer errors only, never input or lack of memory.
 *
 *   UK_ASSERT(cond)     checked under CONFIG_LIBUKDEBUG_ENABLE_ASSERT and in every host test
 *   UK_VERIFY(cond)     always checked; cond must be cheap
 *   UK_BUG_ON(cond)     always checked, the other way round: true is the error
 *   UK_PANIC(fmt, ...)  stop the system with a message
 *   UK_UNREACHABLE()    this place cannot be reached
 *
 * No condition may have side effects: an unchecked UK_ASSERT does not evaluate it (but compiles
 * it). All of them are expressions of type void, may stand in constexpr functions, may be used from
 * anywhere (interrupt handlers too) and end in uk_panic.
 */
#ifndef UK_ASSERT_H
#define UK_ASSERT_H

#ifdef __cplusplus
extern "C" {
#endif

/* Prints "file:line: function: message", a crash report, and stops the machine. Defined by
 * lib/ukdebug, on the host by tests/fakes. Runs no term functions. */
__attribute__((noreturn, cold, format(printf, 4, 5))) void
uk_panic(const char* file, int line, const char* func, const char* fmt, ...);

#ifdef __cplusplus
}
#endif

#define UK_PANIC(...) uk_panic(__FILE__, __LINE__, __func__, __VA_ARGS__)
#define UK_CRASH(...) UK_PANIC(__VA_ARGS__) /* Unikraft's name */
#define UK_UNREACHABLE() UK_PANIC("reached a place that cannot be reached")

#define UK_VERIFY(cond)                                                                            \
    (__builtin_expect(!!(cond), 1) ? (void)0 : UK_PANIC("assertion failed: %s", #cond))
#define UK_BUG_ON(cond) (__builtin_expect(!!(cond), 0) ? UK_PANIC("bug: %s", #cond) : (void)0)
#define UK_BUGON(cond) UK_BUG_ON(cond) /* Unikraft's name */

#if defined(CONFIG_LIBUKDEBUG_ENABLE_ASSERT) || defined(UK_HOST_TEST)
#define UK_ASSERT(cond) UK_VERIFY(cond)
#else
#define UK_ASSERT(cond) ((void)(0 ? (void)(cond) : (void)0))
#endif

/* Compile-time assertion, Unikraft's name; works in C and C++ at any scope. */
#ifdef __cplusplus
#define UK_CTASSERT(cond) static_assert(cond, #cond)
#else
#define UK_CTASSERT(cond) _Static_assert(cond, #cond)
#endif

#endif /* UK_ASSERT_H */
