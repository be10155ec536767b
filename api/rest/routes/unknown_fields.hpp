#pragma once

#include "api/rest/routes/answering.hpp"
#include "api/rest/routes/query_reader.hpp"
#include "messages/model/violations.hpp"

namespace tutti::rest {

/// Of every route that reads definitions.
constexpr auto strict = flag_of("strict", false);

/// Properties of a definition that nobody knows (reference:errors#warnings).
/// They are taken and not stored, as in Conductor; the answer says so, or with
/// `?strict=true` refuses them.
class unknown_fields {
 public:
  explicit unknown_fields(query_reader& query) : strict_(query.read(strict)) {}

  /// For the codec.
  violations* found() { return &found_; }

  /// To be asked when the body was read.
  std::optional<failure> refusal() {
    if (!strict_ || found_.count() == 0)
      return std::nullopt;
    return invalid_request(std::move(found_).take());
  }

  /// The shape of an answer that has the warnings.
  template <class Shape>
  auto with_warnings(Shape shape) {
    return [header = header_of(std::move(found_).take()),
            shape = std::move(shape)](auto&& got) {
      auto out = shape(std::forward<decltype(got)>(got));
      if (!header.empty())
        out.headers.emplace_back("Tutti-Warnings", header);
      return out;
    };
  }

 private:
  /// A JSON list of sentences in ASCII, short enough for every client.
  static std::string header_of(const std::vector<violation>& list);

  bool strict_;
  violations found_;
};

} // namespace tutti::rest
