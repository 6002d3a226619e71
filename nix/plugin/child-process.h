// A program that answers lines with lines: what it reads comes from `send`, what it prints is read by
// `readLine`, its standard error is the user's own. Neither it nor what it starts outlives the object.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace ai_models {

struct ProgramCall {
  std::string program;
  std::vector<std::string> arguments;
  /** Added to the environment of this process. */
  std::vector<std::pair<std::string, std::string>> environment;
};

/** Owns a file descriptor. */
class Descriptor {
public:
  explicit Descriptor(int number = -1) : number(number) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor &&other) noexcept : number(std::exchange(other.number, -1)) {}
  Descriptor &operator=(Descriptor &&other) noexcept {
    std::swap(number, other.number);
    return *this;
  }
  int get() const { return number; }
  void close() {
    if (number >= 0) ::close(std::exchange(number, -1));
  }

private:
  int number;
};

class ChildProcess {
public:
  /** Called about ten times a second while something is waited for; what it throws goes on. */
  using Tick = std::function<void()>;

  /** Throws HELPER_FAILED where the program cannot be started. */
  explicit ChildProcess(const ProgramCall &call);
  ~ChildProcess();
  ChildProcess(const ChildProcess &) = delete;
  ChildProcess &operator=(const ChildProcess &) = delete;

  /** As much as the program reads. */
  void send(std::string_view text, const Tick &tick);
  /** Without its line feed; nothing where the program has closed its output. */
  std::optional<std::string> readLine(const Tick &tick);
  /** Waits until it has ended by itself: its status as waitpid gives it. */
  int wait(const Tick &tick);

private:
  pid_t id = -1;
  /** A fork of this process must not end the program. */
  const pid_t owner;
  Descriptor input, output;
  /** Read and not yet given out. */
  std::string received;
};

} // namespace ai_models
