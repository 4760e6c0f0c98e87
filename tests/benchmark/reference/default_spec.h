#ifndef FAAS_TESTS_BENCHMARK_REFERENCE_DEFAULT_SPEC_H_
#define FAAS_TESTS_BENCHMARK_REFERENCE_DEFAULT_SPEC_H_

#include <string>

#include "absl/status/statusor.h"
#include "runnerd/revision/revision.h"
#include "runnerd/revision/spec_template.h"

namespace faas::benchmark {

// The configuration that `runtime spec` writes, made to run a revision's
// handler, and nothing else changed: what a container costs without the
// profile. No user namespace, no seccomp, no limits.
class DefaultSpec {
 public:
  // Uses `directory`, which exists, for the runtime's file.
  static absl::StatusOr<DefaultSpec> Make(const std::string& runtime,
                                          const std::string& directory,
                                          const runnerd::Revision& revision);

  std::string Render(const runnerd::SpecTemplate::Container& container) const;

 private:
  explicit DefaultSpec(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_REFERENCE_DEFAULT_SPEC_H_
