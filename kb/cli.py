"""The `kb` command: finds its subcommands by entry point, so that each imports only what it uses."""

import gc
import sys
from importlib.metadata import EntryPoint, entry_points

import click

from formulas.errors import BadInput, near

BAD_INPUT = 2
# imports make many objects that stay: looking through them every 700 takes 0.08 s of a command that takes a second
_BETWEEN_COLLECTIONS = 500_000


class Commands(click.Group):
    """Subcommands are the entry points of the group `kb.commands`; chat adds its own without kb importing chat."""

    def entry_points(self) -> dict[str, EntryPoint]:
        return {point.name: point for point in entry_points(group="kb.commands")}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self.entry_points())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        points = self.entry_points()
        if cmd_name not in points:
            raise click.UsageError(f"no command `{cmd_name}`{near(cmd_name, points)}; `kb --help` lists them all")
        command = points[cmd_name].load()
        assert isinstance(command, click.Command)
        return command


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
