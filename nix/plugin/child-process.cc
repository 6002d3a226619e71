// fork and exec with a process group of its own, so that an interrupt stops the program and whatever
// it has started, and nothing else. Between fork and exec only async-signal-safe calls are made:
// the evaluator has other threads.

#include "child-process.h"

#include "failure.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
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
constexpr int POLL_MS = 5;
/** Bytes of an answer, which names a path or describes an error. */
constexpr size_t MAX_LINE = size_t(16) << 20;
#ifdef MSG_NOSIGNAL
constexpr int SEND_FLAGS = MSG_NOSIGNAL;
#else
constexpr int SEND_FLAGS = 0;
#endif

[[noreturn]] void fail(const std::string &what) {
  throw Failure("HELPER_FAILED", what + ": " + std::strerror(errno));
}

struct Pipe {
  Descriptor read, write;
};

Pipe makePipe() {
  int ends[2];
  if (pipe(ends) != 0) fail("Cannot make a pipe");
  for (const int end : ends) fcntl(end, F_SETFD, FD_CLOEXEC);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
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

/** Runs the program and reports its id; throws where it cannot be executed. */
pid_t spawn(const ProgramCall &call, int input, int output) {
  Pipe problem = makePipe();
  std::vector<std::string> words = {call.program};
  words.insert(words.end(), call.arguments.begin(), call.arguments.end());
  ExecVector arguments(std::move(words));
  ExecVector environment = environmentWith(call.environment);
  const pid_t parent = getpid();
  const pid_t id = fork();
  if (id < 0) fail("Cannot start a process");
  if (id == 0)
    become(call.program.c_str(), arguments.get(), environment.get(), input, output, problem.write.get(), parent);
  setpgid(id, id); // in both processes: whoever comes first
  problem.write.close();
  int error = 0;
  ssize_t count;
  do count = read(problem.read.get(), &error, sizeof error);
  while (count < 0 && errno == EINTR);
  if (count <= 0) return id;
  waitpid(id, nullptr, 0);
  throw Failure("HELPER_FAILED", std::string("Cannot run the helper program: ") + std::strerror(error),
                {call.program, {}, {}, {}});
}

/** Whether the descriptor became ready within a tick. */
bool isReady(int descriptor, short events) {
  pollfd waiting = {descriptor, events, 0};
  const int ready = poll(&waiting, 1, TICK_MS);
  if (ready < 0 && errno != EINTR) fail("Cannot wait for the helper program");
  return ready > 0;
}

} // namespace

ChildProcess::ChildProcess(const ProgramCall &call) : owner(getpid()) {
  // A socket, unlike a pipe, can be written without SIGPIPE.
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) fail("Cannot make a socket");
  for (const int end : ends) fcntl(end, F_SETFD, FD_CLOEXEC);
  input = Descriptor(ends[0]);
  const Descriptor theirs(ends[1]);
#ifdef SO_NOSIGPIPE
  const int yes = 1;
  setsockopt(input.get(), SOL_SOCKET, SO_NOSIGPIPE, &yes, sizeof yes);
#endif
  Pipe answers = makePipe();
  id = spawn(call, theirs.get(), answers.write.get());
  output = std::move(answers.read);
}

ChildProcess::~ChildProcess() {
  if (id <= 0 || getpid() != owner) return;
  kill(-id, SIGTERM);
  for (int waited = 0; waited < GRACE_MS && waitpid(id, nullptr, WNOHANG) == 0; waited += POLL_MS) {
    usleep(POLL_MS * 1000);
    if (waited + POLL_MS < GRACE_MS) continue;
    kill(-id, SIGKILL);
    waitpid(id, nullptr, 0);
  }
  kill(-id, SIGKILL); // whatever it has left behind in its group
}

void ChildProcess::send(std::string_view text, const Tick &tick) {
  while (!text.empty()) {
    tick();
    if (!isReady(input.get(), POLLOUT)) continue;
    const ssize_t count = ::send(input.get(), text.data(), text.size(), SEND_FLAGS);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) return;
    text.remove_prefix(static_cast<size_t>(count));
  }
}

std::optional<std::string> ChildProcess::readLine(const Tick &tick) {
  char buffer[65536];
  for (size_t searched = 0;;) {
    const size_t end = received.find('\n', searched);
    if (end != std::string::npos) {
      std::string line = received.substr(0, end);
      received.erase(0, end + 1);
      return line;
    }
    searched = received.size();
    if (searched > MAX_LINE) throw Failure("HELPER_FAILED", "The helper program says too much");
    tick();
    if (!isReady(output.get(), POLLIN)) continue;
    const ssize_t count = read(output.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("Cannot read what the helper program says");
    if (count == 0) return std::nullopt;
    received.append(buffer, static_cast<size_t>(count));
  }
}

int ChildProcess::wait(const Tick &tick) {
  for (;;) {
    int status;
    const pid_t result = waitpid(id, &status, WNOHANG);
    if (result < 0 && errno != EINTR) fail("Cannot wait for the helper program");
    if (result > 0) {
      id = -1;
      return status;
    }
    tick();
    usleep(POLL_MS * 1000);
  }
}

} // namespace ai_models
