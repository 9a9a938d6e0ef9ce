import { Argument, Command } from "commander";
import type { CommandContext } from "./command-context.ts";

/** Each asks the program itself, so that a script never has to be renewed. `:files` means file names. */
const SCRIPTS = {
  bash: `_appconn() {
  local found IFS=$'\\n'
  found=$("\${COMP_WORDS[0]}" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) || return
  if [[ $found == :files ]]; then
    compopt -o default
    COMPREPLY=()
  else
    COMPREPLY=($(compgen -W "$found" -- "\${COMP_WORDS[COMP_CWORD]#=}"))
  fi
}
complete -F _appconn appconn
`,
  zsh: `#compdef appconn
_appconn() {
  local -a found
  found=("\${(@f)$(appconn __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ $found[1] == :files ]]; then
    _files
  else
    compadd -a found
  fi
}
# Read as a file of fpath, this is the body of the function itself when it is called for the first time.
if [[ $funcstack[1] == _appconn ]]; then
  _appconn
else
  compdef _appconn appconn
fi
`,
  fish: `function __appconn_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found (appconn __complete -- $words[2..-1] 2>/dev/null)
    if test "$found[1]" = ":files"
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $found
    end
end
complete -c appconn -f -a '(__appconn_complete)'
`,
} as const;

const DETAILS = `
Examples:
  source <(appconn completion bash)
  appconn completion zsh > "\${fpath[1]}/_appconn"
  appconn completion fish > ~/.config/fish/completions/appconn.fish`;

export function completionCommand({ terminal }: CommandContext): Command {
  return new Command("completion")
    .description("Print the script by which a shell completes commands, types, names and options.")
    .addArgument(new Argument("<shell>", "which shell").choices(Object.keys(SCRIPTS)))
    .addHelpText("after", DETAILS)
    .action((shell: keyof typeof SCRIPTS) => {
      terminal.stdout.write(SCRIPTS[shell]);
    });
}
