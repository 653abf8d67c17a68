// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as requests: the end is the same whether they come at once or one by one, what is said
// of them lies in them, and a path never leads out of its root.
#include <uk/http/file.hpp>
#include <uk/http/request.hpp>

#include <cstdlib>
#include <string_view>

namespace {

using namespace uk::http;

void require(bool good) {
    if (!good)
        abort();
}

bool inside(std::string_view whole, std::string_view part) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

size_t size_in_pieces(std::string_view text) {
    size_t looked = 0;
    for (size_t size = 1; size <= text.size(); size++) {
        if (const size_t found = head_size(text.substr(0, size), looked))
            return found;
    }
    return 0;
}

void try_path(std::string_view path) {
    char room[256];
    const Resolved result = resolve(path, room);
    if (result.status != Status::ok)
        return;
    require(result.path[0] == '/' && result.path.size() < sizeof room);
    require(result.path.find("/.") == std::string_view::npos);
    require(result.path.find("//") == std::string_view::npos);
    require(result.path.find('\0') == std::string_view::npos);
    require(!content_type(result.path).empty());
}

void try_fields(const Request& request) {
    for (const uint64_t size : {uint64_t{0}, uint64_t{1}, uint64_t{1000}, UINT64_MAX / 2}) {
        const Range range = parse_range(request.range, size);
        if (range.kind == RangeKind::part)
            require(range.size > 0 && range.first < size && range.size <= size - range.first);
    }
    (void)matches(request.if_none_match, "\"tag\"");
    int64_t seconds = 0;
    if (parse_date(request.if_modified_since, seconds))
        require(seconds >= 0);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t count) {
    std::string_view text(reinterpret_cast<const char*>(data), count);
    try_path(text);
    for (size_t looked = 0, size; (size = head_size(text, looked)) != 0; looked = 0) {
        require(size <= text.size());
        require(size_in_pieces(text) == size);
        const std::string_view head = text.substr(0, size);
        Request request;
        const Status status = parse_head(head, request);
        require(!reason(status).empty());
        if (status == Status::ok) {
            require(request.method != Method::other && request.path[0] == '/');
            for (const std::string_view part :
                 {request.path, request.query, request.host, request.range, request.if_none_match,
                  request.if_modified_since, request.if_range, request.method_name})
                require(inside(head, part) || part == "/");
            try_path(request.path);
            try_fields(request);
        }
        text.remove_prefix(size);
    }
    return 0;
}
