#ifndef FAAS_FAAS_CLI_RENDER_H_
#define FAAS_FAAS_CLI_RENDER_H_

#include <string>
#include <vector>

#include "faas/v1/function.pb.h"
#include "faas/v1/platform_service.pb.h"
#include "faas/v1/store_service.pb.h"

namespace faas::cli {

// What commands print. Strings from images go through base::Printable.

// ['python3', '/app/handler.py']: as Python prints a list of strings.
std::string CommandList(const v1::Function& function);
std::string CommandList(const v1::Image& image);

// The table of `faas list`.
std::string Table(const std::vector<v1::Function>& functions);

// What `faas new` and `faas update` say of options that are set: a line for
// each, "" for none.
std::string OptionLines(const v1::FunctionOptions& options);

// The page of `faas describe`.
std::string Description(const v1::Function& function);

// The page of `faas image inspect`.
std::string Description(const v1::Image& image);

// The page of `faas df`.
std::string UsageTable(const v1::GetUsageResponse& usage);

// What `faas new` and `faas update` say of attributes that were not kept; "" if
// all were.
std::string IgnoredAttributes(const v1::Image& image);

// What `faas version` prints. `server` is null if no faasd answers.
std::string VersionPage(const std::string& client,
                        const v1::GetVersionResponse* server);
std::string VersionJson(const std::string& client,
                        const v1::GetVersionResponse* server);

// JSON with the names of the .proto files, and a final newline.
std::string Json(const google::protobuf::Message& message);
std::string Json(const std::vector<v1::Function>& functions);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_RENDER_H_
