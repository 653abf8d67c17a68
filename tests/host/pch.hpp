// SPDX-License-Identifier: BSD-3-Clause
// Precompiled for host tests: saves more than a second for each test file. Test files include what
// they use all the same. (No #pragma once: compilers warn of it in a file compiled as such.)
#ifndef UK_HOST_PCH_HPP
#define UK_HOST_PCH_HPP

#include <gtest/gtest.h>

#include <tests/host/std.hpp>

#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#endif // UK_HOST_PCH_HPP
