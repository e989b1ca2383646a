"""What people marked in many texts, beside the views of each: means over sentences, as ERASER (DeYoung et al. 2020)."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from attnviz.analysis.belief.marks import Agreement, MeanAgreement, majority, marked_tokens
from attnviz.analysis.belief.subject import Subject
from attnviz.analysis.belief.views import views
from attnviz.data.labels import place_of
from attnviz.data.rationales.rationale import Rationale
from attnviz.data.steps import finished
from attnviz.model.experiment import Experiment


@dataclass(frozen=True)
class WithPeople:
    """How the views of a variant agree with what people marked in some sentences."""

    variant: str
    sentences: int  # that are compared
    nothing_marked: int  # left out: the most of those who read it marked no word of it
    all_marked: int  # left out: they marked every word
    truncated: int  # of all, those that are not read to their end: what is marked behind it does not count
    other_class: int  # of those compared, those whose label is not the answer: views and marks speak of two classes
    unknown_class: int  # of those compared, those whose label is no class of the experiment: nobody knows
    random: MeanAgreement | None  # None where no sentence is compared
    views: dict[str, MeanAgreement]

    def to_dict(self) -> dict[str, Any]:
        """Return plain numbers for JSON."""
        return asdict(self)


def with_people(
    experiment: Experiment, variant: str, rationales: Sequence[Rationale]
) -> Generator[int, None, WithPeople]:
    """Compare the views of each text with what most of its readers marked; yields how many texts are read so far."""
    known = place_of({one.label for one in rationales if one.label}, experiment.labels)
    random, found = list[Agreement](), dict[str, list[Agreement]]()
    nothing = every = truncated = other = unknown = 0
    for done, rationale in enumerate(rationales, start=1):
        explanation = experiment.explain(rationale.text, variant)
        truncated += explanation.truncated
        marked = majority([marked_tokens(explanation, spans) for spans in rationale.marks])
        if chance := Agreement.at_random(marked):
            subject = Subject.of(experiment, explanation)
            random.append(chance)
            other += known.get(rationale.label, subject.answer) != subject.answer
            unknown += bool(rationale.label) and rationale.label not in known
            for name, view in finished(views(subject)).by_name().items():
                if one := Agreement.of(view, marked):
                    found.setdefault(name, []).append(one)
        else:
            every += bool(marked.any())
            nothing += not marked.any()
        yield done
    return WithPeople(
        variant=variant,
        sentences=len(random),
        nothing_marked=nothing,
        all_marked=every,
        truncated=truncated,
        other_class=other,
        unknown_class=unknown,
        random=MeanAgreement.of(random) if random else None,
        views={name: MeanAgreement.of(of_view) for name, of_view in found.items()},
    )
