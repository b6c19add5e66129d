"""`networks`: the networks that are known by name."""

from __future__ import annotations

import click


@click.command()
@click.argument("word", default="")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def networks(word: str, as_json: bool) -> None:
    """List the networks that are known by name; with WORD those that have it in a name.

    Whatever takes a network takes these names; capitals, - and _ make no difference in them.

    \b
    Examples:
      layerquiz networks
      layerquiz networks resnet
    """
    from layerquiz.errors import LayerquizError
    from layerquiz.network import zoo

    known = [(name, zoo.title(name), zoo.other_names(name)) for name in zoo.names()]
    wanted = zoo.plain(word)
    found = [one for one in known if any(wanted in zoo.plain(name) for name in (one[0], one[1], *one[2]))]
    if not found:
        raise LayerquizError(f'no known network has "{word}" in its name', cure="Leave it out to list all of them")
    if as_json:
        from layerquiz.cli.network import print_json

        rows = [{"name": name, "title": title, "also": also} for name, title, also in found]
        print_json({"format": 1, "networks": rows})
        return
    wide, wider = (max(len(one[place]) for one in found) for place in (0, 1))
    for name, title, also in found:
        click.echo(f"{name:<{wide}}  {title:<{wider}}  {', '.join(also)}".rstrip())
