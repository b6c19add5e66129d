"""A realistic exam, made without the rest of the package: numbers and names vary from student to student."""

from __future__ import annotations

from layerquiz.render.document import AnswerGrid, Blank, Paper, Paragraph, Question, Step

HOSTILE = r"\input{/etc/passwd} % $(rm) & # _ ^ ~ {"
NAMES = (
    *("Nguyễn Thị Ánh", "李小龍", "Łukasz Żółć", "محمد علي", HOSTILE, "Anna " + "Maria-Luise " * 25),
    *("김철수", "Ελένη Παπαδοπούλου", "Дмитрий Менделеев", "דוד לוי", "राज कुमार", "สมชาย ใจดี"),
)
ALEXNET = (
    *(("conv1: 96 filters 11 x 11, stride 4", True), ("pool1: 3 x 3, stride 2", False)),
    *(("conv2: 256 filters 5 x 5, padding 2", True), ("pool2: 3 x 3, stride 2", False)),
    *(("conv3: 384 filters 3 x 3, padding 1", True), ("conv4: 384 filters 3 x 3, padding 1", True)),
    *(("conv5: 256 filters 3 x 3, padding 1", True), ("pool5: 3 x 3, stride 2", False)),
    *(("fc6: 4,096 units", True), ("fc7: 4,096 units", True), ("fc8: 1,000 units", True)),
)
CONVENTIONS = (
    "Each convolution and dense layer has a bias unless it says otherwise.",
    "Shapes are height × width × channels, without the batch.",
    "Parameters are learned numbers; stored statistics are not counted.",
    "Sizes are rounded down unless it says otherwise.",
    "One MAC is a multiplication and an addition.",
    "1 MB = $10^6$ bytes, 1 MiB = $2^{20}$ bytes, 4 bytes per number.",
)
POLICY = (
    "Exact numbers are asked; a product may stay as it is where its factors are right.",
    "Later parts are marked from your own earlier values.",
    "If a question seems ambiguous, write down your assumption.",
)


def size_step(size: int, kernel: int, stride: int) -> Step:
    """Return the worked output size of a convolution."""
    out = (size - kernel) // stride + 1
    return Step(
        latex=(
            r"H_{\text{out}}",
            r"\left\lfloor\frac{H - K + 2P}{S}\right\rfloor + 1",
            rf"\left\lfloor\frac{{{size} - {kernel} + 2\cdot 0}}{{{stride}}}\right\rfloor + 1",
            str(out),
        ),
        text=f"H_out = floor((H - K + 2P) / S) + 1 = floor(({size} - {kernel} + 2*0) / {stride}) + 1 = {out}",
        where=(f"$H = {size}$ is the height of the input", f"$K = {kernel}$ the kernel", f"$S = {stride}$ the stride"),
        note="Likewise the width.",
    )


def weights_step(kernel: int, channels: int, filters: int) -> Step:
    """Return the worked weights of a convolution."""
    value = kernel * kernel * channels * filters
    return Step(
        latex=(
            r"\text{weights}",
            r"K^2 \cdot C_{\text{in}} \cdot C_{\text{out}}",
            rf"{kernel}^2 \cdot {channels} \cdot {filters}",
            f"{value:,}".replace(",", "{,}"),
        ),
        text=f"weights = K^2 * C_in * C_out = {kernel}^2 * {channels} * {filters} = {value:,}",
        where=(r"$C_{\text{in}}$ are the channels of the input", r"$C_{\text{out}}$ the filters"),
    )


def convolution(number: int, draw: int) -> Question:
    """Return a question with two blanks; the length of its text depends on what is drawn."""
    size, filters = 32 + 4 * (draw % 30), (96, 160, 256, 512)[draw % 4]
    long = " It is followed by batch normalisation and a rectifier, neither of which changes the shape." * (draw % 3)
    weights = 9 * 64 * filters
    return Question(
        number=number,
        title="Parameters of a convolution layer, with and without bias",
        points="2",
        body=(
            Paragraph(
                f"A convolution layer takes an input of size ${size}\\times {size}\\times 64$ and gives "
                f"${size}\\times {size}\\times {filters}$; its kernel is $3\\times 3$ with *same* padding.{long}\n\n"
                "How many parameters does it have?"
            ),
        ),
        blanks=(
            Blank(
                f"{number}a",
                f"Weights of the {filters} filters, without bias",
                "1",
                f"${weights:,}$".replace(",", "{,}"),
            ),
            Blank(
                f"{number}b",
                "Parameters with bias, where every filter has one bias of its own, added after the sum over all "
                "channels" + " and the whole kernel" * (draw % 2),
                "1",
                f"{weights + filters:,}",
                "parameters",
            ),
        ),
        solution=(
            (f"{number}a", (weights_step(3, 64, filters),)),
            (f"{number}b", (Paragraph(f"One bias for each of the {filters} filters is added."),)),
        ),
        space=18,
    )


