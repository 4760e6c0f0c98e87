#ifndef FAAS_TESTING_VICTIM_REACH_H_
#define FAAS_TESTING_VICTIM_REACH_H_

#include <string>

namespace faas::victim {

// These functions try what a container can reach, and return a text for a test:
// the result, or the name of the error and a newline.

// Returns the content of a file.
std::string ReadFileText(const char* path);

// Returns "wrote\n" once `bytes` bytes are in a new file.
std::string WriteFileText(const char* path, long bytes);

// Returns "connected\n" if somebody listens at 127.0.0.1.
std::string ConnectText(long port);

}  // namespace faas::victim

#endif  // FAAS_TESTING_VICTIM_REACH_H_
