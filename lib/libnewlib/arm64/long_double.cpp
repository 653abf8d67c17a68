// SPDX-License-Identifier: BSD-3-Clause
// What the compiler calls for long double, which is binary128 here: quad.hpp does the work.
#include "../complex.hpp"
#include "../quad.hpp"

using newlib::quad::Bits;
namespace quad = newlib::quad;

static_assert(sizeof(long double) == sizeof(Bits));

static Bits bits(long double value) {
    return __builtin_bit_cast(Bits, value);
}
static long double value(Bits bits) {
    return __builtin_bit_cast(long double, bits);
}

extern "C" {

long double __addtf3(long double a, long double b) {
    return value(quad::add(bits(a), bits(b)));
}
long double __subtf3(long double a, long double b) {
    return value(quad::subtract(bits(a), bits(b)));
}
long double __multf3(long double a, long double b) {
    return value(quad::multiply(bits(a), bits(b)));
}
long double __divtf3(long double a, long double b) {
    return value(quad::divide(bits(a), bits(b)));
}

// Compared with 0 by the caller: with no number, each gives what makes its comparison false.
int __eqtf2(long double a, long double b) {
    return quad::compare(bits(a), bits(b));
}
int __netf2(long double a, long double b) {
    return quad::compare(bits(a), bits(b));
}
int __lttf2(long double a, long double b) {
    return quad::compare(bits(a), bits(b));
}
int __letf2(long double a, long double b) {
    return quad::compare(bits(a), bits(b));
}
int __gttf2(long double a, long double b) {
    const int order = quad::compare(bits(a), bits(b));
    return order == 2 ? -1 : order;
}
int __getf2(long double a, long double b) {
    const int order = quad::compare(bits(a), bits(b));
    return order == 2 ? -1 : order;
}
int __unordtf2(long double a, long double b) {
    return quad::compare(bits(a), bits(b)) == 2;
}

long double __extenddftf2(double a) {
    return value(quad::extend(__builtin_bit_cast(uint64_t, a), 52, 11));
}
long double __extendsftf2(float a) {
    return value(quad::extend(__builtin_bit_cast(uint32_t, a), 23, 8));
}
double __trunctfdf2(long double a) {
    return __builtin_bit_cast(double, quad::truncate(bits(a), 52, 11));
}
float __trunctfsf2(long double a) {
    return __builtin_bit_cast(float, static_cast<uint32_t>(quad::truncate(bits(a), 23, 8)));
}

long double __floatsitf(int a) {
    return value(quad::from_signed(a));
}
long double __floatditf(long a) {
    return value(quad::from_signed(a));
}
long double __floatunsitf(unsigned a) {
    return value(quad::from_unsigned(a));
}
long double __floatunditf(unsigned long a) {
    return value(quad::from_unsigned(a));
}
int __fixtfsi(long double a) {
    return static_cast<int>(quad::to_signed(bits(a), 32));
}
long __fixtfdi(long double a) {
    return quad::to_signed(bits(a), 64);
}
unsigned __fixunstfsi(long double a) {
    return static_cast<unsigned>(quad::to_unsigned(bits(a), 32));
}
unsigned long __fixunstfdi(long double a) {
    return quad::to_unsigned(bits(a), 64);
}

} // extern "C"

using namespace newlib::complex;
UK_COMPLEX_OF(long double)
UK_COMPLEX(long double, __multc3, __divtc3)
