// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer target: any bytes as a format, arguments that fit any conversion. Looks for crashes,
// reads and writes outside, and results that do not fit what was written; where the host's printf
// understands the format in the same way, for a different text as well.
#include <uk/format.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <sys/mman.h>

namespace {

/// Takes no more arguments than there are, and no width that fills gigabytes.
bool is_small(const std::string& format) {
    int digits = 0;
    int arguments = 0;
    for (const char c : format) {
        digits = c >= '0' && c <= '9' ? digits + 1 : 0;
        arguments += c == '%' || c == '*';
        if (digits > 4 || arguments > 8)
            return false;
    }
    return true;
}

/// A valid pointer to zeros (an empty string of any kind) that is a small number when read as an
/// int.
void* make_argument() {
    void* wanted = reinterpret_cast<void*>(uintptr_t{0x200000000200} & ~uintptr_t{0xfff});
    void* page = mmap(wanted, 8192, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (page == MAP_FAILED)
        abort();
    return static_cast<char*>(page) + 0x200;
}

/// One conversion that both must format alike: flags, width, precision, length, letter.
bool is_common(const std::string& format) {
    size_t i = 0;
    if (format.empty() || format[i++] != '%')
        return false;
    i += strspn(format.c_str() + i, "-+ #0");
    i += strspn(format.c_str() + i, "0123456789");
    if (i < format.size() && format[i] == '.')
        i += 1 + strspn(format.c_str() + i + 1, "0123456789");
    static const char* const kLengths[] = {"hh", "ll", "h", "l", "j", "z", "t"};
    for (const char* length : kLengths)
        if (format.compare(i, strlen(length), length) == 0) {
            i += strlen(length);
            break;
        }
    return i + 1 == format.size() && strchr("diouxX", format[i]) != nullptr;
}

void check(bool condition) {
    if (!condition)
        abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 9)
        return 0;
    uint64_t value = 0;
    memcpy(&value, data, 8);
    std::string format(reinterpret_cast<const char*>(data + 8), size - 8);
    format = format.c_str(); // up to the first NUL
    if (!is_small(format))
        return 0;
    const char* f = format.c_str();
    static char text[20000];
    static void* const p = make_argument();
    // Pointers fit every integer conversion, and strings; doubles lie in registers of their own,
    // long doubles are read from the pointers on the stack: 24 of them for eight conversions.
    const int wanted =
        uk_snprintf(text, sizeof(text), f, p, p, p, p, p, p, p, p, p, p, p, p, p, p, p, p, p, p, p,
                    p, p, p, p, p, 1.5, 0.1, 1e300, -0.0, 5e-324, 1e-5, 12345.678, 9.5);
    check(wanted >= 0 || wanted == -75 || wanted == -84);
    if (wanted >= 0 && static_cast<size_t>(wanted) < sizeof(text))
        check(memchr(text, 0, static_cast<size_t>(wanted) + 1) != nullptr && text[wanted] == 0);
    if (is_common(format)) {
        char theirs[20000];
        const int host = snprintf(theirs, sizeof(theirs), f, value);
        const int ours = uk_snprintf(text, sizeof(text), f, value);
        check(host == ours && memcmp(theirs, text, static_cast<size_t>(host)) == 0);
    }
    return 0;
}
