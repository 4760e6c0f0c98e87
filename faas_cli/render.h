#ifndef FAAS_FAAS_CLI_RENDER_H_
#define FAAS_FAAS_CLI_RENDER_H_

#include <string>
#include <vector>

#include "faas/v1/function.pb.h"
#include "faas/v1/platform_service.pb.h"
#include "faas/v1/store_service.pb.h"

namespace faas::cli {

// These functions make the texts that commands print. Strings from images go
// through base::Printable.

// Returns the command as Python prints a list of strings:
// ['python3', '/app/handler.py'].
std::string CommandList(const v1::Function& function);
std::string CommandList(const v1::Image& image);

// Returns the table of `faas list`.
std::string Table(const std::vector<v1::Function>& functions);

// Returns a line for each option that is set, as `faas new` and `faas update`
// print them.
std::string OptionLines(const v1::FunctionOptions& options);

// Returns the output of `faas describe`.
std::string Description(const v1::Function& function);

// Returns the output of `faas image inspect`.
std::string Description(const v1::Image& image);

// Returns the output of `faas df`.
std::string UsageTable(const v1::GetUsageResponse& usage);

// Returns a line for each extended attribute that the store does not keep.
std::string IgnoredAttributes(const v1::Image& image);

// Return the output of `faas version`. `server` is null if no faasd answers.
std::string VersionPage(const std::string& client,
                        const v1::GetVersionResponse* server);
std::string VersionJson(const std::string& client,
                        const v1::GetVersionResponse* server);

// Return JSON with the field names of the .proto files and a final newline.
std::string Json(const google::protobuf::Message& message);
std::string Json(const std::vector<v1::Function>& functions);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_RENDER_H_
