"""The command line. Each command lives in a module of its own name and is imported only when it is called."""

from __future__ import annotations

import difflib
import importlib
import sys
from pathlib import Path

import click

from watchbot import __version__
from watchbot.cli.context import Context
from watchbot.errors import InvalidInput, WatchbotError

COMMANDS = {
    "run": "poll and deliver; without a bot token, to the console",
    "check": "check config, rules and feeds; show every error at once",
    "explain": "show which entities and rules match a text, and why",
    "match": "match items (JSON lines) from standard input",
    "replay": "run the whole pipeline on recorded items, without sending",
    "why": "tell what became of an entry",
    "parse": "show what a feed or wire file yields",
    "feeds": "list, add, remove, check, import and export feeds",
    "status": "show how the bot is doing",
    "backup": "write a backup of the database",
    "restore": "put a backup back in place",
    "demo": "run the main job on a small archive, with no internet",
}
"""Every command with its one-line help: shown without importing the commands."""


class LazyGroup(click.Group):
    """A group that imports `watchbot.cli.NAME` when NAME is called, so that `match` does not pay for Telegram."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"watchbot.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        near = difflib.get_close_matches(args[0], COMMANDS, 1) if args and args[0] not in COMMANDS else []
        if near:
            ctx.fail(f"No such command '{args[0]}'. Did you mean '{near[0]}'?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config",
    "config_dir",
    default="config",
    show_default=True,
    envvar="WATCHBOT_CONFIG",
    show_envvar=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Directory with watchbot.yaml and feeds.yaml.",
)
@click.option(
    "--rules",
    "rules_path",
    envvar="WATCHBOT_RULES",
    show_envvar=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The rules file.  [default: rules.yaml beside the config directory]",
)
@click.version_option(__version__, prog_name="watchbot")
@click.pass_context
def cli(ctx: click.Context, config_dir: Path, rules_path: Path | None) -> None:
    """watchbot polls news feeds, finds what your rules watch in any language, and tells Telegram once."""
    ctx.obj = Context(config_dir, rules_path or config_dir.parent / "rules.yaml")


def main() -> None:
    """Entry point of `watchbot`: prints errors for people, without tracebacks; exit status 1 on them, 2 on usage."""
    try:
        cli(prog_name="watchbot")
    except InvalidInput as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        errors = sum(not p.warning for p in error.problems)
        click.echo(f"{errors} error{'s' if errors != 1 else ''}", err=True)
        sys.exit(1)
    except WatchbotError as error:
        click.echo(f"watchbot: {error}", err=True)
        sys.exit(1)
    except OSError as error:
        if error.filename is None:  # no file that a person could mend: ours to explain
            raise
        click.echo(f"watchbot: {error.filename}: {error.strerror}", err=True)
        sys.exit(1)
