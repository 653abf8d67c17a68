// SPDX-License-Identifier: BSD-3-Clause
// Mathematical functions of random arguments, as the bits of arguments and results. Who compares
// counts by how many representable numbers results differ.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "random.h"

#define ENTRY(function)                                                                            \
    { #function, function }
static const struct {
    const char* name;
    double (*function)(double);
} kOne[] = {ENTRY(acos),   ENTRY(acosh), ENTRY(asin),  ENTRY(asinh),     ENTRY(atan),
            ENTRY(atanh),  ENTRY(cbrt),  ENTRY(cos),   ENTRY(cosh),      ENTRY(erf),
            ENTRY(erfc),   ENTRY(exp),   ENTRY(exp2),  ENTRY(expm1),     ENTRY(lgamma),
            ENTRY(log),    ENTRY(log10), ENTRY(log1p), ENTRY(log2),      ENTRY(logb),
            ENTRY(sin),    ENTRY(sinh),  ENTRY(sqrt),  ENTRY(tan),       ENTRY(tanh),
            ENTRY(tgamma), ENTRY(ceil),  ENTRY(floor), ENTRY(nearbyint), ENTRY(rint),
            ENTRY(round),  ENTRY(trunc), ENTRY(j0),    ENTRY(y0)};
static const struct {
    const char* name;
    double (*function)(double, double);
} kTwo[] = {ENTRY(atan2), ENTRY(copysign), ENTRY(fdim),      ENTRY(fmax), ENTRY(fmin),
            ENTRY(fmod),  ENTRY(hypot),    ENTRY(nextafter), ENTRY(pow),  ENTRY(remainder)};
static const struct {
    const char* name;
    float (*function)(float);
} kOneFloat[] = {ENTRY(acosf),  ENTRY(acoshf), ENTRY(asinf),  ENTRY(asinhf), ENTRY(atanf),
                 ENTRY(atanhf), ENTRY(cbrtf),  ENTRY(cosf),   ENTRY(coshf),  ENTRY(erff),
                 ENTRY(erfcf),  ENTRY(expf),   ENTRY(exp2f),  ENTRY(expm1f), ENTRY(lgammaf),
                 ENTRY(logf),   ENTRY(log10f), ENTRY(log1pf), ENTRY(log2f),  ENTRY(sinf),
                 ENTRY(sinhf),  ENTRY(sqrtf),  ENTRY(tanf),   ENTRY(tanhf),  ENTRY(tgammaf)};
static const struct {
    const char* name;
    float (*function)(float, float);
} kTwoFloat[] = {ENTRY(atan2f), ENTRY(fmodf), ENTRY(hypotf), ENTRY(powf), ENTRY(remainderf)};

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
    const unsigned kind = below(5), halvings = below(30);

    switch (kind) {
    case 0:
        return random_double();
    case 1:
        return ((double)(random_bits() >> 11) * 0x1p-53 - 0.5) * 2;
    case 2:
        return ((double)(random_bits() >> 11) * 0x1p-53 - 0.5) * 20;
    case 3:
        return (double)(random_bits() >> 11) * 0x1p-53 * 700;
    default:
        return 1 + ((double)(random_bits() >> 11) * 0x1p-53 - 0.5) / (double)(1u << halvings);
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
