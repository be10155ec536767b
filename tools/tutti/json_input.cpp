#include "tools/tutti/json_input.hpp"

#include "messages/model/payload.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace tutti::cli {

using nlohmann::json;

result<std::string> read_source(const std::string& file) {
  if (file == "-")
    return std::string(std::istreambuf_iterator<char>(std::cin), {});
  // A folder can be opened, but reading it throws.
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored))
    return failure{errc::invalid,
                   file + " is a folder; name the files in it: " + file
                       + (file.ends_with('/') ? "" : "/") + "*.json"};
  std::ifstream in(file, std::ios::binary);
  if (!in)
    return failure{errc::invalid,
                   "cannot read " + file + ": " + std::strerror(errno)};
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (in.bad())
    return failure{errc::invalid, "cannot read " + file};
  return text;
}

result<json> read_object(const std::string& argument, const char* what) {
  if (argument.empty())
    return json::object();
  auto text = argument.front() == '@' ? read_source(argument.substr(1))
                                      : result<std::string>(argument);
  if (!text)
    return text.failure();
  auto parsed = parse_json(*text);
  if (!parsed)
    return failure{errc::invalid,
                   std::string(what) + ": " + parsed.failure().message};
  if (!parsed->is_object())
    return failure{errc::invalid, std::string(what) + " is no JSON object"};
  return parsed;
}

result<json> start_request(const start_options& options) {
  auto input = read_object(options.input, "--input");
  if (!input)
    return input.failure();
  json body{{"name", options.name}, {"input", std::move(*input)}};
  if (options.version)
    body["version"] = *options.version;
  if (!options.correlation_id.empty())
    body["correlationId"] = options.correlation_id;
  if (options.priority)
    body["priority"] = *options.priority;
  for (auto& entry : options.domains) {
    auto sign = entry.find('=');
    if (sign == 0 || sign == std::string::npos)
      return failure{errc::invalid,
                     "--domain '" + entry + "' is not TASK=DOMAIN"};
    body["taskToDomain"][entry.substr(0, sign)] = entry.substr(sign + 1);
  }
  return body;
}

} // namespace tutti::cli
