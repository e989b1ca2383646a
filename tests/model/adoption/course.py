"""The code of the course: its class as it is given, and a loop that trains it on padded rows, without a mask."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F

from tests.conftest import sentences

MAX_LEN, DIM, HIDDEN = 40, 12, 10
LABELS = ("negative", "positive")


class AttentionClassifier(nn.Module):
    """As the course has it, letter for letter but for the comments."""

    def __init__(self, vocab_size, embedding_dim, hidden_dim, num_classes, pretrained_embeddings=None):  # type: ignore[no-untyped-def]
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_dim)
        if pretrained_embeddings is not None:
            self.embedding.weight.data.copy_(pretrained_embeddings)
            self.embedding.weight.requires_grad = True
        self.lstm = nn.LSTM(embedding_dim, hidden_dim, bidirectional=True, batch_first=True)
        self.attention = nn.Linear(hidden_dim * 2, 1)
        self.fc = nn.Linear(hidden_dim * 2, num_classes)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x):  # type: ignore[no-untyped-def]
        embedded = self.embedding(x)
        lstm_out, _ = self.lstm(embedded)
        attn_scores = self.attention(lstm_out).squeeze(2)
        attn_weights = F.softmax(attn_scores, dim=1).unsqueeze(2)
        context = torch.sum(lstm_out * attn_weights, dim=1)
        return self.fc(self.dropout(context)), attn_weights.squeeze(2)


@dataclass(frozen=True)
class Notebook:
    """What the student's notebook holds at its end."""

    model: AttentionClassifier
    vocabulary: dict[str, int]

    def ids(self, text: str) -> list[int]:
        """Return the ids of a text, cut and filled up."""
        found = [self.vocabulary.get(word, self.vocabulary["<unk>"]) for word in text.lower().split()][:MAX_LEN]
        return found + [self.vocabulary["<pad>"]] * (MAX_LEN - len(found))

    def answer(self, texts: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return logits [N, K] and attention [N, MAX_LEN]."""
        with torch.no_grad():
            logits, weights = self.model(torch.tensor([self.ids(text) for text in texts]))
            return logits, weights


def trained(epochs: int = 3, *, freeze: bool = False, seed: int = 0) -> Notebook:
    """Train it on the rows of `sentences`."""
    rows = sentences()
    words = sorted({word for text, _ in rows for word in text.lower().split()})
    vocabulary = {word: at for at, word in enumerate(["<pad>", "<unk>", *words])}
    torch.manual_seed(seed)
    model = AttentionClassifier(len(vocabulary), DIM, HIDDEN, len(LABELS), torch.randn(len(vocabulary), DIM))
    model.embedding.weight.requires_grad = not freeze
    notebook = Notebook(model, vocabulary)
    x = torch.tensor([notebook.ids(text) for text, _ in rows])
    y = torch.tensor([LABELS.index(label) for _, label in rows])
    optimizer = torch.optim.Adam([one for one in model.parameters() if one.requires_grad], lr=1e-2)
    for _ in range(epochs):
        for batch in torch.randperm(len(x)).split(32):
            optimizer.zero_grad()
            logits, _ = model(x[batch])
            F.cross_entropy(logits, y[batch]).backward()
            optimizer.step()
    model.eval()
    return notebook
