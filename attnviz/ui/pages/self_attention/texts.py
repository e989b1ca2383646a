"""What the page says: seven steps, each with a few words, a formula, what to notice and a question with its answer.

`{fields}` are filled with the figures of the sentence on screen, as in the lesson before (`steps/texts.py`).
"""

from __future__ import annotations

from attnviz.ui.i18n import msg
from attnviz.ui.pages.lesson import Step

STEPS = (
    Step(
        msg("Queries"),
        msg("Every word asks for itself"),
        msg(
            "One learnt question W was put to every word: one score each. Before it, every word i now puts its own: "
            "its query q meets the key k of each word j, itself too. {count} words give {pairs} scores; b is for "
            "their distance (step 4)."
        ),
        r"e_i = W \cdot h_i \;\;\rightarrow\;\; s_{ij} = \frac{q_i \cdot k_j}{\sqrt{%(dim)s}} + b_{j-i}",
        """
        # one input, three maps: to ask, to be found, to hand on
        q, k, v = self.in_proj(x).chunk(3, dim=-1)
        # each cut into {heads} heads: [batch, {heads}, seq_len, {head}]
        scores = q @ k.transpose(-2, -1) / math.sqrt({head}) + bias
        """,
        msg(
            "q·k adds up {dim} products: standard deviation {before}. Softmax of that would give one word {hard} of a"
            " row, and nothing would be learnt of the others. Divided by √{dim} it is {soft}. The root is of the "
            "head's {dim} numbers, not of the model's {width}: only so many are added up."
        ),
        msg("Why three projections (Q, K, V) of one input?"),
        msg(
            "To ask, to be found and to hand something on are three jobs. Were q and k one and the same, two words "
            "would always score each other alike. {sides} And v is what a word hands on once it is asked. The one "
            "question W comes after all this: it gives “{asks}” the score {score}."
        ),
    ),
    Step(
        msg("Words"),
        msg("Word by word: whom it asks, who asks it"),
        msg(
            "Choose a word: its row is whom it asks, its column who asks it. Of each word's value v it takes that "
            "share. Shown is the mean of {heads} heads, as libraries show it unless told otherwise; the next step "
            "takes it apart."
        ),
        r"A_{ij} = \text{softmax}_j \; s_{ij} \quad \sum_j A_{ij} = 1",
        """
        scores = scores.masked_fill(pad[:, None, None], -torch.inf)
        # masked are the keys (columns), never the queries (rows)
        weights = scores.softmax(dim=-1)
        # [batch, {heads}, seq_len, seq_len]
        mixed = weights @ v
        """,
        msg(
            "“{word}” asks “{top}” most: {share}, where an even share would be {even}. Asked most of all is “{most}”: "
            "{mean} of a row on average."
        ),
        msg("So many weights: which word matters for the answer?"),
        msg(
            "The rows do not say: they say how words mix. What the answer takes is in the weights α, as before: most "
            "from “{heaviest}” ({weight}). Most is added by “{adds}”: {contribution} to “{label}”. And which side is "
            "masked? The keys: nobody may ask padding, and what its own rows ask is thrown away."
        ),
    ),
    Step(
        msg("Heads"),
        msg("Several views side by side: the heads"),
        msg(
            "{width} numbers are cut into {heads} × {head}, and each head asks with its own. Switch a head off: by how "
            "much the answer's probability falls is what the head is worth here."
        ),
        r"[\,A^{(1)} V^{(1)};\, \ldots\,;\, A^{(%(heads)s)} V^{(%(heads)s)}\,]\; W_O",
        """
        mixed = F.scaled_dot_product_attention(q, k, v)
        # [batch, {heads}, seq_len, {head}]
        mixed[:, 1] = 0  # head 2 is off
        out = self.out_proj(mixed.transpose(1, 2).flatten(2))
        """,
        msg(
            "{needed} The sharpest look has {sharpest} (one word gets {sharp} of a row on average), and it is worth "
            "{its}. {moral}"
        ),
        msg("Which head is right?"),
        msg(
            "None: their values are added up, and only the sum is an answer. Split or separate? The same thing: one "
            "map to {width} numbers, cut into {heads}, is {heads} small maps side by side. {habits}"
        ),
    ),
    Step(
        msg("Order"),
        msg("Who knows where a word stands?"),
        msg(
            "Nothing in q·k does. So each head learns a number b for every distance and adds it to the score: up to "
            "{far} words before and after, one for all farther ones. Take the order away twice: shuffle the words, "
            "then leave these numbers out."
        ),
        r"s_{ij} = \frac{q_i \cdot k_j}{\sqrt{d_k}} + b_{j-i}",
        """
        at = torch.arange(seq_len)
        apart = (at - at[:, None]).clamp(-{far}, {far}) + {far}
        bias = self.distance_bias[:, apart]
        # [{heads}, seq_len, seq_len]: one for each head
        """,
        msg("In how many orders the answer is another one: {changes}. {measured}"),
        msg("What does it know of the order without positions?"),
        msg(
            "Nothing: the words are a bag to it. In {times} other orders no probability then changes by more than "
            "{difference}, which is rounding. An LSTM has the order for nothing, since it reads one word after the "
            "other."
        ),
    ),
    Step(
        msg("Distance"),
        msg("Words that are far"),
        msg(
            "In an LSTM the first word comes to the last state through every state between. In self-attention it is "
            "one step away, however long the sentence. What is left of it, by the gradient?"
        ),
        r"\left| \frac{\partial h_n}{\partial x_1} \right| : \quad n \text{ steps} \;\; \Big| \;\; 1 \text{ step}",
        """
        along = torch.randn_like(hidden[:, -1])
        (slope,) = torch.autograd.grad((hidden[:, -1] * along).sum(), embedded)
        sizes = slope.norm(dim=-1)  # [batch, seq_len]
        first = sizes[:, 0] / sizes.mean(dim=1)
        """,
        msg("At {long} words the first one counts, beside 1 for a word on average: {each}."),
        msg("Does the attention over the LSTM not bridge the distance?"),
        msg(
            "For the answer it does: α reaches every state directly, and for that it was invented. But what one word "
            "makes of another far one must still come through all states between."
        ),
    ),
    Step(
        msg("Time"),
        msg("What it costs: n² at once against n in a row"),
        msg(
            "An LSTM multiplies n times by its matrices, each step waiting for the one before. Self-attention has n² "
            "scores, one for every pair, but none waits: good for a graphics card, no help to the one core timed here."
        ),
        r"O(n\,d^2) \quad \Big| \quad O(n\,d^2 + n^2 d)",
        """
        lstm_out, _ = self.lstm(embedded)  # n steps in a row

        mixed = F.scaled_dot_product_attention(q, k, v)
        # n × n scores, all at once and never all kept
        """,
        "{verdict}",
        msg("Is the Transformer not always faster?"),
        msg(
            "No: n² grows faster than n, and that no step waits was meant for graphics cards (Vaswani et al. 2017). O "
            "leaves out how often each matrix is used; the chart counts that. Multiplications at {long} words: "
            "{operations}. {epoch}"
        ),
    ),
    Step(
        msg("Worth"),
        msg("What does it buy?"),
        msg("{same} This is what was measured of both on rows that neither has learned from."),
        r"a = \frac{\text{right}}{n} \quad \text{ECE} = \sum_b \frac{n_b}{n} \left| a_b - \bar p_b \right|",
        """
        logits, weights = model(x)
        right = (logits.argmax(dim=1) == labels).float()
        accuracy = right.mean()
        """,
        "{verdict}",
        msg("Is a Transformer not simply better?"),
        msg(
            "With much data, and once it has read much text beforehand, yes (Vaswani et al. 2017; Devlin et al. 2019). "
            "This one learned from {learned} rows only, and has to learn what order means, which an LSTM brings along. "
            "{seeds} Both answered the same rows: the page Errors compares them row by row."
        ),
    ),
)
