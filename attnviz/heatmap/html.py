"""An explanation as a picture that stands alone: one HTML page, one SVG.

Both are light whatever surrounds them, need nothing from outside, and write what people typed as text, never as markup.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from attnviz.heatmap import palette
from attnviz.heatmap.display import Translate, shorten, signed, visible
from attnviz.heatmap.heatmap import ATTENTION, between, passages, shading, ticks
from attnviz.heatmap.text_width import cut, lines, right_to_left, width

if TYPE_CHECKING:
    from attnviz.model.explanation import Explanation

FONT = "'Segoe UI', 'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans KR', 'Noto Sans CJK KR', sans-serif"
_WIDTH, _MARGIN, _WORD_SIZE, _NUMBER_SIZE, _LINE, _SCALE = 960, 24, 20, 12, 48, 440
_ROOM = _WIDTH - 2 * _MARGIN
_SURE = 0.9  # of the room may be used where a font decides how wide text is, not `textLength`
_INK, _MUTED, _RULE = palette.INK["light"], palette.MUTED["light"], palette.LINE["light"]


def html(explanation: Explanation, shade: str = ATTENTION, translate: Translate = str) -> str:
    """Return a page with the words shaded by attention or by contribution to a label, the answer and the legend."""
    return page([explanation], shade, translate)


def svg(explanation: Explanation, shade: str = ATTENTION, translate: Translate = str) -> str:
    """Return the same picture as an SVG 960 units wide, its words broken into lines at that width."""
    return sheet([explanation], shade, translate)


def page(explanations: Sequence[Explanation], shade: str = ATTENTION, translate: Translate = str) -> str:
    """Return one HTML page with a heat-map for each explanation, one below the other."""
    title = escape(f"attnviz · {explanations[0].experiment}")
    style = (
        f"background:#fff;color:{_INK};font:20px/1.3 {FONT};max-width:960px;overflow-wrap:anywhere;word-break:keep-all"
    )
    panels = "".join(panel(explanation, shade, translate) for explanation in explanations)
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title></head><body>"
        f'<div style="{style}">{panels}</div></body></html>\n'
    )


def sheet(explanations: Sequence[Explanation], shade: str = ATTENTION, translate: Translate = str) -> str:
    """Return one SVG with a heat-map for each explanation, one below the other."""
    height, parts = 0.0, []
    for explanation in explanations:
        panel, tall = _svg_panel(explanation, shade, translate)
        parts.append(f'<g transform="translate(0 {height:g})">{panel}</g>')
        height += tall
    strip = _strip(shade)
    stops = "".join(
        f'<stop offset="{i / (len(strip) - 1):.4f}" stop-color="{colour}"/>' for i, colour in enumerate(strip)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:g}" '
        f'width="{_WIDTH}" height="{height:g}" font-family="{escape(FONT)}" role="img">'
        f"<title>attnviz · {_text(explanations[0].experiment)}</title>"
        f'<defs><linearGradient id="scale">{stops}</linearGradient></defs>'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def panel(explanation: Explanation, shade: str = ATTENTION, translate: Translate = str) -> str:
    """Return one heat-map as a section of a page."""
    _ = translate
    levels, numbers = shading(explanation, shade)
    gaps, tail = between(explanation)
    body = []
    for i, token in enumerate(explanation.tokens):
        colours = palette.colour(levels[i], palette.scale_of(levels[i], shade))
        mark = "" if explanation.known[i] else "text-decoration:underline dashed;"
        body.append(
            f'{_gap(gaps[i])}<span title="{_text(_details(explanation, i, _))}" style="display:inline-block;'
            f"vertical-align:top;text-align:center;border-radius:6px;padding:1px 5px;margin:1px;max-width:100%;"
            f'overflow-wrap:anywhere;background:{colours.background};color:{colours.text}"><bdi style="{mark}">'
            f'{_text(shorten(token.text))}</bdi><br><small style="font-size:12px">{numbers[i]}</small></span>'
        )
    body.append(_gap(gaps[-1]) + (f'<span style="color:{_MUTED}">{_text(tail)}</span>' if tail else ""))
    bars = "".join(
        f'<tr><td style="padding:2px 12px 2px 0">{_text(_(label))}</td><td style="width:220px"><div style="height:12px;'
        f'border-radius:6px;background:{_RULE}"><div style="height:12px;border-radius:6px;width:{share:.1%};'
        f'background:{palette.class_colour(k)};box-shadow:inset 0 0 0 1px #0007"></div></div></td>'
        f'<td style="padding-left:12px;text-align:right">{share:.1%}</td></tr>'
        for k, (label, share) in enumerate(zip(explanation.labels, explanation.probabilities, strict=True))
    )
    legend = "".join(f'<p style="margin:4px 0">{_text(line)}</p>' for line in _legend(explanation, shade, _))
    scale = "".join(
        f'<span style="position:absolute;left:{place:.1%};transform:translateX(-50%);white-space:nowrap">{name}</span>'
        for place, name in ticks(shade)
    )
    return (
        f'<section style="padding:16px 20px">'
        f'<div style="font-size:14px;color:{_MUTED}">{_text(_title(explanation, _))}</div>'
        f'<div dir="auto" style="white-space:pre-wrap;overflow-wrap:anywhere;margin:8px 0 12px">{"".join(body)}</div>'
        f'<div style="font-weight:700">{_text(_(explanation.prediction))}</div>'
        f'<table style="font-size:15px;border-collapse:collapse;font-variant-numeric:tabular-nums">{bars}</table>'
        f'<div style="font-size:13px;color:{_MUTED};margin-top:12px">'
        f'<div style="position:relative;max-width:{_SCALE}px;height:30px;margin:0 12px"><div style="height:10px;'
        f"border-radius:3px;box-shadow:inset 0 0 0 1px #0004;background:linear-gradient(to right,"
        f'{",".join(_strip(shade))})"></div>{scale}</div>{legend}</div></section>'
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


def _svg_panel(explanation: Explanation, shade: str, translate: Translate) -> tuple[str, float]:
    """Return one heat-map and how tall it is."""
    _ = translate
    levels, numbers = shading(explanation, shade)
    gaps, tail = between(explanation)
    pen = _Pen(right_to_left(explanation.text))
    parts = [_line(_title(explanation, _), 32, 14, _MUTED)]
    for i, token in enumerate(explanation.tokens):
        parts += _svg_gap(gaps[i], pen)
        word = cut(visible(shorten(token.text)), (_ROOM - 10) / _WORD_SIZE)
        wide = max(width(word) * _WORD_SIZE, width(numbers[i]) * _NUMBER_SIZE) + 10
        left = pen.place(wide)
        parts.append(_word(explanation, i, word, numbers[i], left, pen.y, wide, levels[i], shade, _))
        pen.x += 2
    parts += _svg_gap(gaps[-1], pen)
    y = pen.y + _LINE
    if tail:
        y += 20
        parts.append(_line(" ".join(tail.split()), y, 14, _MUTED))
    y += 30
    parts.append(_line(_(explanation.prediction), y, 20, _INK, ' font-weight="700"'))
    labels = [cut(visible(_(label)), 24) for label in explanation.labels]
    at = _MARGIN + 16 + 15 * max(map(width, labels))
    for k, (label, share) in enumerate(zip(labels, explanation.probabilities, strict=True)):
        y += 24
        bar, colour = f'x="{at:.1f}" y="{y - 11}" height="12" rx="6"', palette.class_colour(k)
        parts.append(
            f'{_line(label, y, 15, _INK)}<rect {bar} width="300" fill="{_RULE}"/>'
            f'<rect {bar} width="{300 * share:.1f}" fill="{colour}" stroke="#000" stroke-opacity="0.4"/>'
            f'<text x="{at + 372:.1f}" y="{y}" font-size="15" text-anchor="end" fill="{_INK}">{share:.1%}</text>'
        )
    y += 32
    strip = f'x="{_MARGIN + 12}" y="{y - 10}" width="{_SCALE}" height="10" rx="3"'
    parts.append(f'<rect {strip} fill="url(#scale)" stroke="#999"/>')
    y += 16
    parts.extend(
        f'<text x="{_MARGIN + 12 + _SCALE * place:.1f}" y="{y}" font-size="12" text-anchor="middle" '
        f'fill="{_MUTED}">{name}</text>'
        for place, name in ticks(shade)
    )
    for said in _legend(explanation, shade, _):
        for line in lines(visible(said), _SURE * _ROOM / 13):
            y += 20
            parts.append(_line(line, y, 13, _MUTED))
    return "".join(parts), y + _MARGIN


def _svg_gap(gap: str, pen: _Pen) -> list[str]:
    """Return what can be seen between two words, those left out struck through."""
    parts = []
    for text, left_out in passages(gap):
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
                    f"{_text(shown)}</text>"
                )
    return parts


def _line(text: str, y: float, size: int, fill: str, more: str = "") -> str:
    """Return a line of text from the left margin, cut where it might not fit."""
    shown = cut(visible(text), _SURE * _ROOM / size)
    return f'<text x="{_MARGIN}" y="{y}" font-size="{size}" fill="{fill}"{more}>{_text(shown)}</text>'


def _text(text: str) -> str:
    return escape(visible(text), quote=True)


def _gap(text: str) -> str:
    """Return what stands between two words, those left out struck through."""
    return "".join(
        f'<s style="color:{_MUTED}"><bdi>{_text(shown)}</bdi></s>' if left_out else f"<bdi>{_text(shown)}</bdi>"
        for shown, left_out in passages(text)
    )


def _details(explanation: Explanation, i: int, translate: Translate) -> str:
    _ = translate
    said = [
        f"{shorten(explanation.tokens[i].text)}",
        f"α = {explanation.weights[i]:.4f}, e = {signed(explanation.scores[i], 3)}",
        *(
            _("{label}: vote {vote}, contribution {contribution}").format(
                label=_(label),
                vote=signed(explanation.votes[i, k], 3),
                contribution=signed(explanation.contributions[i, k], 3),
            )
            for k, label in enumerate(explanation.labels)
        ),
    ]
    if not explanation.known[i]:
        shown, more = explanation.ngrams[i][:20], explanation.ngram_counts[i] - 20
        said.append(_("not in the vocabulary") + ": " + " ".join(shown))
        if more > 0:
            said.append(_("and {count} more").format(count=f"{more:,}"))
    return "\n".join(said)


def _legend(explanation: Explanation, shade: str, translate: Translate) -> list[str]:
    _ = translate
    count = len(explanation.tokens)
    if shade != ATTENTION:
        said = [_("Contribution to “{label}”: blue speaks for it, orange against it.").format(label=_(shade))]
    elif count:
        said = [
            _("The stronger the colour, the more attention. Uniform share 1/{count} = {share}.").format(
                count=count, share=f"{1 / count:.1%}"
            )
        ]
    else:
        said = [_("There is no word to read here.")]
    if explanation.truncated:
        said.append(
            _("The classifier reads the first {limit} of {total} words and marks.").format(
                limit=f"{explanation.max_tokens:,}", total=f"{explanation.total_tokens:,}"
            )
        )
    if not all(explanation.known):
        said.append(_("Dashed: not in the vocabulary."))
    return said


def _strip(shade: str) -> list[str]:
    """Return the colours of the scale from its low to its high end."""
    low = 0 if shade == ATTENTION else -palette.LEVELS
    return [
        palette.colour(level, palette.scale_of(level, shade)).background for level in range(low, palette.LEVELS + 1, 2)
    ]


def _title(explanation: Explanation, translate: Translate) -> str:
    return f"{explanation.experiment} · {translate(explanation.variant)}"


def _word(
    explanation: Explanation, i: int, word: str, number: str,
    left: float, top: float, across: float, level: int, shade: str, translate: Translate,
) -> str:  # fmt: skip
    colours = palette.colour(level, palette.scale_of(level, shade))
    middle = left + across / 2
    wide = width(word) * _WORD_SIZE
    mark = (
        f'<path d="M{middle - wide / 2:.1f} {top + 24.5:.1f}h{wide:.1f}" stroke="{colours.text}" stroke-width="1.5" '
        f'stroke-dasharray="4 3"/>'
    )
    return (
        f'<g fill="{colours.text}" text-anchor="middle"><title>{_text(_details(explanation, i, translate))}</title>'
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{across:.1f}" height="42" rx="6" fill="{colours.background}"/>'
        f'<text x="{middle:.1f}" y="{top + 21:.1f}" font-size="{_WORD_SIZE}" textLength="{wide:.1f}" '
        f'lengthAdjust="spacingAndGlyphs">{_text(word)}</text>{"" if explanation.known[i] else mark}'
        f'<text x="{middle:.1f}" y="{top + 37:.1f}" font-size="{_NUMBER_SIZE}">{number}</text></g>'
    )
