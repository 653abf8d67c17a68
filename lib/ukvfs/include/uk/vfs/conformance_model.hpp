// SPDX-License-Identifier: BSD-3-Clause
// Host tests only: a model of a file system, for random operations against one that is to be like
// it.
#pragma once

#ifdef UK_HOST_TEST

#include <memory>
#include <random>

#include <uk/vfs/conformance.hpp>

namespace uk::vfs::conformance {

// A file system and what it should be.
class Model {
  public:
    Model(FileSystem& file_system, unsigned seed) : hand_(file_system), random_(seed) {
        folders_.push_back("");
        tree_[""] = std::make_shared<One>(One{NodeKind::directory, "", 1});
    }

    void step();
    void compare();

  private:
    struct One {
        NodeKind kind;
        string text; // of files and links
        uint32_t names = 0;
    };
    static constexpr size_t kMostFolders = 30;

    string any_path() {
        const string& folder = folders_[random_() % folders_.size()];
        const string name = "n" + std::to_string(random_() % 12);
        return folder.empty() ? name : folder + "/" + name;
    }
    One* at(const string& path) {
        const auto found = tree_.find(path);
        return found != tree_.end() ? found->second.get() : nullptr;
    }
    bool is_empty(const string& path) {
        const auto next = tree_.upper_bound(path + "/");
        return next == tree_.end() || !next->first.starts_with(path + "/");
    }
    void add(const string& path, NodeKind kind, const string& text) {
        tree_[path] = std::make_shared<One>(One{kind, text, 1});
        if (kind == NodeKind::directory)
            folders_.push_back(path);
    }
    void forget(const string& path) {
        tree_[path]->names--;
        tree_.erase(path);
        std::erase(folders_, path);
    }
    // All below `from`, and itself, is `to` now.
    static string moved(const string& path, const string& from, const string& to) {
        const bool below = path == from || path.starts_with(from + "/");
        return below ? to + path.substr(from.size()) : path;
    }

    void create();
    void write();
    void resize();
    void remove();
    void link();
    void rename(bool exchange);
    void look();

