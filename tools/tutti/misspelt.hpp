#pragma once

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace tutti::cli {

struct misspelling {
  std::string message;
  std::string next; ///< what to try
};

/// The first noun or verb among the words that there is not, with the one that
/// was probably meant: spelt alike, called so by other programs, or a verb
/// before its noun. The parser would complain about what is missing instead.
std::optional<misspelling> misspelt(CLI::App& app,
                                    const std::vector<std::string>& words);

/// "tutti workflow get": the noun and the verb among the words.
std::string command_of(CLI::App& app, const std::vector<std::string>& words);

} // namespace tutti::cli
