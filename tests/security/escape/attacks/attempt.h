#ifndef FAAS_TESTS_SECURITY_ESCAPE_ATTACKS_ATTEMPT_H_
#define FAAS_TESTS_SECURITY_ESCAPE_ATTACKS_ATTEMPT_H_

#include <functional>
#include <string>
#include <vector>

namespace faas::escape {

// Stands for an errno: what was opened holds nothing, as a masked file does. It
// is "EMPTY" in a report.
inline constexpr int kEmpty = 250;

// One run of an attack, and its report: a line for each step, or for something
// that it has seen,
//
//   <attack>: <what>: <OK, or the name of an errno or of a signal>
//   <attack>: <what> = <value>
//
// and a last one, "<attack>: end: <number of lines>". Without that the attack
// did not come to its end.
class Attempt {
 public:
  // `connection` is the client's, or -1. `control` is the connection to
  // /control.sock. Neither is owned.
  Attempt(std::string attack, std::vector<std::string> arguments,
          int connection, int control);

  // Runs `step` in a child process, so that neither what it changes (its
  // namespaces, its ids) nor a filter that kills it ends the attack. `step`
  // returns as a system call does: negative and an errno, or anything else.
  void Try(const std::string& what, const std::function<long()>& step);

  // Adds a line with something that the attack has seen.
  void Tell(const std::string& what, const std::string& value);

  // Returns the lines so far and the last one.
  std::string Report() const;

  // Returns the argument, or "" where there are fewer.
  std::string Argument(size_t index) const;
  const std::vector<std::string>& arguments() const { return arguments_; }
  int connection() const { return connection_; }
  int control() const { return control_; }

 private:
  void AddLine(const std::string& line);

  const std::string attack_;
  const std::vector<std::string> arguments_;
  const int connection_;
  const int control_;
  std::string lines_;
  int count_ = 0;
};

// Opens and reads a little. Fails with kEmpty if there is nothing.
long ReadSome(const std::string& path);

// Opens for writing, writes nothing, and closes.
long OpenForWriting(const std::string& path);

// Returns all that can be read, or "".
std::string Content(const std::string& path);

// Returns the value of a line "name:\tvalue" of /proc/self/status.
std::string StatusField(const std::string& name);

// Returns the names in a directory except . and .., sorted.
std::vector<std::string> Entries(const std::string& directory);

}  // namespace faas::escape

#endif  // FAAS_TESTS_SECURITY_ESCAPE_ATTACKS_ATTEMPT_H_
