"""Scripts by which shells complete words, made of the commands there are."""

from __future__ import annotations

from argparse import Action, ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Iterator
from shlex import quote

SHELLS = ("bash", "zsh", "fish")
_PROGRAM = "jupyter-saturn-deploy"
_NAMES = {
    "NAME": f"{_PROGRAM} list --output name 2>/dev/null",
    "JOB": f"{_PROGRAM} list --type job --output name 2>/dev/null",
}
_BASH = """\
_jupyter_saturn_deploy() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} first=1 path="" i
  COMPREPLY=()
  if [[ ${{COMP_WORDS[0]##*/}} == jupyter ]]; then
    if (( COMP_CWORD == 1 )); then
      COMPREPLY=($(compgen -W saturn-deploy -- "$word"))
      return
    fi
    [[ ${{COMP_WORDS[1]}} == saturn-deploy ]] || return
    first=2
  fi
  for (( i = first; i < COMP_CWORD && i < first + 2; i++ )); do
    [[ ${{COMP_WORDS[i]}} == -* ]] || path+=" ${{COMP_WORDS[i]}}"
  done
  path=${{path# }}
  case "$path" in token\\ *) ;; *) path=${{path%% *}} ;; esac
  local words="" names=""
  case "$path $before" in
{values}
  esac
  case "$path" in
{commands}
  esac
  [[ $word == -* ]] || [[ -z $names ]] || words+=" $(eval "$names")"
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -o default -F _jupyter_saturn_deploy {program}
complete -p jupyter >/dev/null 2>&1 || complete -o default -F _jupyter_saturn_deploy jupyter
"""
_ZSH = "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n"


def script(arguments: Namespace) -> int:
    """Print the one for a shell."""
    root: ArgumentParser = arguments.root
    print({"bash": _bash, "zsh": _zsh, "fish": _fish}[arguments.shell](root), end="")
    return 0


def _commands(parser: ArgumentParser, path: str = "") -> Iterator[tuple[str, ArgumentParser]]:
    """Each command as it is typed, the program itself as empty."""
    yield path, parser
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for name, inner in action.choices.items():
                yield from _commands(inner, f"{path} {name}".strip())


def _positional(parser: ArgumentParser) -> list[Action]:
    return [action for action in parser._actions if not action.option_strings]


def _choices(action: Action) -> list[str]:
    return [str(choice) for choice in action.choices or []]


def _options(parser: ArgumentParser) -> list[str]:
    return [option for action in parser._actions for option in action.option_strings]


def _bash(root: ArgumentParser) -> str:
    commands, values = [], []
    for path, parser in _commands(root):
        words, names = _options(parser), ""
        for action in _positional(parser):
            words += _choices(action)
            names = names or _NAMES.get(str(action.metavar), "")
        commands.append(
            f"    {quote(path)}) words={quote(' '.join(words))} names={quote(names)} ;;"
        )
        for action in parser._actions:
            if action.option_strings and action.choices:
                given = "|".join(quote(f"{path} {option}") for option in action.option_strings)
                found = f'COMPREPLY=($(compgen -W {quote(" ".join(_choices(action)))} -- "$word"))'
                values.append(f"    {given}) {found}; return ;;")
    return _BASH.format(program=_PROGRAM, commands="\n".join(commands), values="\n".join(values))


def _zsh(root: ArgumentParser) -> str:
    return _ZSH + _bash(root)


def _fish(root: ArgumentParser) -> str:
    lines = [f"complete -c {_PROGRAM} -f"]
    for path, parser in _commands(root):
        at = " ".join(f"; and __fish_seen_subcommand_from {word}" for word in path.split())
        here = f"test 1{at}" if path else "__fish_use_subcommand"
        start = f"complete -c {_PROGRAM} -n {quote(here)}"
        for action in _positional(parser):
            if action.choices:
                lines.append(f"{start} -a {quote(' '.join(_choices(action)))}")
            elif str(action.metavar) in _NAMES:
                lines.append(f"{start} -a {quote('(' + _NAMES[str(action.metavar)] + ')')}")
            elif action.metavar == "FILE":
                lines.append(f"{start} -F")
        for action in parser._actions:
            if action.option_strings:
                lines.append(f"{start} {_fish_option(action)}")
    return "\n".join(lines) + "\n"


def _fish_option(action: Action) -> str:
    parts = [
        f"-{'l' if name.startswith('--') else 's'} {name.lstrip('-')}"
        for name in action.option_strings
    ]
    if action.nargs != 0:
        parts.append("-x")
    if action.choices:
        parts.append(f"-a {quote(' '.join(_choices(action)))}")
    if action.help:
        parts.append(f"-d {quote(action.help)}")
    return " ".join(parts)
