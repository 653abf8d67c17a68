// SPDX-License-Identifier: BSD-3-Clause
// A screen for tests: keeps what it is shown.
#pragma once

#include <string>
#include <utility>

#include <uk/tty/line_discipline.hpp>

class ScreenText final : public uk::tty::Screen {
  public:
    void show(const char* data, size_t size) override { text.append(data, size); }
    std::string take() { return std::exchange(text, {}); }

    std::string text;
};
