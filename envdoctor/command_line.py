"""From the words on the command line to the exit code: language, parsing, and how every failure ends."""

import copy
import os
import sys
import typing
from collections.abc import Sequence

import typer

from envdoctor import ending
from envdoctor.cli import app
from envdoctor.errors import EnvdoctorError, UsageError
from envdoctor.messages import language, speak, spoken

if typing.TYPE_CHECKING:
    from typer.core import TyperGroup

__all__ = ["run"]


NARROW = 62
"""Columns of a terminal below which help is laid out by `messages.help` in English too."""


def run() -> None:
    """Run the command line and end the process with its exit code."""
    code = ending.FAILED
    try:
        code = _run()
    except EnvdoctorError as error:
        _complain(str(error))
        code = error.exit_code
    except BrokenPipeError:
        code = _nobody_reads()
    except SystemExit as error:
        # Typer answers a reader that left while it wrote the help with 1, which means something else here.
        gone = type(sys.stdout).__name__ == "PacifyFlushWrapper"
        code = _nobody_reads() if gone else error.code if isinstance(error.code, int) else ending.FAILED
    except OSError as error:
        ending.no_more_output()
        _complain(f"the answer could not be written: {error.strerror or error}")
    except Exception as error:  # noqa: BLE001 - the exit code of a fault of one's own is a promise too
        if "--verbose" in sys.argv:
            import traceback

            traceback.print_exc()
        _complain(ending.fault_of_its_own(error))
    ending.keep_garbage()
    sys.exit(code)


def _nobody_reads() -> int:
    """The reader of our output went away (`| head`); there is nobody left to tell."""
    ending.no_more_output()
    return 0


def _run() -> int:
    _choose_language(sys.argv[1:])
    try:
        result = _command(sys.argv[1:])(standalone_mode=False)
    except typer.Abort:
        return 130
    except typer.TyperException as error:
        show = getattr(error, "show", None)
        if type(error).__name__ == "NoArgsIsHelpError" and show is not None:
            show()
            return 2
        message = getattr(error, "format_message", None)
        raise UsageError(message() if message is not None else str(error)) from None
    return result if isinstance(result, int) else 0


def _command(arguments: Sequence[str]) -> "TyperGroup":
    """The command line as Typer parses it: `--lang` taken by every command, help in the spoken language."""
    group = typing.cast("TyperGroup", typer.main.get_command(_with_options_of(arguments)))
    lang = copy.copy(next(option for option in group.params if option.name == "lang"))
    lang.expose_value = False  # it was read before anything was parsed, since help needs it
    group.params = [lang if option.name == "lang" else option for option in group.params]
    for command in group.commands.values():
        command.params.append(lang)
    if spoken() != "en" or _narrow(arguments):
        from envdoctor.messages.help import translate

        translate(group)
    return group


def _narrow(arguments: Sequence[str]) -> bool:
    """Whether help is asked for in a terminal in which Typer's own layout is too wide."""
    if not {"--help", "-h"}.intersection(arguments):
        return False
    import shutil

    return shutil.get_terminal_size().columns < NARROW


def _with_options_of(arguments: Sequence[str]) -> typer.Typer:
    """The app with the options of the one command that is called.

    Typer reads the options of every command from its annotations each time, which for all of them takes
    longer than starting Python. The others keep their names and first lines, for the list in the help.
    """
    if "_ENVDOCTOR_COMPLETE" in os.environ:
        return app  # a shell asks for the completions of any of them
    named = [(each.name or getattr(each.callback, "__name__", ""), each) for each in app.registered_commands]
    called = next((each for each in arguments if each in dict(named)), None)
    lean = copy.copy(app)
    lean.registered_commands = []
    for name, command in named:
        kept = command
        if name != called:
            kept = copy.copy(command)
            kept.name, kept.callback = name, _not_called
            kept.help = command.help or getattr(command.callback, "__doc__", None)
        lean.registered_commands.append(kept)
    return lean


def _not_called() -> None:
    """Stand in for a command whose options nobody asks for."""


def _choose_language(arguments: Sequence[str]) -> None:
    """Speak what `--lang` or the locale names, where standard output can write it."""
    wanted = language.asked(arguments)
    if wanted not in language.LANGUAGES:
        wanted = language.of_locale(os.environ) or _menu_language()
    encoding = getattr(sys.stdout, "encoding", None)
    speak(wanted if language.can_write(wanted, encoding) else "en")


def _menu_language() -> str:
    if sys.platform != "win32":
        return "en"
    from envdoctor.outside import LiveOutside

    return language.of_windows(LiveOutside())


def _complain(sentence: str) -> None:
    if spoken() != "en":
        from envdoctor.messages.help import told

        sentence = told(sentence)
    ending.complain(sentence)
