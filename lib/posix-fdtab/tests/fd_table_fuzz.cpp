// SPDX-License-Identifier: BSD-3-Clause
// Any calls on the table of descriptors, with any numbers, and memory that ends: each answer is
// that of a map, and no file is lost or freed twice.
#include <climits>
#include <cstdint>
#include <map>

#include <uk/assert.h>
#include <uk/posix/fdtab/basic_fd_table.hpp>

namespace {

using uk::Errno;

constexpr unsigned kMostFds = 5000; // three levels of nodes

struct File {
    void ref_retain() { refs++; }
    void ref_release() {
        UK_VERIFY(refs != 0);
        if (--refs == 0)
            delete this;
    }
    unsigned refs = 1;
};

struct Environment {
    using File = ::File;
    struct Lock {
        struct State {};
        State lock() { return {}; }
        void unlock(State /*state*/) {}
    };
    static constexpr unsigned kMost = kMostFds;
    static inline bool refuses = false;
    static void* allocate(size_t size) { return refuses ? nullptr : ::operator new(size); }
    static void deallocate(void* memory) { ::operator delete(memory); }
};

class Calls {
  public:
    Calls(const uint8_t* at, size_t size) : at_(at), end_(at + size) {}

    void run() {
        while (at_ != end_) {
            const unsigned call = next();
            flag_ = (call & 0x80) != 0;
            Environment::refuses = (call & 0x60) == 0x60;
            const int fd = number();
            const int other = number();
            step(call % 8, fd, other);
            look_at(fd);
            look_at(other);
            UK_VERIFY(table_.count() == model_.size());
        }
    }

  private:
    struct Entry {
        File* file;
        bool close_on_exec;
    };

    unsigned next() { return at_ == end_ ? 0 : *at_++; }
    // Mostly small ones, so that calls meet; and those at which something ends.
    int number() {
        static constexpr int kEdges[] = {-1,   INT_MIN, INT_MAX,      64,       65,          4095,
                                         4096, 4097,    kMostFds - 1, kMostFds, kMostFds + 1};
        const unsigned byte = next();
        return byte < 128 ? static_cast<int>(byte % 72)
                          : kEdges[byte % (sizeof(kEdges) / sizeof(int))];
    }

    void step(unsigned call, int fd, int other) {
        switch (call) {
        case 0:
            return add(static_cast<unsigned>(other));
        case 1: {
            const bool was = model_.erase(static_cast<unsigned>(fd)) == 1;
            UK_VERIFY(table_.close(fd).ok() == was);
            return;
        }
        case 2:
            return dup_to(fd, other);
        case 3:
            return range(static_cast<unsigned>(fd), static_cast<unsigned>(other), true);
        case 4:
            return range(static_cast<unsigned>(fd), static_cast<unsigned>(other), false);
        case 5: {
            auto found = model_.find(static_cast<unsigned>(fd));
            UK_VERIFY(table_.set_close_on_exec(fd, flag_).ok() == (found != model_.end()));
            if (found != model_.end())
                found->second.close_on_exec = flag_;
            return;
        }
        case 6: {
            const bool may = static_cast<unsigned>(other) <= kMostFds;
            UK_VERIFY(table_.set_limit(static_cast<unsigned>(other)).ok() == may);
            limit_ = may ? static_cast<unsigned>(other) : limit_;
            return;
        }
        default: // as many as fill a node
            for (unsigned left = 1 + static_cast<unsigned>(fd) % 70; left != 0; left--)
                add(0);
        }
    }

    unsigned lowest(unsigned least) const {
        for (auto at = model_.lower_bound(least); at != model_.end() && at->first == least; ++at)
            least++;
        return least;
    }
    void add(unsigned least) {
        File* file = new File;
        auto got = table_.add(uk::Ref<File>::adopt(*file), flag_, least);
        if (least >= limit_ && least != 0) {
            UK_VERIFY(got.code() == Errno::inval);
        } else if (lowest(least) >= limit_) {
            UK_VERIFY(got.code() == Errno::mfile);
        } else if (got.ok()) {
            UK_VERIFY(static_cast<unsigned>(got.value()) == lowest(least));
            model_[lowest(least)] = {file, flag_};
        } else {
            UK_VERIFY(got.code() == Errno::nomem && Environment::refuses);
        }
    }
    void dup_to(int fd, int other) {
        auto got = table_.dup_to(fd, other, flag_);
        const auto from = model_.find(static_cast<unsigned>(fd));
        if (from == model_.end() || static_cast<unsigned>(other) >= limit_) {
            UK_VERIFY(got.code() == Errno::badf);
        } else if (got.ok()) {
            UK_VERIFY(got.value() == other);
            model_[static_cast<unsigned>(other)] = {from->second.file, flag_};
        } else {
            UK_VERIFY(got.code() == Errno::nomem && Environment::refuses);
        }
    }
    void range(unsigned first, unsigned last, bool close) {
        if (first > last)
            return;
        if (close)
            table_.close_range(first, last);
        else
            table_.set_close_on_exec_range(first, last);
        for (auto at = model_.lower_bound(first); at != model_.end() && at->first <= last;) {
            at->second.close_on_exec = true;
            at = close ? model_.erase(at) : std::next(at);
        }
    }
    void look_at(int fd) {
        auto got = table_.get(fd);
        const auto found = model_.find(static_cast<unsigned>(fd));
        UK_VERIFY(got.ok() == (found != model_.end()));
        if (!got.ok())
            return;
        UK_VERIFY(got.value().get() == found->second.file);
        UK_VERIFY(table_.close_on_exec(fd).value() == found->second.close_on_exec);
    }

    const uint8_t* at_;
    const uint8_t* end_;
    bool flag_ = false;
    unsigned limit_ = kMostFds;
    uk::posix::BasicFdTable<Environment> table_;
    std::map<unsigned, Entry> model_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Calls(data, size).run();
    return 0;
}
