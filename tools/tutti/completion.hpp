#pragma once

#include "tools/tutti/session.hpp"

#include <string>
#include <vector>

namespace tutti::cli {

struct candidate {
  std::string text, help;
};

/// What may stand where the last word is being typed.
struct candidates {
  std::vector<candidate> all; ///< begin like the last word
  bool files = false;         ///< names of files, too
};

/// `words` are those after "tutti"; the last one is unfinished, perhaps empty.
/// Options, nouns and verbs come from their declaration; names of
/// definitions and contexts from whoever knows them.
candidates complete(CLI::App& app, session& s,
                    const std::vector<std::string>& words);

/// The hidden verb `__complete [--] WORDS`, for the scripts of shells: a
/// candidate on each line, its help behind a tab; at last ":files" or ":end".
int print_candidates(CLI::App& app, session& s, std::vector<std::string> words);

} // namespace tutti::cli
