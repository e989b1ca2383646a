"""What a run in a process of its own is to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class JobSpec:
    """What a run is to do: the arguments of `python -m attnviz train`, but for the places of its files."""

    name: str
    data: str = ""  # of a data set known by name; "" for rows that are handed over
    file: str = ""  # what the handed over file was called
    text_column: str | None = None
    label_column: str | None = None
    lender: str = ""  # an experiment; "" trains vectors
    vectors_file: str = ""  # a file in models/vectors
    language: str = "en"
    epochs: int = 5
    hidden_dim: int = 128
    vocab_size: int = 20_000
    learning_rate: float = 2e-3
    scorer: Literal["linear", "additive"] = "linear"
    dropout: float = 0.5
    language_model_epochs: int = 0
    seed: int = 0
    variants: tuple[str, ...] = ("frozen", "fine-tuned")
    probes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()  # the classes, in their order, where they are known beforehand

    def arguments(self, rows: Path | None, models: Path) -> list[str]:
        """Return the command line behind `train`."""
        korean = self.language == "ko"
        vectors, sizes = "train", ["--min-n", "1" if korean else "3", "--max-n", "4" if korean else "6"]
        if self.lender or self.vectors_file:
            vectors = str(models / self.lender if self.lender else models / "vectors" / self.vectors_file)
            sizes = []
        given = {
            "--name": self.name,
            "--out": models,
            "--vectors": vectors,
            "--text-column": self.text_column,
            "--label-column": self.label_column,
            "--source": self.file or None,
            "--language": self.language,
            "--epochs": self.epochs,
            "--hidden-dim": self.hidden_dim,
            "--learning-rate": self.learning_rate,
            "--scorer": self.scorer,
            "--dropout": self.dropout,
            "--language-model": self.language_model_epochs,
            "--seed": self.seed,
            "--variants": ",".join(self.variants),
        }
        if not self.vectors_file:  # of a .bin as many words are taken as there is room for
            given["--vocab-size"] = self.vocab_size
        options = [f"{name}={value}" for name, value in given.items() if value is not None]
        return [str(rows or self.data), *options, *sizes, *(f"--probe={text}" for text in self.probes)]
