// SPDX-License-Identifier: BSD-3-Clause
// The other side of xenstore's page, as a test wants it.
#pragma once

#include <deque>
#include <map>
#include <string>

#include <uk/xen/store.hpp>

namespace uk::xen::fake {

// Takes requests from the page and answers them from `values`; `raw` goes out before any answer.
class StoreServer {
  public:
    StorePage page{};
    std::map<std::string, std::string> values;
    std::string raw;
    unsigned waits_left = 100'000;
    bool answers = true;

    StorePort port() {
        return {[](void* self) { static_cast<StoreServer*>(self)->serve(); },
                [](void* self, unsigned) {
                    auto* server = static_cast<StoreServer*>(self);
                    server->serve();
                    return server->waits_left-- > 0;
                },
                this};
    }

    static std::string message(uint32_t type, uint32_t request, const std::string& text) {
        StoreHeader header{type, request, 0, static_cast<uint32_t>(text.size())};
        return std::string(reinterpret_cast<const char*>(&header), sizeof header) + text;
    }

  private:
    std::string in_, out_;

    void serve() {
        while (page.requests_consumed != page.requests_produced) {
            in_ += page.requests[page.requests_consumed++ % sizeof page.requests];
        }
        out_ += raw;
        raw.clear();
        if (answers && in_.size() >= sizeof(StoreHeader)) {
            StoreHeader header;
            __builtin_memcpy(&header, in_.data(), sizeof header);
            if (in_.size() >= sizeof header + header.size) {
                answer(header, in_.substr(sizeof header, header.size));
                in_.erase(0, sizeof header + header.size);
            }
        }
        // A few bytes at a time, so that messages come in pieces.
        for (int i = 0; i < 7 && !out_.empty() &&
                        page.replies_produced - page.replies_consumed < sizeof page.replies;
             i++) {
            page.replies[page.replies_produced++ % sizeof page.replies] = out_.front();
            out_.erase(0, 1);
        }
    }

    void answer(const StoreHeader& header, const std::string& payload) {
        std::string path = payload.c_str();
        std::string rest = payload.substr(path.size() + 1);
        std::string text = "OK";
        uint32_t type = header.type;
        if (type == 11) {
            values[path] = rest;
        } else if (type == 1) {
            text.clear();
            for (const auto& [name, value] : values) {
                if (name.starts_with(path + "/")) {
                    text += name.substr(path.size() + 1) + '\0';
                }
            }
        } else if (values.count(path) == 0) {
            type = 16;
            text = std::string("ENOENT") + '\0';
        } else if (type == 2) {
            text = values[path];
        } else {
            values.erase(path);
        }
        out_ += message(type, header.request, text);
    }
};

} // namespace uk::xen::fake
