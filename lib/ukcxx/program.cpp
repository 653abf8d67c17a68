// SPDX-License-Identifier: BSD-3-Clause
// What names the program to functions that note destructors, and the errors that standard
// containers would throw. (Others, and calls of what is pure virtual, end in lib/base's cxxrt.cpp.)
#include <uk/assert.h>

// Its address is the name; there is one program in an image.
extern "C" void* __dso_handle;
[[gnu::visibility("hidden")]] constinit void* __dso_handle = nullptr;

namespace std {

[[noreturn, gnu::cold]] void __throw_bad_alloc();
[[noreturn, gnu::cold]] void __throw_bad_array_new_length();
[[noreturn, gnu::cold]] void __throw_bad_function_call();

void __throw_bad_alloc() {
    UK_PANIC("bad_alloc: a container wants more memory than there can be");
}
void __throw_bad_array_new_length() {
    UK_PANIC("bad_array_new_length: more elements than memory can have");
}
void __throw_bad_function_call() {
    UK_PANIC("bad_function_call: an empty std::function was called");
}

} // namespace std

// new T[n] with an n that no array can have (Itanium C++ ABI, 2.7).
extern "C" [[noreturn, gnu::cold]] void __cxa_throw_bad_array_new_length();
void __cxa_throw_bad_array_new_length() {
    std::__throw_bad_array_new_length();
}
