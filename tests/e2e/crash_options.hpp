#pragma once

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <map>
#include <string_view>

namespace tutti::test {

/// The main of a crash test: `--name NUMBER` pairs, then the run, which tells
/// whether all was well.
inline int
crash_main(int argc, char** argv,
           const std::map<std::string_view, std::function<void(int)>>& options,
           const std::function<bool()>& run) {
  for (int i = 1; i + 1 < argc; i += 2) {
    auto option = options.find(argv[i]);
    if (option == options.end()) {
      std::fprintf(stderr, "unknown option %s\n", argv[i]);
      return 2;
    }
    option->second(std::atoi(argv[i + 1]));
  }
  try {
    return run() ? 0 : 1;
  } catch (const std::exception& trouble) {
    std::fprintf(stderr, "%s: %s\n", argv[0], trouble.what());
    return 1;
  }
}

} // namespace tutti::test
