"""Figures as a table and as a result."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Figure:
    """One case. A ratio above 1 means that Motley is better, whatever the unit."""

    case: str
    value: float
    unit: str
    peer: float | None = None
    ratio: float | None = None
    goal: float | None = None
    reached: bool | None = None
    more: dict = field(default_factory=dict)

    def margin(self) -> float:
        """How far beyond its goal; those that are not judged come last."""
        if self.reached is None or self.ratio is None:
            return float("inf")
        return self.ratio / (self.goal or 1)

    def fields(self) -> dict:
        kept = {
            "case": self.case,
            "value": self.value,
            "unit": self.unit,
            "peer": self.peer,
            "ratio": self.ratio,
            "goal": self.goal,
            "reached": self.reached,
        }
        return {key: rounded(value) for key, value in (kept | self.more).items()}


def result(row: str, figures: list[Figure]) -> dict:
    """The case with the least margin, or else the least ratio, stands for the row; a row is reached when all its goals are."""
    worst = min(figures, key=Figure.margin)
    judged = [figure.reached for figure in figures if figure.reached is not None]
    return {
        "row": row,
        "value": rounded(worst.value),
        "unit": worst.unit,
        "peer": rounded(worst.peer),
        "ratio": rounded(worst.ratio),
        "reached": bool(judged) and all(judged),
        "worst": worst.case,
        "cases": [figure.fields() for figure in figures],
    }


def rounded(value):
    return float(f"{value:.4g}") if isinstance(value, float) else value


def print_row(row, figures: list[Figure]) -> None:
    more = list(dict.fromkeys(key for figure in figures for key in figure.more))
    header = ["case", "Motley", row.peer, "unit", "ratio", "goal", "", *more]
    lines = [header]
    for figure in figures:
        lines.append(
            [
                figure.case,
                text(figure.value),
                text(figure.peer),
                figure.unit,
                text(figure.ratio),
                text(figure.goal),
                {True: "reached", False: "MISSED", None: ""}[figure.reached],
                *(text(figure.more.get(key)) for key in more),
            ]
        )
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())


def text(value) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"
    return str(value)
