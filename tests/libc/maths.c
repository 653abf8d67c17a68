// SPDX-License-Identifier: BSD-3-Clause
// Mathematical functions of random arguments, as the bits of arguments and results. Who compares
// counts by how many representable numbers results differ.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "random.h"

#define ONE(X)                                                                                     \
    X(acos)                                                                                        \
    X(acosh)                                                                                       \
    X(asin) X(asinh) X(atan) X(atanh) X(cbrt) X(cos) X(cosh) X(erf) X(erfc) X(exp) X(exp2)         \
        X(expm1) X(lgamma) X(log) X(log10) X(log1p) X(log2) X(logb) X(sin) X(sinh) X(sqrt) X(tan)  \
            X(tanh) X(tgamma) X(ceil) X(floor) X(nearbyint) X(rint) X(round) X(trunc) X(j0) X(y0)
#define TWO(X)                                                                                     \
    X(atan2) X(copysign) X(fdim) X(fmax) X(fmin) X(fmod) X(hypot) X(nextafter) X(pow) X(remainder)

#define ENTRY(name) {#name, name},
static const struct {
    const char* name;
    double (*function)(double);
} kOne[] = {ONE(ENTRY)};
static const struct {
    const char* name;
    double (*function)(double, double);
} kTwo[] = {TWO(ENTRY)};

#undef ONE
#define ONE(X)                                                                                     \
    X(acosf)                                                                                       \
    X(acoshf)                                                                                      \
    X(asinf) X(asinhf) X(atanf) X(atanhf) X(cbrtf) X(cosf) X(coshf) X(erff) X(erfcf) X(expf)       \
        X(exp2f) X(expm1f) X(lgammaf) X(logf) X(log10f) X(log1pf) X(log2f) X(sinf) X(sinhf)        \
            X(sqrtf) X(tanf) X(tanhf) X(tgammaf)
#define TWOF(X) X(atan2f) X(fmodf) X(hypotf) X(powf) X(remainderf)
static const struct {
    const char* name;
    float (*function)(float);
} kOneFloat[] = {ONE(ENTRY)};
static const struct {
    const char* name;
    float (*function)(float, float);
} kTwoFloat[] = {TWOF(ENTRY)};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static unsigned long long bits(double value) {
    unsigned long long made;

    memcpy(&made, &value, sizeof(made));
    return made;
}

static unsigned bits_of_float(float value) {
    unsigned made;

    memcpy(&made, &value, sizeof(made));
    return made;
}

// Most lie where a function is interesting, some are anything.
static double argument(void) {
    switch (below(5)) {
    case 0:
        return random_double();
    case 1:
        return ((double)(random_bits() >> 11) * 0x1p-53 - 0.5) * 2;
    case 2:
        return ((double)(random_bits() >> 11) * 0x1p-53 - 0.5) * 20;
    case 3:
        return (double)(random_bits() >> 11) * 0x1p-53 * 700;
    default:
        return 1 + ((double)(random_bits() >> 11) * 0x1p-53 - 0.5) / (double)(1u << below(30));
    }
}

void math_answers(unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        const double x = argument(), y = argument();
        const float a = (float)x, b = (float)y;

        printf("%016llx %016llx", bits(x), bits(y));
        for (unsigned f = 0; f < COUNT(kOne); f++)
            printf(" %s %016llx", kOne[f].name, bits(kOne[f].function(x)));
        for (unsigned f = 0; f < COUNT(kTwo); f++)
            printf(" %s %016llx", kTwo[f].name, bits(kTwo[f].function(x, y)));
        printf(" fma %016llx fma %016llx", bits(fma(x, y, x + 1)), bits(fma(x, y, -x * y)));
        printf(" fma %016llx fmaf %08x", bits(fma(x, y * 1e-300, 0x1p-1060)),
               bits_of_float(fmaf(a, b, -a * b)));
        for (unsigned f = 0; f < COUNT(kOneFloat); f++)
            printf(" %s %08x", kOneFloat[f].name, bits_of_float(kOneFloat[f].function(a)));
        for (unsigned f = 0; f < COUNT(kTwoFloat); f++)
            printf(" %s %08x", kTwoFloat[f].name, bits_of_float(kTwoFloat[f].function(a, b)));
        printf("\n");
    }
}
