// fork and exec with a process group of its own, so that an interrupt stops the helper and whatever
// it has started, and nothing else. Between fork and exec only async-signal-safe calls are made:
// the evaluator has other threads.

#include "child-process.h"

#include "failure.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

extern char **environ;

namespace ai_models {

namespace {

constexpr int TICK_MS = 100;
/** How long a program that was told to stop may take to close its journal. */
constexpr int GRACE_MS = 2000;
/** Bytes of output. A report names each file of a model: some megabytes at most. */
constexpr size_t MAX_OUTPUT = size_t(64) << 20;

[[noreturn]] void fail(const std::string &what) {
  throw Failure("HELPER_FAILED", what + ": " + std::strerror(errno));
}

/** Owns a file descriptor. */
class Descriptor {
public:
  explicit Descriptor(int number = -1) : number(number) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor &&other) noexcept : number(std::exchange(other.number, -1)) {}
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;
  int get() const { return number; }
  void close() {
    if (number >= 0) ::close(std::exchange(number, -1));
  }

private:
  int number;
};

struct Pipe {
  Descriptor read, write;
};

Pipe makePipe() {
  int ends[2];
  if (pipe(ends) != 0) fail("Cannot make a pipe");
  for (const int end : ends) fcntl(end, F_SETFD, FD_CLOEXEC);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/** An unnamed file with the text: unlike a pipe it cannot block, nor raise SIGPIPE. */
Descriptor fileWith(const std::string &text) {
  const std::unique_ptr<FILE, int (*)(FILE *)> file(std::tmpfile(), std::fclose);
  if (!file || std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() ||
      std::fflush(file.get()) != 0)
    fail("Cannot write a temporary file");
  std::rewind(file.get());
  const int copy = fcntl(fileno(file.get()), F_DUPFD_CLOEXEC, 3);
  if (copy < 0) fail("Cannot keep a temporary file");
  return Descriptor(copy);
}

/** Text that lives as long as the pointers to it, in the form that execve takes. */
class ExecVector {
public:
  explicit ExecVector(std::vector<std::string> texts) : texts(std::move(texts)) {
    for (std::string &text : this->texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
  }
  char **get() { return pointers.data(); }

private:
  std::vector<std::string> texts;
  std::vector<char *> pointers;
};

ExecVector environmentWith(const std::vector<std::pair<std::string, std::string>> &added) {
  std::vector<std::string> all;
  for (char **entry = environ; *entry != nullptr; entry++) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('='));
    bool replaced = false;
    for (const auto &[key, value] : added) replaced = replaced || key == name;
    if (!replaced) all.emplace_back(text);
  }
  for (const auto &[key, value] : added) all.push_back(key + "=" + value);
  return ExecVector(std::move(all));
}

/** In the child: becomes the program, or reports errno through `problem`. */
[[noreturn]] void become(const char *program, char **arguments, char **environment, int input,
                         int output, int problem, pid_t parent) {
  setpgid(0, 0);
#ifdef __linux__
  // Nix killed outright must not leave a download behind.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
  if (getppid() == parent && dup2(input, 0) >= 0 && dup2(output, 1) >= 0) {
    // Nix blocks the signals that it handles in a thread of its own.
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    execve(program, arguments, environment);
  }
  const int error = errno;
  [[maybe_unused]] const ssize_t written = write(problem, &error, sizeof error);
  _exit(127);
}

/** A running program and its group; stopped when it goes out of scope unfinished. */
class Child {
public:
  explicit Child(pid_t id) : id(id) {}
  ~Child() {
    if (id <= 0) return;
    kill(-id, SIGTERM);
    for (int waited = 0; waited < GRACE_MS; waited += 20) {
      if (waitpid(id, nullptr, WNOHANG) != 0) break;
      usleep(20'000);
      if (waited + 20 >= GRACE_MS) {
        kill(-id, SIGKILL);
        waitpid(id, nullptr, 0);
      }
    }
    kill(-id, SIGKILL); // whatever it has left behind in its group
  }
  Child(const Child &) = delete;
  Child &operator=(const Child &) = delete;

  /** Whether it has ended; then `status` holds how, and the object owns nothing any more. */
  bool ended(int &status) {
    const pid_t result = waitpid(id, &status, WNOHANG);
    if (result == 0 || (result < 0 && errno == EINTR)) return false;
    if (result < 0) fail("Cannot wait for the helper");
    id = -1;
    return true;
  }

private:
  pid_t id;
};

Child start(const ProgramRun &run, const Descriptor &output) {
  const Descriptor input = fileWith(run.input);
  Pipe problem = makePipe();
  std::vector<std::string> words = {run.program};
  words.insert(words.end(), run.arguments.begin(), run.arguments.end());
  ExecVector arguments(std::move(words));
  ExecVector environment = environmentWith(run.environment);
  const pid_t parent = getpid();
  const pid_t id = fork();
  if (id < 0) fail("Cannot start a process");
  if (id == 0)
    become(run.program.c_str(), arguments.get(), environment.get(), input.get(), output.get(),
           problem.write.get(), parent);
  setpgid(id, id); // in both processes: whoever comes first
  problem.write.close();
  int error = 0;
  ssize_t count;
  do count = read(problem.read.get(), &error, sizeof error);
  while (count < 0 && errno == EINTR);
  if (count > 0) {
    waitpid(id, nullptr, 0);
    throw Failure("HELPER_FAILED", std::string("Cannot run the helper program: ") + std::strerror(error),
                  {run.program, {}, {}, {}});
  }
  return Child(id);
}

/** Reads until the other end is closed. */
std::string readAll(const Descriptor &input, const std::function<void()> &tick) {
  std::string text;
  char buffer[65536];
  for (;;) {
    tick();
    pollfd waiting = {input.get(), POLLIN, 0};
    const int ready = poll(&waiting, 1, TICK_MS);
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    const ssize_t count = ready < 0 ? -1 : read(input.get(), buffer, sizeof buffer);
    if (count < 0) fail("Cannot read what the helper program says");
    if (count == 0) return text;
    text.append(buffer, static_cast<size_t>(count));
    if (text.size() > MAX_OUTPUT) throw Failure("HELPER_FAILED", "The helper program says too much");
  }
}

} // namespace

ProgramResult runProgram(const ProgramRun &run, const std::function<void()> &tick) {
  Pipe output = makePipe();
  Child child = start(run, output.write);
  output.write.close();
  ProgramResult result{readAll(output.read, tick), 0};
  while (!child.ended(result.status)) {
    tick();
    usleep(2'000);
  }
  return result;
}

} // namespace ai_models
