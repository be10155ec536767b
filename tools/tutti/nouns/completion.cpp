#include "tools/tutti/session.hpp"

#include <CLI/CLI.hpp>

namespace tutti::cli {

namespace completion_noun {

// All three ask the hidden verb `__complete`. Its last line says whether names
// of files are wanted, too.

constexpr std::string_view bash = R"sh(# tutti: completion for bash
_tutti() {
  local line="${COMP_LINE:0:COMP_POINT}" IFS=$' \t'
  local -a words
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  local whole="${words[${#words[@]}-1]}" current="${COMP_WORDS[COMP_CWORD]}"
  # Bash replaces what follows the last of its word breaks, such as "=" or "@".
  [[ $current == [=:@] ]] && current=
  local typed="${whole%"$current"}" one last=
  COMPREPLY=()
  while IFS= read -r one; do
    if [[ $one == :files || $one == :end ]]; then
      last=$one
    else
      one="${one%%$'\t'*}"
      COMPREPLY+=("${one#"$typed"}")
    fi
  done < <("${words[0]}" __complete -- "${words[@]:1}" 2>/dev/null)
  if [[ $last == :files ]]; then
    IFS=$'\n'
    COMPREPLY+=($(compgen -f -- "$current"))
    compopt -o filenames 2>/dev/null
  fi
}
complete -F _tutti tutti
)sh";

constexpr std::string_view zsh = R"sh(#compdef tutti
# tutti: completion for zsh
_tutti() {
  local -a lines shown
  local one last
  lines=("${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" \
    2>/dev/null)}")
  last="${lines[-1]}"
  for one in "${(@)lines[1,-2]}"; do
    shown+=("${${one%%$'\t'*}//:/\\:}:${one#*$'\t'}")
  done
  (( ${#shown} )) && _describe -V tutti shown
  [[ $last == :files ]] && _files
}
if [[ "${funcstack[1]}" == _tutti ]]; then
  _tutti "$@"
else
  compdef _tutti tutti
fi
)sh";

constexpr std::string_view fish = R"sh(# tutti: completion for fish
function __tutti_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l lines ($words[1] __complete -- $words[2..-1] 2>/dev/null)
  test (count $lines) -gt 1; and printf '%s\n' $lines[1..-2]
  test "$lines[-1]" = :files; and __fish_complete_path (commandline -ct)
end
complete -c tutti -f -a '(__tutti_complete)'
)sh";

} // namespace completion_noun

void add_completion(CLI::App& app, session& s) {
  using namespace completion_noun;
  auto* noun = app.add_subcommand("completion", "what Tab does in a shell");
  noun->require_subcommand(1);
  auto add
      = [&](const char* shell, std::string_view script, const char* example) {
          auto* verb = noun->add_subcommand(
              shell, std::string("print the script for ") + shell);
          examples(verb, {example});
          verb->callback([=, &s] {
            print_line(script.substr(0, script.size() - 1));
            s.exit_code = exit_done;
          });
        };
  add("bash", bash, "source <(tutti completion bash)");
  add("zsh", zsh, "tutti completion zsh > \"${fpath[1]}/_tutti\"");
  add("fish", fish,
      "tutti completion fish > ~/.config/fish/completions/tutti.fish");
}

} // namespace tutti::cli
