"""Step 6: what reading takes by the length of a sentence, measured on this machine, and what the formula says."""

from __future__ import annotations

from attnviz.analysis.encoder_times import EncoderTimes
from attnviz.ui.cache import self_attention as cached
from attnviz.ui.pages.lesson import StepContent
from attnviz.ui.pages.self_attention.asked_sentence import AskedSentence
from attnviz.ui.pages.self_attention.distance import logarithmic, written
from attnviz.ui.session import _

_LIKE = 1.2  # times: what is not even so far apart is called alike


def cost(sentence: AskedSentence) -> StepContent:
    """Compare the times of both encoders, and their multiplications."""
    found = cached.times(sentence.experiment.name, sentence.pair)
    if found is None:
        return StepContent(measuring=True)
    names = {variant: sentence.named(variant) for variant in sentence.pair}
    x, alt = _("words"), _("A curve for each classifier, by the number of words")
    measured = logarithmic(
        _("Milliseconds a sentence, measured here"),
        found.lengths,
        {names[variant]: [1000 * one for one in found.seconds[variant]] for variant in names},
    ) | {"x": x, "alt": alt, "about": _("On one core of this machine: the least of a few runs.")}
    formula = logarithmic(
        _("Multiplications a sentence, by the formula"),
        found.lengths,
        {names[variant]: found.operations[variant] for variant in names},
    ) | {"x": x, "alt": alt, "about": _rows(found, names)}
    figures = {
        "long": f"{found.lengths[-1]:,}",
        "verdict": verdict(found, names),
        "epoch": _epoch(sentence, names),
        "operations": "; ".join(f"{names[one]} {written(found.operations[one][-1])}" for one in names),
    }
    return StepContent(({"kind": "curves", "charts": [measured, formula]},), figures=figures)


def _rows(found: EncoderTimes, names: dict[str, str]) -> str:
    each = "; ".join(f"{name} {found.steps[variant][-1]:,}" for variant, name in names.items())
    said = _("Steps that must wait for one another, at {long} words: {each}.")
    return said.format(long=f"{found.lengths[-1]:,}", each=each)


def verdict(found: EncoderTimes, names: dict[str, str]) -> str:
    """Say which of two is faster and from where on, as these times have it."""
    if len(names) < 2:
        return ""
    (one, other), at = names, (0, -1)
    ends = [(found.lengths[place], found.seconds[one][place], found.seconds[other][place]) for place in at]
    said = [_at_length(names, length, first, second) for length, first, second in ends]
    if found.crossing is not None:
        said.append(_("Their times cross at about {count} words.").format(count=f"{found.crossing:,.0f}"))
    return " ".join(said)


def _at_length(names: dict[str, str], length: int, first: float, second: float) -> str:
    (one, other), shown = names.values(), [1000 * first, 1000 * second]
    times = {"words": f"{length:,}", "first": written(shown[0]), "second": written(shown[1])}
    low, high = sorted(float(f"{one:.2g}") if one < 100 else round(one) for one in shown)
    ratio = high / low  # of the figures as they stand there
    if ratio < _LIKE:
        line = _("At {words} words the {one} and the {other} take much the same: {first} and {second} ms.")
        return line.format(one=one, other=other, **times)
    line = _("At {words} words the {faster} is {ratio} times as fast ({one} {first} ms, {other} {second} ms).")
    return line.format(faster=one if first < second else other, ratio=f"{ratio:.1f}", one=one, other=other, **times)


def _epoch(sentence: AskedSentence, names: dict[str, str]) -> str:
    """Say what an epoch took where that was measured."""
    measured = sentence.experiment.encoder_figures
    epoch = measured.epoch if measured else None
    if not epoch:
        return _("How long an epoch takes has not been measured for this experiment.")
    said = _("An epoch of {sentences} sentences of {length} words, on the machine that measured: {each}.")
    each = "; ".join(f"{names[one]} {written(of[-1])} s" for one, of in epoch.seconds.items() if one in names)
    return said.format(sentences=f"{epoch.sentences:,}", length=epoch.lengths[-1], each=each)
