"""`import`: a model of PyTorch, Keras or ONNX as a network in the notation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from layerquiz.cli import named

if TYPE_CHECKING:
    from layerquiz.network.importing.imported import Imported
    from layerquiz.network.network import Network


def sizes(_: click.Context, __: click.Parameter, text: str | None) -> tuple[int, ...] | None:
    """Return the sizes that are written with commas or crosses between them."""
    if text is None:
        return None
    entries = text.replace("x", ",").replace("×", ",").split(",")
    if not all(entry.strip().isdecimal() and len(entry) < 16 and int(entry) > 0 for entry in entries):
        raise click.BadParameter(f'"{text[:40]}" is no list of sizes such as 3,224,224, the batch left out')
    return tuple(int(entry) for entry in entries)


@click.command("import")
@click.argument("model", callback=named)
@click.option("-o", "--output", callback=named, metavar="FILE", help="Write the notation into this file.")
@click.option(
    "--input",
    "input_shape",
    callback=sizes,
    metavar="SIZES",
    help="Sizes of the input where the file leaves them open.",
)
@click.option("--name", callback=named, metavar="NAME", help="How the network is called; else as in the file.")
@click.option("--force", is_flag=True, help="Replace a file that has other content.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_(
    model: str, output: str | None, input_shape: tuple[int, ...] | None, name: str | None, force: bool, as_json: bool
) -> None:
    """Write a model of yours in the notation, once its counts and shapes agree with the file.

    MODEL is an ONNX file, a .keras file, or - for standard input. Nothing in it is run: pickles, lambdas and Python
    programs are told, with what to do. All commands that take a network take these files too.

    \b
    Examples:
      layerquiz import my_model.onnx -o my_model.yaml
      layerquiz import my_model.onnx --input 3,224,224 --json
    """
    from layerquiz import files, models
    from layerquiz.network.importing.repeats import readable
    from layerquiz.network.writing import text

    found = models.imported(model, input_shape, name or "")
    network = readable(found.network)
    written = text(network.spec)
    if as_json:
        from layerquiz.cli.network import print_json

        print_json(_as_json(network, found))
    elif output is None:
        click.echo(written, nl=False)
    for note in found.notes:
        click.echo(note, err=True)
    total = network.values["total"]["parameters"]
    click.echo(f"agrees: {total:,} parameters in {len(network.layers):,} layers", err=True)
    if output is not None:
        changed = files.write(output, written, force=force)
        click.echo(f"{output}: {'written' if changed else 'up to date'}", err=True)


def _as_json(network: Network, found: Imported) -> dict[str, Any]:
    total = network.values["total"]
    counts = {name: total[name] for name in ("parameters", "trainable", "nontrainable")}
    told = {"format": 1, "network": network.name, "conventions": network.conventions.name, **counts}
    return {**told, "layers": len(network.layers), "notes": list(found.notes), "notation": dict(network.spec)}
