"""An explanation as a picture that stands alone: one HTML page, one SVG.

Both are light whatever surrounds them, need nothing from outside, and write what people typed as text, never as markup.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Literal

import numpy as np

from attnviz import palette
from attnviz.shading import ATTENTION, between, shading, shorten, signed, ticks, visible

if TYPE_CHECKING:
    from attnviz.explain import Explanation

Translate = Callable[[str], str]
_FONT = "'Segoe UI', 'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans KR', 'Noto Sans CJK KR', sans-serif"
_WIDTH, _MARGIN, _WORD_SIZE, _NUMBER_SIZE, _LINE, _SCALE = 960, 24, 20, 12, 48, 440
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
    style = f"background:#fff;color:{_INK};font:20px/1.3 {_FONT};max-width:960px"
    panels = "".join(_html_panel(explanation, shade, translate) for explanation in explanations)
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
        f'width="{_WIDTH}" height="{height:g}" font-family="{escape(_FONT)}" role="img">'
        f"<title>attnviz · {_text(explanations[0].experiment)}</title>"
        f'<defs><linearGradient id="scale">{stops}</linearGradient></defs>'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _html_panel(explanation: Explanation, shade: str, translate: Translate) -> str:
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
        f'<span style="position:absolute;left:{place:.1%};transform:translateX(-50%)">{name}</span>'
        for place, name in ticks(shade)
    )
    return (
        f'<section style="padding:16px 20px">'
        f'<div style="font-size:14px;color:{_MUTED}">{_text(_title(explanation, _))}</div>'
        f'<div dir="auto" style="white-space:pre-wrap;overflow-wrap:anywhere;margin:8px 0 12px">{"".join(body)}</div>'
        f'<div style="font-weight:700">{_text(_(explanation.prediction))}</div>'
        f'<table style="font-size:15px;border-collapse:collapse;font-variant-numeric:tabular-nums">{bars}</table>'
        f'<div style="font-size:13px;color:{_MUTED};margin-top:12px">'
        f'<div style="position:relative;width:{_SCALE}px;height:30px;margin-left:12px"><div style="height:10px;'
        f"border-radius:3px;box-shadow:inset 0 0 0 1px #0004;background:linear-gradient(to right,"
        f'{",".join(_strip(shade))})"></div>{scale}</div>{legend}</div></section>'
    )


def _svg_panel(explanation: Explanation, shade: str, translate: Translate) -> tuple[str, float]:
    """Return one heat-map and how tall it is."""
    _ = translate
    levels, numbers = shading(explanation, shade)
    gaps, tail = between(explanation)
    right_to_left = _right_to_left(explanation.text)
    x, y = float(_MARGIN), 48.0
    parts = [f'<text x="{_MARGIN}" y="32" font-size="14" fill="{_MUTED}">{_text(_title(explanation, _))}</text>']
    for i, token in enumerate(explanation.tokens):
        word = visible(shorten(token.text))
        width = max(_width(word) * _WORD_SIZE, _width(numbers[i]) * _NUMBER_SIZE) + 10
        if gaps[i].strip():
            parts.append(_struck(gaps[i].strip(), x, y, right_to_left))
        x += _width(gaps[i].replace("\n", "")) * _WORD_SIZE
        if "\n" in gaps[i] or x + width > _WIDTH - _MARGIN:
            x, y = float(_MARGIN), y + _LINE * max(1, min(gaps[i].count("\n"), 2))
        left = _WIDTH - x - width if right_to_left else x
        parts.append(_word(explanation, i, word, numbers[i], left, y, width, levels[i], shade, _))
        x += width + 2
    if gaps[-1].strip():
        parts.append(_struck(gaps[-1].strip(), x, y, right_to_left))
    y += _LINE
    if tail:
        y += 20
        parts.append(f'<text x="{_MARGIN}" y="{y}" font-size="14" fill="{_MUTED}">{_text(tail[:110])} …</text>')
    y += 30
    parts.append(
        f'<text x="{_MARGIN}" y="{y}" font-size="20" font-weight="700" fill="{_INK}">'
        f"{_text(_(explanation.prediction))}</text>"
    )
    at = _MARGIN + 16 + 15 * max(_width(_(label)) for label in explanation.labels)
    for k, (label, share) in enumerate(zip(explanation.labels, explanation.probabilities, strict=True)):
        y += 24
        bar, colour = f'x="{at:.1f}" y="{y - 11}" height="12" rx="6"', palette.class_colour(k)
        parts.append(
            f'<text x="{_MARGIN}" y="{y}" font-size="15" fill="{_INK}">{_text(_(label))}</text>'
            f'<rect {bar} width="300" fill="{_RULE}"/>'
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
    for line in _legend(explanation, shade, _):
        y += 20
        parts.append(f'<text x="{_MARGIN}" y="{y}" font-size="13" fill="{_MUTED}">{_text(line)}</text>')
    return "".join(parts), y + _MARGIN


def _text(text: str) -> str:
    return escape(visible(text), quote=True)


def _gap(text: str) -> str:
    """Return what stands between two tokens; whatever can be seen there is a word left out."""
    return f'<s style="color:{_MUTED}">{_text(text)}</s>' if text.strip() else _text(text)


def _struck(text: str, x: float, y: float, right_to_left: bool) -> str:
    left, anchor = (_WIDTH - x, "end") if right_to_left else (x, "start")
    return (
        f'<text x="{left:.1f}" y="{y + 21:.1f}" font-size="{_WORD_SIZE}" text-anchor="{anchor}" fill="{_MUTED}" '
        f'text-decoration="line-through">{_text(text)}</text>'
    )


def _details(explanation: Explanation, i: int, translate: Translate) -> str:
    _ = translate
    lines = [
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
        lines.append(_("not in the vocabulary") + ": " + " ".join(explanation.ngrams[i][:20]))
    return "\n".join(lines)


def _legend(explanation: Explanation, shade: str, translate: Translate) -> list[str]:
    _ = translate
    count = len(explanation.tokens)
    if shade != ATTENTION:
        lines = [_("Contribution to “{label}”: blue speaks for it, orange against it.").format(label=_(shade))]
    elif count:
        lines = [
            _("The stronger the colour, the more attention. Uniform share 1/{count} = {share}.").format(
                count=count, share=f"{1 / count:.1%}"
            )
        ]
    else:
        lines = [_("There is no word to read here.")]
    if explanation.truncated:
        lines.append(
            _("The classifier reads the first {limit} of {total} words and marks.").format(
                limit=explanation.max_tokens, total=explanation.total_tokens
            )
        )
    if not all(explanation.known):
        lines.append(_("Dashed: not in the vocabulary."))
    return lines


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
    left: float, top: float, width: float, level: int, shade: str, translate: Translate,
) -> str:  # fmt: skip
    colours = palette.colour(level, palette.scale_of(level, shade))
    middle = left + width / 2
    wide = _width(word) * _WORD_SIZE
    mark = (
        f'<path d="M{middle - wide / 2:.1f} {top + 24.5:.1f}h{wide:.1f}" stroke="{colours.text}" stroke-width="1.5" '
        f'stroke-dasharray="4 3"/>'
    )
    return (
        f'<g fill="{colours.text}" text-anchor="middle"><title>{_text(_details(explanation, i, translate))}</title>'
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="42" rx="6" fill="{colours.background}"/>'
        f'<text x="{middle:.1f}" y="{top + 21:.1f}" font-size="{_WORD_SIZE}" textLength="{wide:.1f}" '
        f'lengthAdjust="spacingAndGlyphs">{_text(word)}</text>{"" if explanation.known[i] else mark}'
        f'<text x="{middle:.1f}" y="{top + 37:.1f}" font-size="{_NUMBER_SIZE}">{number}</text></g>'
    )


def _width(text: str) -> float:
    """Estimate how wide `text` is, in ems: nothing here can measure a font."""
    return float(np.sum([_advance(c) for c in text])) if text else 0.0


def _advance(c: str) -> float:
    if unicodedata.combining(c) or c in "\u200b\u200c\u200d\ufe0f":
        return 0.0
    if unicodedata.east_asian_width(c) in "WF":
        return 1.0
    if c in "iljtfrI.,;:!|'’()[] ":
        return 0.3
    return 0.8 if c in "mwMW@%" else 0.64 if c.isupper() else 0.5


def _right_to_left(text: str) -> bool:
    """Tell whether the first letter with a direction runs right to left."""
    kind: Literal["L", "R", "AL"] | str = next(
        (kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL")), "L"
    )
    return kind != "L"
