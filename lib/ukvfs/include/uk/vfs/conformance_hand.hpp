// SPDX-License-Identifier: BSD-3-Clause
// Host tests only: operations on the nodes of a file system by paths, with the locks that the core
// takes, for <uk/vfs/conformance.hpp>. Paths are "a/b/c"; "" is the root.
#pragma once

#ifdef UK_HOST_TEST

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <uk/vfs/file_system.hpp>
#include <uk/vfs/node.hpp>

namespace uk::vfs::conformance {

using std::string;

struct Listed {
    string name;
    uint64_t number;
    NodeKind kind;
    uint64_t next;
};

class Collector final : public EntrySink {
  public:
    explicit Collector(size_t most) : most_(most) {}
    bool entry(Name name, uint64_t number, NodeKind kind, uint64_t next) override {
        all.push_back({string(name), number, kind, next});
        return all.size() < most_;
    }
    std::vector<Listed> all;

  private:
    size_t most_;
};

struct Exclusive {
    explicit Exclusive(Node& node) : lock(node.lock()) { lock.lock(); }
    ~Exclusive() { lock.unlock(); }
    Exclusive(const Exclusive&) = delete;
    Exclusive& operator=(const Exclusive&) = delete;
    RwLock& lock;
};
using Shared = SharedGuard<RwLock>;

class Hand {
  public:
    explicit Hand(FileSystem& file_system) : file_system_(file_system) {}

    Result<Ref<Node>> lookup(Node& directory, const string& name) {
        Shared guard(directory.lock());
        return directory.lookup(name);
    }
    Result<Ref<Node>> walk(const string& path) {
        Ref<Node> at = UK_TRY(file_system_.root());
        for (size_t from = 0; from < path.size();) {
            size_t to = path.find('/', from);
            to = to == string::npos ? path.size() : to;
            if (!at->is_directory())
                return Errno::notdir;
            at = UK_TRY(lookup(*at, path.substr(from, to - from)));
            from = to + 1;
        }
        return at;
    }
    static std::pair<string, string> split(const string& path) {
        const size_t slash = path.rfind('/');
        return slash == string::npos ? std::pair{string(), path}
                                     : std::pair{path.substr(0, slash), path.substr(slash + 1)};
    }

    Result<Ref<Node>> create(const string& path, const NewNode& what) {
        const auto [where, name] = split(path);
        Ref<Node> directory = UK_TRY(walk(where));
        Exclusive guard(*directory);
        Result<Ref<Node>> there = directory->lookup(name);
        if (there.ok())
            return Errno::exist;
        if (there.code() != Errno::noent)
            return there.error();
        return directory->create(name, what);
    }
    Result<> make(const string& path, NodeKind kind, const string& target = "") {
        UK_TRY(create(path, {.kind = kind, .permissions = 0644, .target = target}));
        return ok();
    }
    Result<> folder(const string& path) { return make(path, NodeKind::directory); }
    Result<> file(const string& path, const string& text) {
        Ref<Node> node = UK_TRY(create(path, {.kind = NodeKind::regular, .permissions = 0644}));
        if (!text.empty() && UK_TRY(write(*node, text, 0)) != text.size())
            return Errno::nospc;
        return ok();
    }
    Result<> remove(const string& path) {
        const auto [where, name] = split(path);
        Ref<Node> directory = UK_TRY(walk(where));
        Exclusive guard(*directory);
        Ref<Node> node = UK_TRY(directory->lookup(name));
        Exclusive other(*node);
        return directory->remove(name, *node);
    }
    Result<> link(const string& path, const string& to) {
        Ref<Node> node = UK_TRY(walk(path));
        const auto [where, name] = split(to);
        Ref<Node> directory = UK_TRY(walk(where));
        Exclusive guard(*directory);
        if (directory->lookup(name).ok())
            return Errno::exist;
        Exclusive other(*node);
        return directory->link(name, *node);
    }
    Result<> rename(const string& path, const string& to, bool exchange = false);

