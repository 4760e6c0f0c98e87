#ifndef FAAS_COMMON_BASE_STATUS_MACROS_H_
#define FAAS_COMMON_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns from the enclosing function if `expr` is not OK.
#define RETURN_IF_ERROR(expr)                           \
  do {                                                  \
    if (absl::Status _status = (expr); !_status.ok()) { \
      return _status;                                   \
    }                                                   \
  } while (false)

// Assigns the value of a StatusOr expression to `lhs`, or returns its error.
//   ASSIGN_OR_RETURN(UniqueFd fd, OpenFile(path, O_RDONLY));
#define ASSIGN_OR_RETURN(lhs, expr) \
  FAAS_ASSIGN_OR_RETURN_(FAAS_CONCAT_(_status_or_, __LINE__), lhs, expr)

#define FAAS_CONCAT_INNER_(a, b) a##b
#define FAAS_CONCAT_(a, b) FAAS_CONCAT_INNER_(a, b)
#define FAAS_ASSIGN_OR_RETURN_(tmp, lhs, expr)   \
  auto tmp = (expr);                             \
  if (!tmp.ok()) return std::move(tmp).status(); \
  lhs = *std::move(tmp)

#endif  // FAAS_COMMON_BASE_STATUS_MACROS_H_
