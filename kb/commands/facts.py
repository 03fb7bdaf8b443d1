"""The flags of every command that takes facts, made from the list of knobs."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from kb.knobs import KNOBS, Knob

Command = TypeVar("Command", bound=Callable[..., Any])


def fact_options(command: Command) -> Command:
    """Adds a flag for every knob; a flag given several times asks for several cases."""
    for knob in reversed(KNOBS):
        command = _option(knob)(command)
    return click.option("--fsdp", is_flag=True, help="full sharding, the same as --zero 3")(command)


def _option(knob: Knob) -> Callable[[Command], Command]:
    flags = [f"--{name.replace('_', '-')}" for name in (knob.name, *knob.aliases) if len(name) > 1]
    if knob.name == "gradient_checkpointing":
        # the usual way to say it is a switch; the long form also takes `selective`
        switch = click.option(
            "--checkpointing/--no-checkpointing", "checkpointing_switch", default=None, help=knob.says
        )
        long = click.option("--gradient-checkpointing", "gradient_checkpointing", metavar="off|on|selective")
        return lambda command: switch(long(command))
    if knob.kind == "switch":
        both = "/".join((flags[0], f"--no-{flags[0][2:]}"))
        return click.option(both, knob.name, default=None, help=knob.says)
    about = f"{knob.says}{f' [{knob.unit}]' if knob.unit else ''}"
    return click.option(*flags, knob.name, multiple=True, metavar=_metavar(knob), help=about)


def _metavar(knob: Knob) -> str:
    if knob.kind == "choice" and len(knob.options) <= 5:
        return "|".join(knob.options)
    return {"count": "N", "number": "X", "size": "SIZE"}.get(knob.kind, "NAME")


def facts_given(options: dict[str, Any]) -> dict[str, Any]:
    """The facts among a command's options, as `estimate` takes them; what is left in `options` is the command's own."""
    facts: dict[str, Any] = {}
    for knob in KNOBS:
        value = options.pop(knob.name, None)
        if isinstance(value, tuple):
            value = list(value) if len(value) > 1 else value[0] if value else None
        if value is not None:
            facts[knob.name] = value
    switch = options.pop("checkpointing_switch", None)
    if switch is not None:
        facts["gradient_checkpointing"] = "on" if switch else "off"
    if options.pop("fsdp", False):
        facts["zero_stage"] = 3
    return facts
