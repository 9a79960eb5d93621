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
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} first=1 said="" i
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
    [[ ${{COMP_WORDS[i]}} == -* ]] || said+=" ${{COMP_WORDS[i]}}"
  done
  said=${{said# }}
  case "$said" in token\\ *) ;; *) said=${{said%% *}} ;; esac
  local offers="" names="" options=""
  case "$said $before" in
{values}
  esac
  case "$said" in
{commands}
  esac
  if [[ $word == -* ]]; then
    offers=$options
  elif [[ -n $names ]]; then
    offers=$(eval "$names")
  fi
  COMPREPLY=($(compgen -W "$offers" -- "$word"))
}}
complete -o default -F _jupyter_saturn_deploy {program}
{taken} || complete -o default -F _jupyter_saturn_deploy jupyter
"""
_ZSH = """\
(( $+functions[compdef] )) || { autoload -U +X compinit && compinit }
autoload -U +X bashcompinit && bashcompinit
"""
"""Its own way to use scripts for bash."""


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


def _bash(root: ArgumentParser, taken: str = "complete -p jupyter >/dev/null 2>&1") -> str:
    commands, values = [], []
    for path, parser in _commands(root):
        offers, names = [], ""
        for action in _positional(parser):
            offers += _choices(action)
            names = names or _NAMES.get(str(action.metavar), "")
        told = {"offers": " ".join(offers), "names": names, "options": " ".join(_options(parser))}
        given = " ".join(f"{name}={quote(value)}" for name, value in told.items() if value)
        commands.append(f"    {quote(path)}) {given} ;;")
        for action in parser._actions:
            if action.option_strings and action.choices:
                asked = "|".join(quote(f"{path} {option}") for option in action.option_strings)
                answer = f'COMPREPLY=($(compgen -W {quote(" ".join(_choices(action)))} -- "$word"))'
                values.append(f"    {asked}) {answer}; return ;;")
    return _BASH.format(
        program=_PROGRAM, commands="\n".join(commands), values="\n".join(values), taken=taken
    )


def _zsh(root: ArgumentParser) -> str:
    return _ZSH + _bash(root, taken="(( $+_comps[jupyter] ))")


def _fish(root: ArgumentParser) -> str:
    every = [path for path, _ in _commands(root) if path]
    none_yet = "not __fish_seen_subcommand_from " + " ".join(
        path for path in every if " " not in path
    )
    lines = [
        f"complete -c {_PROGRAM} -f",
        "complete -c jupyter -n __fish_use_subcommand -a saturn-deploy",
    ]
    for program, given in ((_PROGRAM, ()), ("jupyter", ("saturn-deploy",))):
        for path, parser in _commands(root):
            seen = [f"__fish_seen_subcommand_from {word}" for word in (*given, *path.split())]
            here = "; and ".join(seen if path else [*seen, none_yet])
            start = f"complete -c {program} -n {quote(here)}"
            lines += [f"{start} {offer}" for offer in _fish_offers(parser)]
    return "\n".join(lines) + "\n"


def _fish_offers(parser: ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        if action.option_strings:
            yield _fish_option(action)
        elif action.choices:
            yield f"-f -a {quote(' '.join(_choices(action)))}"
        elif str(action.metavar) in _NAMES:
            yield f"-f -a {quote(f'({_NAMES[str(action.metavar)]})')}"
        elif action.metavar == "FILE":
            yield "-F"


def _fish_option(action: Action) -> str:
    parts = [
        f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"
        for name in action.option_strings
    ]
    if action.nargs != 0:
        parts.append("-x")
    if action.choices:
        parts.append(f"-a {quote(' '.join(_choices(action)))}")
    if action.help:
        parts.append(f"-d {quote(action.help)}")
    return " ".join(parts)
