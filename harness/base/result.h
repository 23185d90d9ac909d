// Errors are values: Result<T> is a T or the one-line reason why there is none.
#ifndef FRAMEFENCE_HARNESS_BASE_RESULT_H_
#define FRAMEFENCE_HARNESS_BASE_RESULT_H_

#include <string>
#include <utility>
#include <variant>

#include "harness/base/check.h"

namespace framefence {

// One line, for a person: what was wrong, with what, and where possible the cure. No trailing full
// stop or newline.
struct Error {
  std::string message;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // REQUIRES: ok().
  T& value() & {
    FRAMEFENCE_CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    FRAMEFENCE_CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    FRAMEFENCE_CHECK(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // REQUIRES: !ok().
  const Error& error() const {
    FRAMEFENCE_CHECK(!ok());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

struct Unit {};
using Outcome = Result<Unit>;  // success without a value

}  // namespace framefence

#endif  // FRAMEFENCE_HARNESS_BASE_RESULT_H_