    Hand hand_;
    std::mt19937 random_;
    std::map<string, std::shared_ptr<One>> tree_;
    std::vector<string> folders_;
};

inline void Model::create() {
    const string path = any_path();
    const bool exists = at(path) != nullptr;
    NodeKind kind = NodeKind::regular;
    if (random_() % 6 == 0 && folders_.size() < kMostFolders)
        kind = NodeKind::directory;
    else if (random_() % 6 == 0)
        kind = NodeKind::link;
    string text = kind == NodeKind::link ? pattern(1 + random_() % 100, random_()) : "";
    std::replace(text.begin(), text.end(), '\0', '0'); // no target has that
    const Result<> made = hand_.make(path, kind, text);
    ASSERT_EQ(made.code(), exists ? Errno::exist : Errno::ok);
    if (!exists)
        add(path, kind, text);
}

inline void Model::write() {
    const string path = any_path();
    One* one = at(path);
    if (one == nullptr || one->kind != NodeKind::regular)
        return;
    const string text =
        pattern(random_() % 10 == 0 ? random_() % 20'000 : random_() % 300, random_());
    const uint64_t offset = random_() % 4 == 0 ? random_() % 30'000 : one->text.size();
    ASSERT_EQ(hand_.write(path, text, offset).take(), text.size());
    if (text.empty())
        return;
    if (one->text.size() < offset + text.size())
        one->text.resize(offset + text.size(), '\0');
    one->text.replace(offset, text.size(), text);
}

inline void Model::resize() {
    const string path = any_path();
    One* one = at(path);
    if (one == nullptr || one->kind != NodeKind::regular)
        return;
    const size_t size = random_() % 3 == 0 ? random_() % 30'000 : 0;
    ASSERT_TRUE(hand_.resize(path, size).ok());
    one->text.resize(size, '\0');
}

inline void Model::remove() {
    const string path = any_path();
    One* one = at(path);
    const Result<> done = hand_.remove(path);
    if (one == nullptr) {
        ASSERT_EQ(done.code(), Errno::noent);
    } else if (one->kind == NodeKind::directory && !is_empty(path)) {
        ASSERT_EQ(done.code(), Errno::notempty);
    } else {
        ASSERT_TRUE(done.ok());
        forget(path);
    }
}

inline void Model::link() {
    const string path = any_path();
    const string to = any_path();
    One* one = at(path);
    if (one == nullptr || one->kind != NodeKind::regular || at(to) != nullptr)
        return;
    const Result<> done = hand_.link(path, to);
    if (done.code() == Errno::perm)
        return;
    ASSERT_TRUE(done.ok());
    one->names++;
    tree_[to] = tree_[path];
}

inline void Model::rename(bool exchange) {
    const string path = any_path();
    const string to = any_path();
    One* one = at(path);
    One* other = at(to);
    const Result<> done = hand_.rename(path, to, exchange);
    if (done.code() == Errno::perm)
        return;
    const bool folder = one != nullptr && one->kind == NodeKind::directory;
    const bool over_folder = other != nullptr && other->kind == NodeKind::directory;
    const auto within = [](const string& a, const string& b) {
        return a == b || a.starts_with(b + "/");
    };
    const string where = Hand::split(to).first;
    const string from = Hand::split(path).first;
    if (one == nullptr) {
        ASSERT_EQ(done.code(), Errno::noent);
    } else if (folder && within(where, path)) {
        ASSERT_EQ(done.code(), Errno::inval);
    } else if (over_folder && within(from, to)) {
        ASSERT_EQ(done.code(), exchange ? Errno::inval : Errno::notempty);
    } else if (other == nullptr && exchange) {
        ASSERT_EQ(done.code(), Errno::noent);
    } else if (other == one) {
        ASSERT_TRUE(done.ok());
    } else if (other != nullptr && !exchange && folder != over_folder) {
        ASSERT_EQ(done.code(), folder ? Errno::notdir : Errno::isdir);
    } else if (over_folder && !exchange && !is_empty(to)) {
        ASSERT_EQ(done.code(), Errno::notempty);
    } else {
        ASSERT_TRUE(done.ok());
        if (other != nullptr && !exchange)
            forget(to);
        std::map<string, std::shared_ptr<One>> after;
        const auto renamed = [&](const string& old) {
            if (within(old, path))
                return moved(old, path, to);
            return exchange && within(old, to) ? moved(old, to, path) : old;
        };
        for (auto& [old, node] : tree_)
            after[renamed(old)] = node;
        tree_ = std::move(after);
        for (string& each : folders_)
            each = renamed(each);
    }
}

inline void Model::look() {
    const string path = any_path();
    One* one = at(path);
    Result<Ref<Node>> found = hand_.walk(path);
    ASSERT_EQ(found.code(), one != nullptr ? Errno::ok : Errno::noent);
    if (one == nullptr)
        return;
    const Facts facts = hand_.facts(*found.value());
    ASSERT_EQ(facts.kind, one->kind);
    if (one->kind == NodeKind::directory)
        return;
    ASSERT_EQ(facts.links, one->names);
    ASSERT_EQ(facts.size, one->text.size());
    if (one->kind == NodeKind::link)
        ASSERT_EQ(found.value()->target().take(), one->text);
    else
        ASSERT_TRUE(hand_.read(*found.value(), 0, 100'000).take() == one->text);
}

inline void Model::step() {
    switch (random_() % 16) {
    case 0:
    case 1:
    case 2:
        return create();
    case 3:
    case 4:
    case 5:
    case 6:
        return write();
    case 7:
        return resize();
    case 8:
    case 9:
        return remove();
    case 10:
        return link();
    case 11:
    case 12:
        return rename(false);
    case 13:
        return rename(true);
    default:
        return look();
    }
}

inline void Model::compare() {
    for (const auto& [path, one] : tree_) {
        Result<Ref<Node>> found = hand_.walk(path);
        ASSERT_TRUE(found.ok()) << path;
        if (one->kind == NodeKind::regular) {
            ASSERT_TRUE(hand_.read(*found.value(), 0, 100'000).take() == one->text) << path;
        }
        if (one->kind != NodeKind::directory)
            continue;
        std::set<string> expected;
        const string inside = path.empty() ? "" : path + "/";
        for (const auto& [other, node] : tree_) {
            if (!other.empty() && Hand::split(other).first == path)
                expected.insert(other.substr(inside.size()));
        }
        std::set<string> seen;
        for (const Listed& each : hand_.list(path, 7).take())
            ASSERT_TRUE(seen.insert(each.name).second);
        ASSERT_EQ(seen, expected) << path;
    }
}

} // namespace uk::vfs::conformance

#endif // UK_HOST_TEST
