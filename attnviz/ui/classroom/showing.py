"""A round in the words of the screen: what it asks and, once revealed, what the class and the classifiers said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from attnviz.errors import AttnvizError
from attnviz.heatmap import palette
from attnviz.heatmap.display import visible
from attnviz.heatmap.heatmap import ATTENTION
from attnviz.model.explanation import Explanation
from attnviz.rounds.agreement import ClassAgreement, agreement
from attnviz.rounds.round import Results, Round
from attnviz.ui import session
from attnviz.ui.classroom.asking import explain
from attnviz.ui.classroom.standing import named, store
from attnviz.ui.components.class_board.class_board import Bar, Shown, Words
from attnviz.ui.i18n import msg
from attnviz.ui.session import _

FEW = 5  # phones: of fewer no classifier is called nearer to the class
KINDS = {"mark": msg("Mark the words"), "guess": msg("Guess"), "fool": msg("Fool it"), "teach": msg("Teach it")}
STATES = {
    "open": msg("open for answers"),
    "closed": msg("closed for answers"),
    "revealed": msg("revealed to all"),
    "put away": msg("put away"),
}


def shown_round(asked: Round) -> Shown:
    """Return what the class reads of a round at the moment."""
    task = asked.task
    title = _("Round {number}: {kind}").format(number=asked.number, kind=_(KINDS[task.kind]))
    shown = Shown(
        title,
        asked.state,
        _(STATES[asked.state]),
        question(asked),
        words=tuple((word.gap, word.text) for word in task.words),
        tail=task.tail,
    )
    if task.kind in ("fool", "teach"):
        return shown
    if asked.state != "revealed":
        choices = tuple(_(choice) for choice in task.choices) if task.kind == "guess" else ()
        hidden = _("What the classifiers look at is hidden until it is revealed.")
        return replace(shown, choices=choices, note=hidden)
    results = store().results(asked.id)
    read, note = _read(asked)
    if task.kind == "guess":
        found = tuple(_classifier(one) for one in read)
        return replace(shown, found=found, bars=_bars(asked, results, read), note=note)
    beside = agreement(results, read)
    return replace(shown, found=(_class(results, beside), *_classifiers(results, beside, read)), note=note)


def headline(asked: Round | None) -> Shown:
    """Return what is told of a round while the teacher is at something else."""
    if asked is None:
        return Shown(_("No round is open."), "", "", "")
    title = _("Round {number}: {kind}").format(number=asked.number, kind=_(KINDS[asked.task.kind]))
    return Shown(title, asked.state, _(STATES[asked.state]), "")


def question(asked: Round) -> str:
    """Return what a round asks, in a line."""
    task = asked.task
    if task.kind == "mark" and task.most:
        return _("Which words does the classifier look at? Mark {most} at most.").format(most=task.most)
    if task.kind == "mark":
        return _("Which words does the classifier look at? Mark any number.")
    if task.kind == "guess" and task.question == "twin":
        return _("Which classifier answers “{label}”?").format(label=_(task.label))
    if task.kind == "guess":
        return _("What do the classifiers answer?")
    classes = ", ".join(named(asked, label) for label in task.labels)
    if task.kind == "fool":
        return _("Send a sentence that fools the classifier ({classes}).").format(classes=classes)
    return _("Type examples of each class: {classes}.").format(classes=classes)


def _read(asked: Round) -> tuple[list[Explanation], str]:
    """Return what the classifiers make of the sentence, and a note if they read it otherwise than when it was asked."""
    task = asked.task
    try:
        read = [explain(task.experiment, task.text, variant) for variant in task.variants]
    except (AttnvizError, KeyError):
        read = []
    same = [one for one in read if len(one.tokens) == len(task.words)]
    if len(same) < len(task.variants):
        gone = _("The experiment “{name}” is not there any more, or is another one now: its answers are not shown.")
        return [], gone.format(name=visible(task.experiment))
    return same, ""


def _class(results: Results, beside: ClassAgreement | None) -> Words:
    return Words(
        _("Your class"),
        _("{count} have answered").format(count=f"{results.devices:,}"),
        "class",
        tuple(palette.class_levels(results.share)),
        tuple(f"{share:.0%}" for share in results.share),
        _said(beside, results),
    )


def _classifiers(results: Results, beside: ClassAgreement | None, read: Sequence[Explanation]) -> list[Words]:
    """Return the classifiers' heat-maps, each with how far the class's words are its own."""
    if beside is None:
        return list(map(_classifier, read))
    if results.devices < FEW:
        return list(map(_classifier, read))
    count, chance = len(beside.marked), beside.random
    told = _(
        "The class's words among its top {count}: {hits} (by chance {random}). How early they come: AUPRC {auprc} "
        "(by chance {chance})."
    )
    said = {
        variant: told.format(
            count=count,
            hits=f"{count * one.f1:.2g}",
            random=f"{count * chance.f1:.1f}",
            auprc=f"{one.auprc:.2f}",
            chance=f"{chance.auprc:.2f}",
        )
        for variant, one in beside.variants
    }
    return [_classifier(one, said.get(one.variant, "")) for one in read]


def _classifier(read: Explanation, said: str = "") -> Words:
    drawn = read.heatmap(ATTENTION, session.translation(), details=False)
    answer = max(drawn.classes, key=lambda one: one.probability)
    return Words(
        drawn.variant,
        _("answers “{label}” ({share})").format(label=answer.label, share=answer.percent),
        "attention",
        tuple(word.level for word in drawn.words),
        tuple(word.number for word in drawn.words),
        said,
    )


def _said(beside: ClassAgreement | None, results: Results) -> str:
    """Say which words are the class's, and which of the classifiers is nearer to it."""
    if not results.devices:
        return _("Nobody has answered.")
    if beside is None:
        return _("The class marked every word alike: there is nothing to compare.")
    lines = [
        _("The class's words: those that at least half of it marked.")
        if beside.half
        else _("The class's words: no word was marked by half of it, so those that most marked.")
    ]
    if not beside.variants:
        return lines[0]
    if results.devices < FEW:
        lines.append(_("Fewer than {few} have answered: too few to compare a class.").format(few=FEW))
        return " ".join(lines)
    best = max(beside.variants, key=lambda one: one[1].auprc)
    if best[1].auprc <= beside.random.auprc:
        lines.append(_("By AUPRC neither looks at them sooner than chance would."))
    elif len({round(one.auprc, 2) for _name, one in beside.variants}) == 1:
        lines.append(_("By AUPRC both look at them alike."))
    else:
        told = _("By AUPRC {variant} is nearest to the class: these words come earliest in its order.")
        lines.append(told.format(variant=_(best[0])))
    return " ".join(lines)


def _bars(asked: Round, results: Results, read: Sequence[Explanation]) -> tuple[Bar, ...]:
    task = asked.task
    bars = []
    for choice, count in results.choices:
        if task.question == "twin":
            right = (
                [_("it is this one")] if any(r.variant == choice and r.prediction == task.label for r in read) else []
            )
        else:
            right = [_(one.variant) for one in read if one.prediction == choice]
        share = count / max(results.devices, 1)
        bars.append(Bar(_(choice), f"{count:,}", share, ", ".join(right)))
    return tuple(bars)
