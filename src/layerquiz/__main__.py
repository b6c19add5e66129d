"""`python -m layerquiz` is the command `layerquiz`."""

from layerquiz.cli import main

main(prog_name="layerquiz")
