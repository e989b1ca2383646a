"""FastText training by gensim, which can be watched and stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

# gensim is imported where it is used: that takes a second.

_GENSIM_BATCH = 10_000  # gensim drops what a batch or a sentence holds beyond that many words, and does not say so


class Corpus:
    """Sentences on their way through gensim, which itself neither tells how far it is nor can be stopped.

    It reads them in a thread where an error would leave it waiting for ever: hence the list, made beforehand.
    """

    def __init__(self, sentences: Iterable[Sequence[str]]) -> None:
        self._sentences = [
            sentence[start : start + _GENSIM_BATCH]
            for sentence in sentences
            for start in range(0, len(sentence), _GENSIM_BATCH)
        ]
        self.words = sum(map(len, self._sentences))
        self._read = 0
        self._stopped = False

    def __iter__(self) -> Iterator[Sequence[str]]:
        for sentence in self._sentences:
            if self._stopped:
                return
            yield sentence
            self._read += len(sentence)

    def train(
        self,
        counts: dict[str, int],
        buckets: Callable[[str], list[int]],
        epochs: int,
        start: Callable[[Any], None] | None = None,
        **settings: int,
    ) -> Generator[float, None, Any]:
        """Train in a thread beside the caller's, yield the fraction read, and return gensim's key-ed vectors.

        `buckets(word)` says which rows a word's n-grams are hashed to; `start` changes the vectors before the first
        word is read.
        """
        from gensim.models import FastText
        from gensim.models.callbacks import CallbackAny2Vec

        def stop(_: FastText) -> None:
            if self._stopped:
                raise GeneratorExit

        def run() -> None:
            try:
                model.build_vocab_from_freq(counts)
                if len(model.wv.vectors_ngrams):  # its own n-grams are of characters alone
                    model.wv.buckets_word = [np.array(buckets(word), dtype=np.uint32) for word in counts]
                if start:
                    start(model.wv)
                model.train(self, total_words=self.words, epochs=epochs, callbacks=[between_epochs])
            except BaseException as error:  # raised again in the caller's thread
                failures.append(error)

        failures: list[BaseException] = []
        between_epochs = CallbackAny2Vec()
        between_epochs.on_epoch_end = stop
        # The learning rate falls from batch to batch, so a small corpus needs small ones. gensim's own sort is left
        # out, as it shuffles words of equal count.
        batch = min(_GENSIM_BATCH, 1 + self.words // 100)
        model = FastText(sg=1, min_count=1, sorted_vocab=0, batch_words=batch, **settings)
        thread = threading.Thread(target=run, name="fasttext", daemon=True)
        thread.start()
        try:
            while thread.is_alive():
                yield min(self._read / (self.words * epochs), 1.0)
                thread.join(timeout=0.5)
        finally:
            self._stopped = True
            thread.join()
        if failures:
            raise failures[0]
        yield 1.0
        return model.wv
