"""Heat-maps as an SVG that stands alone: light, nothing from outside, what people typed as text and never as markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from attnviz.heatmap import palette
from attnviz.heatmap.heatmap import Heatmap, Passage, Word
from attnviz.heatmap.html import FONT
from attnviz.heatmap.text_width import cut, lines, width

_WIDTH, _MARGIN, _WORD_SIZE, _NUMBER_SIZE, _LINE, _SCALE = 960, 24, 20, 12, 48, 440
_ROOM = _WIDTH - 2 * _MARGIN
_SURE = 0.9  # of the room may be used where a font decides how wide text is, not `textLength`
_INK, _MUTED, _RULE = palette.INK["light"], palette.MUTED["light"], palette.LINE["light"]


def sheet(heatmaps: Sequence[Heatmap]) -> str:
    """Return one SVG, 960 units wide, with the heat-maps one below the other, their words broken into lines."""
    height, parts = 0.0, []
    for heatmap in heatmaps:
        panel, tall = _panel(heatmap)
        parts.append(f'<g transform="translate(0 {height:g})">{panel}</g>')
        height += tall
    strip = heatmaps[0].strip
    stops = "".join(
        f'<stop offset="{i / (len(strip) - 1):.4f}" stop-color="{colour}"/>' for i, colour in enumerate(strip)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:g}" '
        f'width="{_WIDTH}" height="{height:g}" font-family="{escape(FONT)}" role="img">'
        f"<title>attnviz · {escape(heatmaps[0].experiment)}</title>"
        f'<defs><linearGradient id="scale">{stops}</linearGradient></defs>'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


@dataclass
class _Pen:
    """Where the next piece of a sentence goes; `x` counts from where its lines begin, left or right."""

    right_to_left: bool
    x: float = 0.0
    y: float = 48.0

    def place(self, wide: float) -> float:
        """Return the left edge of a piece and move on; it goes to the next line where this one has no room."""
        if self.x + wide > _ROOM:
            self.feed(1)
        start, self.x = self.x, self.x + wide
        return _WIDTH - _MARGIN - start - wide if self.right_to_left else _MARGIN + start

    def feed(self, count: int) -> None:
        """Begin a new line, and leave at most one empty."""
        self.x, self.y = 0.0, self.y + _LINE * min(count, 2)


def _panel(heatmap: Heatmap) -> tuple[str, float]:
    """Return one heat-map and how tall it is."""
    pen = _Pen(heatmap.right_to_left)
    parts = [_line(heatmap.title, 32, 14, _MUTED)]
    for gap, word in zip(heatmap.gaps, heatmap.words, strict=False):
        parts += [*_gap(gap, pen), _word(word, pen)]
    parts += _gap(heatmap.gaps[-1], pen)
    y = pen.y + _LINE
    if heatmap.tail:
        y += 20
        parts.append(_line(" ".join(heatmap.tail.split()), y, 14, _MUTED))
    y += 30
    parts.append(_line(heatmap.prediction, y, 20, _INK, ' font-weight="700"'))
    labels = [cut(share.label, 24) for share in heatmap.classes]
    at = _MARGIN + 16 + 15 * max(map(width, labels))
    for label, share in zip(labels, heatmap.classes, strict=True):
        y += 24
        bar = f'x="{at:.1f}" y="{y - 11}" height="12" rx="6"'
        parts.append(
            f'{_line(label, y, 15, _INK)}<rect {bar} width="300" fill="{_RULE}"/>'
            f'<rect {bar} width="{300 * share.probability:.1f}" fill="{share.colour}" stroke="#000" '
            f'stroke-opacity="0.4"/>'
            f'<text x="{at + 372:.1f}" y="{y}" font-size="15" text-anchor="end" fill="{_INK}">'
            f"{escape(share.percent)}</text>"
        )
    y += 32
    strip = f'x="{_MARGIN + 12}" y="{y - 10}" width="{_SCALE}" height="10" rx="3"'
    parts.append(f'<rect {strip} fill="url(#scale)" stroke="#999"/>')
    y += 16
    parts.extend(
        f'<text x="{_MARGIN + 12 + _SCALE * place:.1f}" y="{y}" font-size="12" text-anchor="middle" '
        f'fill="{_MUTED}">{escape(name)}</text>'
        for place, name in heatmap.ticks
    )
    for said in heatmap.legend:
        for line in lines(said, _SURE * _ROOM / 13):
            y += 20
            parts.append(_line(line, y, 13, _MUTED))
    return "".join(parts), y + _MARGIN


def _gap(gap: Sequence[Passage], pen: _Pen) -> list[str]:
    """Return what can be seen between two words, those left out struck through."""
    parts = []
    for text, left_out in gap:
        for piece in re.split(r"(\s+)", text):
            if "\n" in piece:
                pen.feed(piece.count("\n"))
            elif piece.isspace():
                pen.x += width(piece) * _WORD_SIZE
            elif width(piece):
                shown = cut(piece, _ROOM / _WORD_SIZE)
                wide = width(shown) * _WORD_SIZE
                middle = pen.place(wide) + wide / 2
                struck = ' text-decoration="line-through"' if left_out else ""
                parts.append(
                    f'<text x="{middle:.1f}" y="{pen.y + 21:.1f}" font-size="{_WORD_SIZE}" text-anchor="middle" '
                    f'fill="{_MUTED}" textLength="{wide:.1f}" lengthAdjust="spacingAndGlyphs"{struck}>'
                    f"{escape(shown)}</text>"
                )
    return parts


def _word(word: Word, pen: _Pen) -> str:
    """Return a word with its number below it, on its colour."""
    shown, colours = cut(word.text, (_ROOM - 10) / _WORD_SIZE), word.colours()
    wide = width(shown) * _WORD_SIZE
    across = max(wide, width(word.number) * _NUMBER_SIZE) + 10
    left = pen.place(across)
    pen.x += 2
    top, middle = pen.y, left + across / 2
    mark = (
        f'<path d="M{middle - wide / 2:.1f} {top + 24.5:.1f}h{wide:.1f}" stroke="{colours.text}" stroke-width="1.5" '
        f'stroke-dasharray="4 3"/>'
    )
    return (
        f'<g fill="{colours.text}" text-anchor="middle"><title>{escape(word.details)}</title>'
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{across:.1f}" height="42" rx="6" fill="{colours.background}"/>'
        f'<text x="{middle:.1f}" y="{top + 21:.1f}" font-size="{_WORD_SIZE}" textLength="{wide:.1f}" '
        f'lengthAdjust="spacingAndGlyphs">{escape(shown)}</text>{"" if word.known else mark}'
        f'<text x="{middle:.1f}" y="{top + 37:.1f}" font-size="{_NUMBER_SIZE}">{escape(word.number)}</text></g>'
    )


def _line(text: str, y: float, size: int, fill: str, more: str = "") -> str:
    """Return a line of text from the left margin, cut where it might not fit."""
    shown = cut(text, _SURE * _ROOM / size)
    return f'<text x="{_MARGIN}" y="{y}" font-size="{size}" fill="{fill}"{more}>{escape(shown)}</text>'
