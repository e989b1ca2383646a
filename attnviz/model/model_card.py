"""An experiment -> its model card, the README.md beside it."""

from __future__ import annotations

from attnviz.model.experiment import Experiment

_LANGUAGES = {"en": "English", "ko": "Korean"}


def card(experiment: Experiment) -> str:
    """Return the card in Markdown: what it is, data and licence, how it was made, what it reached."""
    about = experiment.about
    data, training = about.data, about.training
    rows = ", ".join(f"{count:,} {split}" for split, count in data["rows"].items())
    vectors = ", ".join(f"{key} {value}" for key, value in about.vectors.items() if key != "from")
    settings = ", ".join(f"{key} {value}" for key, value in training.items())
    lines = [
        f"# {experiment.name}",
        "",
        f"{_LANGUAGES.get(about.language, about.language)} texts -> {', '.join(about.labels)}. A BiLSTM "
        f"({about.hidden_dim} units a direction) with attention over {about.embedding_dim}-dimensional FastText "
        f"vectors of {len(experiment.vocabulary.words):,} words; texts are read up to {about.max_tokens} tokens. "
        "An experiment of [attnviz](../../README.md): its variants differ in one thing each.",
        "",
        "| variant | word vectors | pooling |",
        "| --- | --- | --- |",
    ]
    for variant, config in about.variants.items():
        pooling = f"attention ({config.scorer} scorer)" if config.pooling == "attention" else "mean"
        lines.append(f"| {variant} | {'frozen' if config.freeze_embeddings else 'fine-tuned'} | {pooling} |")
    lines += [
        "",
        "## What it reached on the test rows",
        "",
        "| variant | rows | n | accuracy | 95 % interval | macro F1 | log loss |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for variant, groups in experiment.figures.items():
        for group, figures in groups.items():
            low, high = figures.interval
            lines.append(
                f"| {variant} | {group} | {figures.n:,} | {figures.accuracy:.1%} | {low:.1%} to {high:.1%} "
                f"| {figures.macro_f1:.3f} | {figures.log_loss:.3f} |"
            )
    lines += [
        "",
        "The interval is Wilson's; it is that of the rows, not of the seed.",
        "",
        "## Data",
        "",
        f"{data['name']}: {data['source']}",
        "",
        f"Licence: {data['licence']}",
        "",
        f"Rows: {rows}. {data['split_rule']}",
        "",
        "## How it was made",
        "",
        f"Vectors: {about.vectors['from']} ({vectors}).",
        "",
        f"Training: {settings}. The variants share vocabulary, split, start, batches and seed; each is kept at its "
        "best epoch on the validation rows.",
        "",
    ]
    return "\n".join(lines)
