"""The settings of training as options: each is the field of `TrainingConfig` whose name its parameter has."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from attnviz.training.config import TrainingConfig

VARIANTS = ",".join(TrainingConfig.variants)
_SIZES, _KOREAN = TrainingConfig().ngram_sizes, TrainingConfig(language="ko").ngram_sizes

Variants = Annotated[
    str,
    typer.Option(
        metavar="NAME,…",
        help="What to train; the twins with the scorer additive are `…,frozen-additive,fine-tuned-additive`.",
    ),
]
Language = Annotated[str, typer.Option(metavar="CODE", help="Of the texts, as in en or ko.")]
EmbeddingDim = Annotated[int, typer.Option(help="Numbers in a word vector.")]
HiddenDim = Annotated[int, typer.Option(help="Numbers in a hidden state, each direction.")]
VocabSize = Annotated[
    int, typer.Option(help="How many words have a vector of their own; fewer from a `.bin`, unless you say.")
]
ShortestNgram = Annotated[
    int | None, typer.Option(help=f"Shortest character n-gram.  [default: {_SIZES[0]}, in Korean {_KOREAN[0]}]")
]
LongestNgram = Annotated[
    int | None, typer.Option(help=f"Longest character n-gram.  [default: {_SIZES[1]}, in Korean {_KOREAN[1]}]")
]
NgramUnits = Annotated[
    Literal["characters", "jamo"], typer.Option(help="What n-grams are cut of; jamo: Korean letters, too.")
]
Ngrams = Annotated[
    int | None, typer.Option(help="Of a `.bin`: n-grams to take for unseen words.  [default: what 15 MB have room for]")
]
VectorEpochs = Annotated[
    int, typer.Option(help="How often FastText reads the rows at least; few rows are read more often.")
]
LanguageModelEpochs = Annotated[
    int,
    typer.Option(
        "--language-model", help="Epochs in which the LSTM first reads the texts, to guess words: few rows gain by it."
    ),
]
ScorerOption = Annotated[
    Literal["linear", "additive"], typer.Option(help="How a word's score is made: W·h + b, or v·tanh(W·h + b).")
]
Epochs = Annotated[
    int | None, typer.Option(help="How often the classifiers see the rows.  [default: what suits their number]")
]
LearningRate = Annotated[float, typer.Option(help="Of the classifiers at its highest.")]
EmbeddingRate = Annotated[
    float | None,
    typer.Option("--embedding-rate", help="The learning rate of the word vectors.  [default: half the classifiers']"),
]
Dropout = Annotated[float, typer.Option(help="Share of the context that each step of training leaves out.")]
WordDropout = Annotated[float, typer.Option(help="Share of a text's words that each epoch leaves out.")]
Distillation = Annotated[
    float,
    typer.Option(help="Of few rows, the share of what is learned that a plain classifier says of them."),
]
BalanceClasses = Annotated[
    bool,
    typer.Option("--balance-classes", help="Let rows of rare classes count for more."),
]
Seed = Annotated[int, typer.Option(help="The same seed gives the same experiment on one machine.")]
Probes = Annotated[
    list[str] | None,
    typer.Option(
        "--probe", metavar="TEXT", help="A sentence whose attention is kept after every epoch; may be repeated."
    ),
]
UnitsOption = Annotated[
    Literal["words", "morphemes"],
    typer.Option(
        help="What is read of Korean; morphemes: as kiwipiepy finds them in the rows, needed in training only."
    ),
]
SecondSeed = Annotated[
    bool,
    typer.Option(
        "--second-seed", help="Fine-tune once more from another seed, to tell drift from chance; takes longer."
    ),
]
