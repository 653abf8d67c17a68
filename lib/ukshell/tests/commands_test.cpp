// SPDX-License-Identifier: BSD-3-Clause
// Host tests: commands on the host's files, through the host's system calls, beside the host's own
// commands where these say the same.
#include "../commands.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace uk::shell;
namespace fs = std::filesystem;

UK_SHELL_COMMAND({"cat", "", run_cat, "[FILE...]"});
UK_SHELL_COMMAND({"cd", "", run_cd, "[FOLDER]"});
UK_SHELL_COMMAND({"cp", "", run_cp, "[-r] FILE... TO"});
UK_SHELL_COMMAND({"echo", "shows words", run_echo, "[-n] [WORD...]"});
UK_SHELL_COMMAND({"exit", "", run_exit, "[STATUS]"});
UK_SHELL_COMMAND({"help", "", run_help});
UK_SHELL_COMMAND({"kill", "", run_kill, "[-SIGNAL] NUMBER..."});
UK_SHELL_COMMAND({"ls", "", run_ls, "[-la] [PATH...]"});
UK_SHELL_COMMAND({"mkdir", "", run_mkdir, "[-p] FOLDER..."});
UK_SHELL_COMMAND({"mv", "", run_mv, "FILE... TO"});
UK_SHELL_COMMAND({"pwd", "", run_pwd});
UK_SHELL_COMMAND({"rm", "", run_rm, "[-rf] FILE..."});
UK_SHELL_COMMAND({"rmdir", "", run_rmdir, "FOLDER..."});

