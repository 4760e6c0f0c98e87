#ifndef FAAS_TOOLS_REFERENCE_MARKDOWN_H_
#define FAAS_TOOLS_REFERENCE_MARKDOWN_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace faas::reference {

// Returns `text` as code: "`--warm`". "" stays empty. Safe within a table.
std::string Code(absl::string_view text);

// Returns a sentence for Markdown: flags, paths and names with an underscore
// become code. Safe within a table.
std::string Prose(absl::string_view text);

// Returns a table. Each row has one cell for each title.
std::string MarkdownTable(const std::vector<std::string>& titles,
                          const std::vector<std::vector<std::string>>& rows);

// Returns `page` with `text` in place of the line "<!-- NAME -->", which must
// be there once.
std::string Filled(const std::string& page, absl::string_view name,
                   absl::string_view text);

}  // namespace faas::reference

#endif  // FAAS_TOOLS_REFERENCE_MARKDOWN_H_
