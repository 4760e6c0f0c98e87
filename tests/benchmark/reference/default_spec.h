#ifndef FAAS_TESTS_BENCHMARK_REFERENCE_DEFAULT_SPEC_H_
#define FAAS_TESTS_BENCHMARK_REFERENCE_DEFAULT_SPEC_H_

#include <string>

#include "absl/status/statusor.h"
#include "runnerd/revision/revision.h"
#include "runnerd/revision/spec_template.h"

namespace faas::benchmark {

// A DefaultSpec is the configuration that the runtime's command `spec` writes,
// changed only so far that it runs a revision's handler. It has no user
// namespace, no seccomp filter and no limits, and so shows what a container
// costs without the profile.
class DefaultSpec {
 public:
  // Lets the runtime write its file to `directory`, which must exist.
  static absl::StatusOr<DefaultSpec> Make(const std::string& runtime,
                                          const std::string& directory,
                                          const runnerd::Revision& revision);

  // Returns the text of config.json.
  std::string Render(const runnerd::SpecTemplate::Container& container) const;

 private:
  explicit DefaultSpec(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_REFERENCE_DEFAULT_SPEC_H_
