// SPDX-License-Identifier: BSD-3-Clause
// What the compiler calls for products and quotients of complex numbers; libgcc's names.
#include "complex.hpp"

using namespace newlib::complex;

UK_COMPLEX_OF(float)
UK_COMPLEX_OF(double)
UK_COMPLEX_OF(long double)
UK_COMPLEX(float, __mulsc3, __divsc3)
UK_COMPLEX(double, __muldc3, __divdc3)
UK_COMPLEX(long double, __mulxc3, __divxc3) // of 80 bits
