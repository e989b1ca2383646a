"""What the lesson says: ten steps, each with a few words, a formula, what to notice and a question with its answer.

`{fields}` are filled with the figures of the sentence on screen; a formula is LaTeX, the same in every language.
"""

from __future__ import annotations

from dataclasses import dataclass

from attnviz.ui.i18n import msg


@dataclass(frozen=True)
class Step:
    """One screen of the lesson. `notice` and `answer` have a second wording for where there is nothing to compare."""

    title: str
    words: str
    formula: str
    notice: str
    question: str
    answer: str


STEPS = (
    Step(
        msg("From words to numbers"),
        msg(
            "The sentence is cut into words and marks. Each of them fetches its row of the embedding: {dim} numbers, "
            "and nothing else of the word goes on."
        ),
        r"x_i = E_{w_i} \in \mathbb{R}^{%(dim)s}",
        msg("A row belongs to the word, not to its place: wherever the word stands, it brings the same numbers."),
        msg("What about a word that has no row?"),
        msg(
            "It is marked ≈ and gets a vector made of its character n-grams: step 7. In this sentence: {strangers} of "
            "{count}."
        ),
    ),
    Step(
        msg("The LSTM reads, and treats every word alike"),
        msg(
            "Read from the left and from the right, each word becomes a hidden state of {half} + {half} numbers. "
            "Without attention their plain mean goes on."
        ),
        r"h_i = [\overrightarrow{h}_i ; \overleftarrow{h}_i] \qquad \bar{h} = \frac{1}{T} \sum_{i=1}^{T} h_i",
        msg("Every word weighs 1/{count} = {share}, and the answer is “{answer}” ({probability})."),
        msg("What does a plain mean lose?"),
        msg(
            "A decisive word counts no more than “the” or a comma, and the longer the sentence, the less of it is "
            "left. {lost}"
        ),
    ),
    Step(
        msg("A score for every word"),
        msg(
            "One learnt vector W asks each hidden state how much it matters. {terms} products and b add up to the "
            "score e. Choose a word."
        ),
        r"e_i = W \cdot h_i + b = \sum_{j=1}^{%(terms)s} W_j\, h_{ij} + b",
        msg(
            "b = {bias} stands in every score alike. Softmax sees only differences between scores, so b changes no "
            "weight, and training could not move it."
        ),
        msg("How does the additive scorer (Bahdanau) differ?"),
        msg(
            "It asks through a hidden layer, e = v·tanh(W h + b): here {additive} numbers to learn instead of "
            "{linear}. It can look for several things at once, and its b does count, because it stands inside tanh."
        ),
    ),
    Step(
        msg("Softmax: from scores to weights"),
        msg(
            "exp makes every score positive, and dividing by their sum makes weights of them. Turn the temperature τ: "
            "the model was trained at 1."
        ),
        r"\alpha_i = \frac{\exp(e_i / \tau)}{\sum_j \exp(e_j / \tau)} \qquad \sum_i \alpha_i = 1",
        msg(
            "At τ = 1 the largest weight is that of “{word}”: {weight}, {times} × the uniform share 1/{count} = "
            "{share}."
        ),
        msg("What happens if τ goes to 0, or grows without end?"),
        msg(
            "Towards 0 all weight goes to the highest score: softmax becomes a maximum. Without end every word gets "
            "1/{count}: the plain mean of step 2. The sum stays 1 throughout."
        ),
    ),
    Step(
        msg("The context, with the weights in your hand"),
        msg(
            "The context c is a weighted mean of the hidden states. Take the weights yourself: the hidden states stay, "
            "only α changes."
        ),
        r"c = \sum_{i=1}^{T} \alpha_i h_i",
        msg("What a slider gives to one word it takes from the others: the sum stays 1. Watch when the answer turns."),
        msg("Which single word would turn the answer if it had all the weight?"),
        "{turning}",
    ),
    Step(
        msg("From the context to the answer"),
        msg(
            "A linear layer makes a logit of c for every class. It splits exactly: each word adds its weight times its "
            "vote V·h, the bias comes on top."
        ),
        r"z_k = V_k \cdot c + d_k = \sum_i \alpha_i\,(V_k \cdot h_i) + d_k",
        msg("“{word}” adds most to “{label}”: {contribution}. All bars and the bias add up to the logit {logit}."),
        msg("Is the word with the largest weight the one that adds most?"),
        msg("The largest weight has “{heaviest}” ({weight}), the largest contribution “{word}”. {moral}"),
    ),
    Step(
        msg("A word never seen"),
        msg(
            "A table of whole words has one row for all strangers, <unk>. FastText builds the vector of a stranger "
            "from its character n-grams."
        ),
        r"x_w = \frac{1}{|G_w|} \sum_{g \in G_w} z_g \qquad \Big| \qquad x_w = E_{\langle unk \rangle}",
        msg("{strange} As n-grams the answer is “{subword}” ({p_subword}), as <unk> it is “{unk}” ({p_unk})."),
        msg("What is left of a word after a typo?"),
        msg(
            "The n-grams that the typo did not touch. “{word}” has {ngrams}; its nearest known words are {nearest}. "
            "{again}"
        ),
    ),
    Step(
        msg("Frozen and fine-tuned"),
        msg(
            "The twins start alike. In one the word vectors stay frozen, in the other they learn too. How far did the "
            "words of this sentence move?"
        ),
        r"d(w) = 1 - \cos\left(E_w,\, E'_w\right)",
        "{moved} {verdict} {traded}",
        msg("Did moving the words change the answer?"),
        msg(
            "Frozen says “{frozen}” ({p_frozen}), fine-tuned “{tuned}” ({p_tuned}). With all frozen vectors put back, "
            "the fine-tuned twin says “{back}” ({p_back}): what is left of the difference is in its other weights."
        ),
    ),
    Step(
        msg("Attention is one opinion"),
        msg(
            "Other weights over the same hidden states can give the same answer. How far from the model's own can you "
            "go?"
        ),
        r"d(\alpha, \alpha') = \frac{1}{2} \sum_i |\alpha_i - \alpha'_i|",
        msg(
            "{farthest} Of {shuffles} shuffles of the weights, {same} leave the answer as it is. {radius} That is "
            "the geometry of weights and votes: no verdict hangs on it."
        ),
        msg("Is attention no explanation, then?"),
        msg(
            "It is a step of the computation, not its reason (Jain and Wallace 2019; Wiegreffe and Pinter 2019 reply). "
            "It says where to look; whether a word counts is put to the test by taking it away. {verdict} More of this "
            "is below the heat-maps of the page Sentence."
        ),
    ),
    Step(
        msg("What is left for the Transformer"),
        msg(
            "The words are still read one after another, far words fade from the state, and one attention gives one "
            "view of the sentence."
        ),
        r"\overrightarrow{h}_t = \text{LSTM}(x_t,\, \overrightarrow{h}_{t-1}) \qquad "
        r"\left\| \frac{\partial \overrightarrow{h}_T}{\partial x_{T-d}} \right\|",
        msg("{long} words take {growth} times as long as {short}. {fades}"),
        msg("What would have to change?"),
        msg(
            "Let every word ask every other one directly: no order to wait for, and no distance. Do that several times "
            "side by side, and there are several views. That is self-attention with its heads."
        ),
    ),
)