namespace {

class Commands : public testing::Test {
  protected:
    Commands() {
        char name[] = "/tmp/ukshell-XXXXXX";
        before_ = fs::current_path();
        folder = mkdtemp(name);
        out_ = open((folder + ".out").c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
        fs::current_path(folder);
    }
    ~Commands() override {
        fs::current_path(before_);
        close(out_);
        fs::remove(folder + ".out");
        fs::remove_all(folder);
    }

    // What the line shows; `status` and `ends` are set.
    std::string run(std::string line, int in = 0) {
        EXPECT_EQ(ftruncate(out_, 0), 0);
        lseek(out_, 0, SEEK_SET);
        status = run_line(line.data(), in, out_, ends);
        return shown();
    }
    // All lines, from a pipe.
    std::string run_all(const std::string& lines) {
        EXPECT_EQ(ftruncate(out_, 0), 0);
        lseek(out_, 0, SEEK_SET);
        int ends_of_pipe[2];
        EXPECT_EQ(pipe(ends_of_pipe), 0);
        std::thread writer([&] {
            EXPECT_EQ(write(ends_of_pipe[1], lines.data(), lines.size()),
                      static_cast<ssize_t>(lines.size()));
            close(ends_of_pipe[1]);
        });
        status = uk::shell::run(ends_of_pipe[0], out_);
        writer.join();
        close(ends_of_pipe[0]);
        return shown();
    }
    std::string shown() const { return text_of(folder + ".out"); }
    static std::string text_of(const std::string& path) {
        std::stringstream text;
        text << std::ifstream(path).rdbuf();
        return text.str();
    }
    static void put(const std::string& path, const std::string& text) {
        std::ofstream(path) << text;
    }

    std::string folder;
    int status = -1;
    bool ends = false;

  private:
    fs::path before_;
    int out_;
};

TEST_F(Commands, CatShowsFilesAndInput) {
    put("a", "one\n");
    put("b", std::string(40000, 'x'));
    EXPECT_EQ(run("cat a b a"), "one\n" + std::string(40000, 'x') + "one\n");
    EXPECT_EQ(status, 0);
    EXPECT_EQ(run("cat a nowhere a"),
              "one\ncat: cannot read 'nowhere': No such file or directory\none\n");
    EXPECT_EQ(status, 1);
    EXPECT_EQ(run("cat ."), "cat: cannot read '.': Is a directory\n");
    const int in = open("a", O_RDONLY);
    EXPECT_EQ(run("cat", in), "one\n");
    close(in);
    EXPECT_EQ(run("cat -n"), "cat: there are no options (how to: cat [FILE...])\n");
    EXPECT_EQ(status, 2);
}

TEST_F(Commands, OutputGoesToFiles) {
    EXPECT_EQ(run("echo -n one > 'new file'"), "");
    EXPECT_EQ(run("echo two >> 'new file'"), "");
    EXPECT_EQ(text_of("new file"), "onetwo\n");
    EXPECT_EQ(run("echo three > 'new file'"), "");
    EXPECT_EQ(text_of("new file"), "three\n");
    EXPECT_EQ(run("echo x > no/where"),
              "echo: cannot write to 'no/where': No such file or directory\n");
    EXPECT_EQ(status, 1);
    EXPECT_EQ(run("echo x > /dev/full"),
              "echo: cannot write to '/dev/full': No space left on device\n");
    EXPECT_EQ(status, 1);
    EXPECT_EQ(run("cat nowhere > new"), "cat: cannot read 'nowhere': No such file or directory\n");
    EXPECT_EQ(text_of("new"), "");
}

TEST_F(Commands, CpCopiesBytesAndPermissions) {
    put("a", std::string(100000, 'a'));
    ASSERT_EQ(chmod("a", 0750), 0);
    EXPECT_EQ(run("cp a b"), "");
    EXPECT_EQ(text_of("b"), std::string(100000, 'a'));
    struct stat facts;
    ASSERT_EQ(stat("b", &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0750u & ~0022u);
    put("a", "short");
    EXPECT_EQ(run("cp a b"), "");
    EXPECT_EQ(text_of("b"), "short");
    EXPECT_EQ(run("mkdir d"), "");
    EXPECT_EQ(run("cp a b d/"), "");
    EXPECT_EQ(text_of("d/b"), "short");
    EXPECT_EQ(run("cp a ./a"), "cp: 'a' and './a' are the same file\n");
    EXPECT_EQ(text_of("a"), "short");
    EXPECT_EQ(run("cp a b a"),
              "cp: several files only go to a folder (how to: cp [-r] FILE... TO)\n");
    EXPECT_EQ(run("cp d e"), "cp: cannot read 'd': Is a directory\n");
    EXPECT_EQ(run("cp a"), "cp: from where, and where to? (how to: cp [-r] FILE... TO)\n");
}

TEST_F(Commands, MvRenamesAndCrossesFileSystems) {
    put("a", "text");
    EXPECT_EQ(run("mv a b"), "");
    EXPECT_EQ(text_of("b"), "text");
    EXPECT_FALSE(fs::exists("a"));
    EXPECT_EQ(run("mkdir d"), "");
    EXPECT_EQ(run("mv b d"), "");
    EXPECT_EQ(text_of("d/b"), "text");
    EXPECT_EQ(run("mv nowhere x"), "mv: cannot move 'nowhere': No such file or directory\n");
    EXPECT_EQ(status, 1);
    struct stat here, there;
    if (stat(".", &here) == 0 && stat("/dev/shm", &there) == 0 && here.st_dev != there.st_dev &&
        access("/dev/shm", W_OK) == 0) {
        const std::string other = "/dev/shm/" + fs::path(folder).filename().string();
        EXPECT_EQ(run("mv d/b " + other), "");
        EXPECT_EQ(text_of(other), "text");
        EXPECT_FALSE(fs::exists("d/b"));
        EXPECT_EQ(run("mv d " + other + "2"), "mv: cannot move 'd': Invalid cross-device link\n");
        fs::remove(other);
    }
}

TEST_F(Commands, FilesAndFoldersAreRemoved) {
    put("a", "");
    put("-x", "");
    EXPECT_EQ(run("rm a -- -x"), "rm: cannot remove '--': No such file or directory\n");
    put("a", "");
    put("-x", "");
    EXPECT_EQ(run("rm -- a -x"), "");
    EXPECT_TRUE(fs::is_empty("."));
    EXPECT_EQ(run("rm a"), "rm: cannot remove 'a': No such file or directory\n");
    EXPECT_EQ(run("rm -f a"), "");
    EXPECT_EQ(status, 0);
    EXPECT_EQ(run("rm"), "rm: what? (how to: rm [-rf] FILE...)\n");
    EXPECT_EQ(run("mkdir -p a/b//c d"), "");
    EXPECT_EQ(run("mkdir -p a/b"), "");
    EXPECT_EQ(run("mkdir a"), "mkdir: cannot make 'a': File exists\n");
    EXPECT_TRUE(fs::is_directory("a/b/c"));
    put("f", "");
    EXPECT_EQ(run("mkdir -p f"), "mkdir: cannot make 'f': File exists\n");
    EXPECT_EQ(run("mkdir -p f/g"), "mkdir: cannot make 'f/g': Not a directory\n");
    EXPECT_EQ(run("rm a"), "rm: cannot remove 'a': Is a directory\n");
    EXPECT_EQ(run("rmdir a"), "rmdir: cannot remove 'a': Directory not empty\n");
    EXPECT_EQ(run("rmdir a/b/c a/b a"), "");
    EXPECT_FALSE(fs::exists("a"));
}

TEST_F(Commands, FoldersAreCopiedAndRemoved) {
    EXPECT_EQ(run("mkdir -p a/b/c a/empty"), "");
    put("a/f", "text");
    put("a/b/c/g", std::string(70000, 'g'));
    put("a/.hidden", "");
    ASSERT_EQ(chmod("a/b", 0750), 0);
    fs::create_symlink("../f", "a/b/link");
    fs::create_symlink("nowhere", "a/broken");
    ASSERT_EQ(mkfifo("a/fifo", 0644), 0);
    EXPECT_EQ(run("cp -r a copy"), "");
    EXPECT_EQ(status, 0);
    EXPECT_EQ(text_of("copy/f"), "text");
    EXPECT_EQ(text_of("copy/b/c/g"), std::string(70000, 'g'));
    EXPECT_TRUE(fs::is_empty("copy/empty") && fs::exists("copy/.hidden"));
    EXPECT_EQ(fs::read_symlink("copy/b/link"), "../f");
    EXPECT_EQ(fs::read_symlink("copy/broken"), "nowhere");
    EXPECT_TRUE(fs::is_fifo("copy/fifo"));
    EXPECT_EQ(fs::status("copy/b").permissions(), fs::perms(0750));
    fs::remove_all("copy/fifo"); // the second time, what is there is written over
    fs::remove_all("a/fifo");
    fs::remove_all("copy/b/link");
    fs::remove_all("copy/broken");
    put("a/f", "newer");
    put("one", "one");
    EXPECT_EQ(run("mkdir into"), "");
    EXPECT_EQ(run("cp -r a one into"), "");
    EXPECT_EQ(text_of("into/a/f") + text_of("into/one"), "newerone");
    EXPECT_EQ(run("cp -r a a/b"), "cp: 'a/b/a' is the copy itself, and left out\n");
    EXPECT_EQ(status, 1);
    EXPECT_EQ(text_of("a/b/a/f"), "newer");
    EXPECT_EQ(run("cp -r nowhere x"), "cp: cannot read 'nowhere': No such file or directory\n");

    EXPECT_EQ(run("rm -r a nowhere copy"),
              "rm: cannot remove 'nowhere': No such file or directory\n");
    EXPECT_EQ(status, 1);
    EXPECT_FALSE(fs::exists("a") || fs::exists("copy"));
    fs::create_symlink("into", "link");
    EXPECT_EQ(run("rm -rf link nowhere one"), "");
    EXPECT_TRUE(fs::exists("into/a/f"));
    EXPECT_EQ(run("rm -r ."), "rm: '.', '..' and '/' stay (how to: rm [-rf] FILE...)\n");
    EXPECT_EQ(run("rm -r into/.."), "rm: '.', '..' and '/' stay (how to: rm [-rf] FILE...)\n");
    EXPECT_EQ(status, 2);
    std::string deep = "into";
    for (int i = 0; i < 300; i++)
        fs::create_directory(deep += "/deeper");
    EXPECT_EQ(run("cp -r into other"), "");
    EXPECT_TRUE(fs::exists("other" + deep.substr(4)));
    EXPECT_EQ(run("rm -r into other"), "");
    EXPECT_FALSE(fs::exists("into") || fs::exists("other"));
}

TEST_F(Commands, LsIsSortedAndComplete) {
    std::string wanted;
    for (int i = 100; i < 600; i++) {
        put("file" + std::to_string(i), "");
        wanted += "file" + std::to_string(i) + "\n";
    }
    put(".hidden", "");
    EXPECT_EQ(run("ls"), wanted);
    EXPECT_EQ(run("ls -a"), ".\n..\n.hidden\n" + wanted);
    EXPECT_EQ(run("ls file100 nowhere .hidden"),
              "file100\nls: cannot look at 'nowhere': No such file or directory\n.hidden\n");
    EXPECT_EQ(status, 1);
    EXPECT_EQ(run("ls -z"), "ls: there is no such option (how to: ls [-la] [PATH...])\n");
}

TEST_F(Commands, LsTellsFacts) {
    put("a\33b", "12345");
    ASSERT_EQ(chmod("a\33b", 0640), 0);
    const timespec times[2] = {{1700000000, 0}, {1700000000, 0}};
    ASSERT_EQ(utimensat(AT_FDCWD, "a\33b", times, 0), 0);
    ASSERT_EQ(symlink("/no/where", "link"), 0);
    const std::string owner = [] {
        char text[24];
        snprintf(text, sizeof(text), "%4u %4u", getuid(), getgid());
        return std::string(text);
    }();
    const std::string shown = run("ls -l");
    EXPECT_EQ(shown.substr(0, shown.find('\n')),
              "-rw-r-----   1 " + owner + "          5 2023-11-14 22:13 a?b");
    EXPECT_NE(shown.find(" link -> /no/where\n"), std::string::npos) << shown;
    EXPECT_TRUE(run("ls -l /dev/null").starts_with("crw-rw-rw-   1    0    0       1, 3 "))
        << this->shown();
    ASSERT_EQ(symlink("d", "to_d"), 0);
    EXPECT_NE(run("ls -l to_d").find(" to_d -> d\n"), std::string::npos) << this->shown();
    EXPECT_EQ(run("mkdir d e"), "");
    put("d/x", "");
    EXPECT_EQ(run("ls d e link"), "d:\nx\n\ne:\nlink\n");
}

TEST_F(Commands, FoldersAreEntered) {
    EXPECT_EQ(run("pwd"), folder + "\n");
    EXPECT_EQ(run("mkdir d"), "");
    EXPECT_EQ(run("cd d"), "");
    EXPECT_EQ(run("pwd"), folder + "/d\n");
    EXPECT_EQ(run("cd nowhere"), "cd: cannot go to 'nowhere': No such file or directory\n");
    EXPECT_EQ(run("cd a b"), "cd: more than one folder (how to: cd [FOLDER])\n");
    EXPECT_EQ(run("cd"), "");
    EXPECT_EQ(run("pwd"), "/\n");
}

TEST_F(Commands, TheShellAnswers) {
    EXPECT_EQ(run("ech x"), "there is no command 'ech'; did you mean 'echo'? (help lists them)\n");
    EXPECT_EQ(status, 127);
    EXPECT_EQ(run("echo 'x"), "nothing ends what begins with '\n");
    EXPECT_EQ(status, 2);
    EXPECT_EQ(run("  # nothing"), "");
    EXPECT_EQ(status, 0);
    const std::string help = run("help");
    EXPECT_NE(help.find("echo    [-n] [WORD...]           shows words\n"), std::string::npos);
    EXPECT_LT(help.find("cat"), help.find("cd"));
    EXPECT_LT(help.find("rm "), help.find("rmdir"));
    run("exit 7");
    EXPECT_EQ(status, 7);
    EXPECT_TRUE(ends);
    run("exit 256");
    EXPECT_EQ(status, 2);
    EXPECT_FALSE(ends);
}

TEST_F(Commands, KillSendsSignals) {
    EXPECT_EQ(run("kill"), "kill: whom? (how to: kill [-SIGNAL] NUMBER...)\n");
    EXPECT_EQ(run("kill -NO 1"),
              "kill: there is no such signal (how to: kill [-SIGNAL] NUMBER...)\n");
    EXPECT_EQ(status, 2);
    static volatile sig_atomic_t got = 0;
    signal(SIGUSR1, [](int number) { got = number; });
    EXPECT_EQ(run("kill -USR1 " + std::to_string(gettid())), "");
    EXPECT_EQ(got, SIGUSR1);
    signal(SIGUSR1, SIG_DFL);
    EXPECT_EQ(run("kill -0 2147483647"),
              "kill: cannot send a signal to '2147483647': No such process\n");
    EXPECT_EQ(status, 1);
}

TEST_F(Commands, LinesOfAPipeRunInTurn) {
    EXPECT_EQ(run_all("echo a\n\necho b"), "a\nb\n");
    EXPECT_EQ(status, 0);
    EXPECT_EQ(run_all("exit 3\necho b\n"), "");
    EXPECT_EQ(status, 3);
    EXPECT_EQ(run_all("echo " + std::string(2000, 'x') + "\necho b\n"),
              "a line has at most 1023 bytes\nb\n");
    EXPECT_EQ(run_all(std::string("echo a\0b\n", 9)), "a?b\n");
    std::string many, wanted;
    for (int i = 0; i < 2000; i++) {
        many += "echo " + std::to_string(i) + "\n";
        wanted += std::to_string(i) + "\n";
    }
    EXPECT_EQ(run_all(many), wanted);
}

int wait_for_ever(Call& call) {
    call.out.append("waits\n");
    call.out.flush();
    raise(SIGINT);
    while (!stopped())
        pause();
    return 0;
}
UK_SHELL_COMMAND({"wait", "", wait_for_ever});

TEST_F(Commands, AnInterruptEndsTheCommandOnly) {
    EXPECT_EQ(run_all("wait\necho b\n"), "waits\nb\n");
    EXPECT_EQ(status, 0);
    EXPECT_EQ(run_all("wait\n"), "waits\n");
    EXPECT_EQ(status, 130);
}

TEST_F(Commands, AnInterruptBeforeTheWaitIsNotForgotten) {
    int ends_of_pipe[2];
    ASSERT_EQ(pipe(ends_of_pipe), 0);
    stop();
    EXPECT_FALSE(wait_for(ends_of_pipe[0]));
    EXPECT_FALSE(wait_for(-1, 1));
    EXPECT_EQ(run("cat", ends_of_pipe[0]), "");
    EXPECT_EQ(status, 130);
    forget_stop();
    EXPECT_TRUE(wait_for(-1, 1));
    close(ends_of_pipe[1]);
    EXPECT_TRUE(wait_for(ends_of_pipe[0]));
    EXPECT_EQ(run("cat", ends_of_pipe[0]), "");
    EXPECT_EQ(status, 0);
    close(ends_of_pipe[0]);
}

TEST_F(Commands, AnInterruptEndsTheWait) {
    struct sigaction before = {}, wanted = {};
    wanted.sa_handler = [](int) { stop(); };
    sigaction(SIGINT, &wanted, &before);
    std::thread typing([waits = pthread_self()] { pthread_kill(waits, SIGINT); });
    EXPECT_FALSE(wait_for(-1));
    typing.join();
    sigaction(SIGINT, &before, nullptr);
    forget_stop();
}

} // namespace
