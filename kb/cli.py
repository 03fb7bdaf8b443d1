"""The `kb` command: finds its subcommands by name, so that each imports only what it uses."""

import gc
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from formulas.errors import BadInput, near

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

BAD_INPUT = 2
# imports make many objects that stay: looking through them every 700 takes 0.08 s of a command that takes a second
_BETWEEN_COLLECTIONS = 500_000


# the module of each command; reading every installed package's entry points takes 0.03 s, so these are not among them
_OWN = {
    "query": "query",
    "tables": "query",
    "formulas": "formulas",
    "derive": "derive",
    "audit": "audit",
    "estimate": "estimate",
    "solve": "solve",
    "recommend": "recommend",
    "validate": "validate",
    "measurements": "measurements",
}


class Commands(click.Group):
    """The commands of `kb.commands`, and those that chat adds by entry point, so that kb does not import chat."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*_OWN, *_added()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _OWN:
            command = getattr(import_module(f"kb.commands.{_OWN[cmd_name]}"), cmd_name)
        elif point := _added().get(cmd_name):
            command = point.load()
        else:
            known = self.list_commands(ctx)
            raise click.UsageError(f"no command `{cmd_name}`{near(cmd_name, known)}; `kb --help` lists them all")
        assert isinstance(command, click.Command)
        return command


def _added() -> "dict[str, EntryPoint]":
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group="kb.commands")}


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="vram-kb")
def kb() -> None:
    """How much GPU memory does this LLM need, does it fit on my cards, and why?"""


def main() -> None:
    """Run `kb`; bad input becomes one line on stderr and exit code 2."""
    gc.set_threshold(_BETWEEN_COLLECTIONS)
    try:
        code = kb.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.UsageError as error:
        _refuse(error.format_message())
    except click.ClickException as error:
        _refuse(error.format_message())
    except BadInput as error:
        _refuse(str(error))
    except click.Abort:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


def _refuse(message: str) -> None:
    print("kb: " + " ".join(message.split()), file=sys.stderr)
    sys.exit(BAD_INPUT)