def output_size(number: int, draw: int) -> Question:
    """Return a question with one blank and little text."""
    size = 227 + draw % 5
    return Question(
        number=number,
        title="Output size",
        points="1",
        body=(Paragraph(f"An image of height {size} meets a kernel of height 11 with stride 4 and no padding."),),
        blanks=(Blank(str(number), "Height of the output", "1", str((size - 11) // 4 + 1)),),
        solution=((str(number), (size_step(size, 11, 4),)),),
        space=12,
    )


def alexnet(number: int, draw: int) -> Question:
    """Return a table to fill in, one row per layer."""
    size = 227 + 4 * (draw % 6)
    rows = tuple(
        (
            name.replace("96 filters", f"{96 + draw % 7} filters"),
            (
                _cell(number, 3 * row, "$55 \\times 55 \\times 96$"),
                _cell(number, 3 * row + 1, "34,848") if learned else None,
                _cell(number, 3 * row + 2, "34,944") if learned else None,
            ),
        )
        for row, (name, learned) in enumerate(ALEXNET)
    )
    return Question(
        number=number,
        title="AlexNet",
        points="25",
        body=(
            Paragraph(
                f"AlexNet (one tower) is given an image of ${size} \\times {size} \\times 3$. Fill in the table."
            ),
        ),
        grid=AnswerGrid("layer", ("output shape", "weights", "parameters"), rows),
        solution=((f"{number}a", (size_step(size, 11, 4), weights_step(11, 3, 96))),),
    )


def _cell(number: int, index: int, key: str) -> Blank:
    """Return one cell of the table."""
    return Blank(f"{number}{'a' * (index // 26)}{chr(97 + index % 26)}", "", "1", key)


def block(number: int, draw: int) -> Question:
    """Return a question whose text has a table, a list and code."""
    filters = 64 * (1 + draw % 4)
    return Question(
        number=number,
        title="A VGG block and its memory",
        points="3",
        body=(
            Paragraph(
                f"A block of VGG has three layers.\n\n| layer | filters | kernel |\n|---|--:|:-:|\n"
                f"| conv1 | {filters} | $3\\times 3$ |\n| conv2 | {filters} | $3\\times 3$ |\n"
                "| pool | - | $2\\times 2$ |\n\n"
                "- All convolutions are padded by 1.\n- The pool has stride 2 (`ceil: false`).\n\n"
                "$$M = 4 \\cdot \\sum_{l} H_l \\cdot W_l \\cdot C_l$$\n"
            ),
        ),
        blanks=(
            Blank(f"{number}a", "Memory of the activations", "2", "12,845,056", "bytes"),
            Blank(f"{number}b", "Receptive field of the pool", "1", "$6 \\times 6$"),
        ),
        solution=(
            (
                f"{number}a",
                (
                    Step(
                        latex=(
                            "M",
                            "4 \\cdot (" + " + ".join(f"{112 * k} \\cdot 112 \\cdot 64" for k in range(1, 12)) + ")",
                            "1",
                        ),
                        text="M = ...",
                    ),
                ),
            ),
        ),
    )


def paper(number: int, *, questions: int = 5) -> Paper:
    """Return the paper of one student; its number is its draw."""
    makers = (convolution, output_size, alexnet, block, convolution, output_size, convolution)
    return Paper(
        course="Computer Vision I: Deep Learning",
        title="Midterm examination",
        date="21 November 2025",
        instructions="You have **90 minutes**. Write each answer into its box and *show your work*.",
        conventions=CONVENTIONS,
        student_name=NAMES[(number - 1) % len(NAMES)],
        student_id=f"s{4_100_000 + 37 * number}",
        number=number,
        questions=tuple(make(index, number) for index, make in enumerate(makers[:questions], start=1)),
        total="33",
        policy=POLICY,
    )


def papers(count: int, questions: int = 5) -> tuple[Paper, ...]:
    """Return the papers of a class."""
    return tuple(paper(number, questions=questions) for number in range(1, count + 1))
