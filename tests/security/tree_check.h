#ifndef FAAS_TESTS_SECURITY_TREE_CHECK_H_
#define FAAS_TESTS_SECURITY_TREE_CHECK_H_

#include <map>
#include <string>

namespace faas::testing {

// Expects below `root` what `tree` says, in the form of LegalCase::tree.
void ExpectTree(const std::string& root,
                const std::map<std::string, std::string>& tree);

}  // namespace faas::testing

#endif  // FAAS_TESTS_SECURITY_TREE_CHECK_H_
