#ifndef FAAS_TESTING_VICTIM_REACH_H_
#define FAAS_TESTING_VICTIM_REACH_H_

#include <string>

namespace faas::victim {

// What a container can reach, in words for a test: what was there, or the name
// of the error and a newline.

// The content of a file.
std::string ReadFileText(const char* path);

// "wrote\n" once `bytes` are in a new file.
std::string WriteFileText(const char* path, long bytes);

// "connected\n" if somebody listens at 127.0.0.1.
std::string ConnectText(long port);

}  // namespace faas::victim

#endif  // FAAS_TESTING_VICTIM_REACH_H_
