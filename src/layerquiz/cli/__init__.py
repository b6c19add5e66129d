"""The commands. Each is a thin caller of a room; nothing heavy is imported before a command runs."""

from __future__ import annotations

import errno
from importlib import import_module
from keyword import iskeyword

import click

from layerquiz import __version__
from layerquiz.errors import LayerquizError, OutsideError

COMMANDS = {
    "solve": "network",
    "networks": "known",
    "show": "network",
    "import": "importing",
    "diagnose": "network",
    "questions": "questions",
    "draw": "questions",
    "sheet": "sheet",
    "practise": "practise",
    "new": "authoring",
    "check": "questions",
    "example": "exams",
    "exam": "exams",
    "reprint": "reprinting",
    "enter": "entering",
    "grade": "exams",
    "erratum": "exams",
    "lock": "locking",
    "unlock": "locking",
    "students": "students",
}
"""Each command and the module that holds it, in the order in which `--help` lists them."""


class OutsideFailure(click.ClickException):
    """Something outside failed: TeX, the disk."""

    exit_code = OutsideError.exit_code


def failure(error: LayerquizError) -> click.ClickException:
    """Return an error of ours as click shows it: its message and its exit code, never a traceback."""
    return OutsideFailure(str(error)) if isinstance(error, OutsideError) else click.ClickException(str(error))


class Commands(click.Group):
    """The group of all commands, each loaded when it is asked for."""

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the names of the commands in their own order."""
        return list(COMMANDS)

    def get_command(self, _: click.Context, cmd_name: str) -> click.Command | None:
        """Return one command, loading its module."""
        if cmd_name not in COMMANDS:
            return None
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        found: click.Command = getattr(import_module(f"layerquiz.cli.{COMMANDS[cmd_name]}"), name)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is meant; an unknown one is told with the nearest spelling."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from layerquiz.errors import nearest

            ctx.fail(f'There is no command "{args[0]}". {nearest(args[0], COMMANDS)}')
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; our errors become one message and their exit code."""
        try:
            return super().invoke(ctx)
        except LayerquizError as error:
            raise failure(error) from None
        except MemoryError:
            raise failure(LayerquizError("there is not enough memory for this")) from None
        except UnicodeEncodeError as error:
            cure = "See that what you typed is UTF-8"
            raise failure(LayerquizError(f"a character cannot be written as {error.encoding}", cure=cure)) from None
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # who reads has seen enough: click ends quietly
            raise failure(OutsideError(f"the system refused ({error.strerror or error})")) from None


def named(_: click.Context, __: click.Parameter, path: str | None) -> str | None:
    """Refuse an empty name: as a path it would mean the current folder."""
    if path == "":
        raise click.BadParameter("it is empty")
    return path


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__)
def main() -> None:
    """Make, solve, print and grade exam questions about what a neural network costs.

    \b
    Start here:
      layerquiz solve alexnet                          what every layer costs
      layerquiz example -o output/example              an exam file, a roster and submissions
      layerquiz exam output/example/exam.yaml --roster output/example/roster.csv -o output/example/exam
      layerquiz grade output/example/exam output/example/submissions.csv
    """