    Result<size_t> write(Node& node, const string& text, uint64_t offset) {
        const IoPiece piece{const_cast<char*>(text.data()), text.size()};
        IoPieces from({&piece, 1}, IoMemory::kernel);
        Exclusive guard(node);
        return node.write(from, offset);
    }
    Result<size_t> write(const string& path, const string& text, uint64_t offset) {
        return write(*UK_TRY(walk(path)), text, offset);
    }
    static Result<string> read(Node& node, uint64_t offset, size_t size) {
        string text(size, '?');
        const IoPiece piece{text.data(), text.size()};
        IoPieces to({&piece, 1}, IoMemory::kernel);
        Shared guard(node.lock());
        text.resize(UK_TRY(node.read(to, offset)));
        return text;
    }
    Result<string> read(const string& path, uint64_t offset = 0, size_t size = 1 << 20) {
        return read(*UK_TRY(walk(path)), offset, size);
    }
    Result<> resize(const string& path, uint64_t size) {
        Ref<Node> node = UK_TRY(walk(path));
        Exclusive guard(*node);
        return node->resize(size);
    }
    static Facts facts(Node& node) {
        Facts out;
        Shared guard(node.lock());
        node.facts(out);
        return out;
    }
    Result<Facts> facts(const string& path) { return facts(*UK_TRY(walk(path))); }
    // `step`: so many entries with each call.
    Result<std::vector<Listed>> list(const string& path, size_t step = 1000) {
        Ref<Node> directory = UK_TRY(walk(path));
        std::vector<Listed> all;
        for (uint64_t from = 0;;) {
            Collector some(step);
            Shared guard(directory->lock());
            UK_TRY(directory->list(from, some));
            all.insert(all.end(), some.all.begin(), some.all.end());
            if (some.all.size() < step)
                return all;
            from = all.back().next;
        }
    }
    FileSystemFacts usage() {
        FileSystemFacts out;
        file_system_.facts(out);
        return out;
    }
    FileSystem& file_system() { return file_system_; }

  private:
    // Whether `above` contains `node`, or is it. With the rename lock.
    static bool contains(Node& above, Node& node);

    FileSystem& file_system_;
};

inline bool Hand::contains(Node& above, Node& node) {
    Ref<Node> at = Ref<Node>::share(node);
    while (at.get() != &above) {
        Result<Ref<Node>> up = Errno::noent;
        {
            Shared guard(at->lock());
            up = at->parent();
        }
        if (!up.ok() || up.value().get() == at.get())
            return false;
        at = up.take();
    }
    return true;
}

inline Result<> Hand::rename(const string& path, const string& to, bool exchange) {
    const auto [where, name] = split(path);
    const auto [to_where, to_name] = split(to);
    LockGuard serial(file_system_.rename_lock());
    Ref<Node> from = UK_TRY(walk(where));
    Ref<Node> into = UK_TRY(walk(to_where));
    Node* first = from.get();
    Node* second = into.get();
    if (first != second && !contains(*first, *second) &&
        (contains(*second, *first) || std::less<>{}(second, first)))
        std::swap(first, second);
    // Directories cannot move now, so what contains what stays; their contents may change until
    // they are locked.
    Result<Ref<Node>> moved = lookup(*from, name);
    Result<Ref<Node>> target = lookup(*into, to_name);
    if (!moved.ok())
        return moved.error();
    if (moved.value()->is_directory() && contains(*moved.value(), *into))
        return Errno::inval;
    if (target.ok() && target.value()->is_directory() && contains(*target.value(), *from))
        return exchange ? Errno::inval : Errno::notempty;
    Exclusive outer(*first);
    Result<> inner = ok();
    if (first != second)
        second->lock().lock();
    moved = from->lookup(name);
    target = into->lookup(to_name);
    const auto change = [&, name = name, to_name = to_name]() -> Result<> {
        Ref<Node> node = UK_TRY(std::move(moved));
        if (!target.ok()) {
            Exclusive one(*node);
            if (exchange)
                return Errno::noent;
            return from->rename({name, *node, *into, to_name, nullptr, false});
        }
        Ref<Node> other = target.take();
        if (other.get() == node.get())
            return ok(); // POSIX: nothing happens
        if (!exchange && node->is_directory() != other->is_directory())
            return node->is_directory() ? Errno::notdir : Errno::isdir;
        const bool swapped = std::less<>{}(other.get(), node.get());
        Exclusive one(swapped ? *other : *node);
        Exclusive two(swapped ? *node : *other);
        return from->rename({name, *node, *into, to_name, other.get(), exchange});
    };
    inner = change();
    if (first != second)
        second->lock().unlock();
    return inner;
}

} // namespace uk::vfs::conformance

#endif // UK_HOST_TEST
