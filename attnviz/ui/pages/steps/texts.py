"""What the lesson says: ten steps, each with a few words, a formula, what to notice and a question with its answer.

`{fields}` are filled with the figures of the sentence on screen; a formula is LaTeX, the same in every language. So is
the line of PyTorch that computes it: as the course writes it, with the sizes of the classifier on screen.
"""

from __future__ import annotations

from attnviz.ui.i18n import msg
from attnviz.ui.pages.lesson import Step

STEPS = (
    Step(
        msg("Embedding"),
        msg("From words to numbers"),
        msg(
            "The sentence is cut into words and marks. Each of them fetches its row of the embedding: {dim} numbers, "
            "and nothing else of the word goes on."
        ),
        r"x_i = E[w_i] \in \mathbb{R}^{%(dim)s}",
        """
        self.embedding = nn.Embedding({words}, {dim})
        embedded = self.embedding(x)
        # [batch, seq_len, {dim}]
        """,
        msg("A row belongs to the word, not to its place: wherever the word stands, it brings the same numbers."),
        msg("What about a word that has no row?"),
        msg(
            "It is marked ≈ and gets a vector made of its character n-grams: step 7. In this sentence: {strangers} of "
            "{count}."
        ),
    ),
    Step(
        msg("BiLSTM"),
        msg("The LSTM reads, and treats every word alike"),
        msg(
            "Read from the left and from the right, each word becomes a hidden state of {half} + {half} numbers. "
            "Without attention their plain mean goes on."
        ),
        r"h_i = [\overrightarrow{h}_i ; \overleftarrow{h}_i] \quad \bar{h} = \frac{1}{T} \sum_{i=1}^{T} h_i",
        """
        self.lstm = nn.LSTM(
            {dim}, {hidden}, bidirectional=True, batch_first=True
        )
        lstm_out, _ = self.lstm(embedded)
        # [batch, seq_len, {both}]
        mean = lstm_out.mean(dim=1)
        """,
        msg("Every word weighs 1/{count} = {share}, and the answer is “{answer}” ({probability})."),
        msg("What does a plain mean lose?"),
        msg(
            "A decisive word counts no more than “the” or a comma, and the longer the sentence, the less of it is "
            "left. {lost}"
        ),
    ),
    Step(
        msg("Scores"),
        msg("A score for every word"),
        msg(
            "One learnt vector W asks each hidden state how much it matters. {terms} products and b add up to the "
            "score e. Choose a word."
        ),
        r"e_i = W \cdot h_i + b = \sum_{j=1}^{%(terms)s} W_j\, h_{ij} + b",
        """
        self.attention = nn.Linear({hidden} * 2, 1)
        attn_scores = self.attention(lstm_out).squeeze(2)
        # [batch, seq_len]
        """,
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
        msg("Softmax"),
        msg("Softmax: from scores to weights"),
        msg(
            "exp makes every score positive, and dividing by their sum makes weights of them. Turn the temperature τ: "
            "the model was trained at 1."
        ),
        r"\alpha_i = \frac{\exp(e_i / \tau)}{\sum_j \exp(e_j / \tau)} \quad \sum_i \alpha_i = 1",
        """
        attn_scores = attn_scores.masked_fill(x == pad, -1e9)
        attn_weights = F.softmax(attn_scores / tau, dim=1)
        # [batch, seq_len]
        """,
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
        msg("Context"),
        msg("The context, with the weights in your hand"),
        msg(
            "The context c is a weighted mean of the hidden states. Take the weights yourself: the hidden states stay, "
            "only α changes."
        ),
        r"c = \sum_{i=1}^{T} \alpha_i h_i",
        """
        context = torch.sum(
            lstm_out * attn_weights.unsqueeze(2), dim=1
        )  # [batch, {both}]
        """,
        msg("What a slider gives to one word it takes from the others: the sum stays 1. Watch when the answer turns."),
        msg("Which single word would turn the answer if it had all the weight?"),
        "{turning}",
    ),
    Step(
        msg("Answer"),
        msg("From the context to the answer"),
        msg(
            "A linear layer makes a logit of c for every class. It splits exactly: each word adds its weight times its "
            "vote V·h, the bias comes on top."
        ),
        r"z_k = V_k \cdot c + d_k = \sum_i \alpha_i\,(V_k \cdot h_i) + d_k",
        """
        self.fc = nn.Linear({hidden} * 2, {classes})
        logits = self.fc(self.dropout(context))
        # [batch, {classes}]
        """,
        msg("“{word}” adds most to “{label}”: {contribution}. All bars and the bias add up to the logit {logit}."),
        msg("Is the word with the largest weight the one that adds most?"),
        msg("The largest weight has “{heaviest}” ({weight}), the largest contribution “{word}”. {moral}"),
    ),
    Step(
        msg("Subwords"),
        msg("A word never seen"),
        msg(
            "Word2Vec and GloVe learn one row a word, and one, <unk>, for all strangers. FastText learns subwords "
            "(character n-grams) as well: of them it builds a vector for any word."
        ),
        r"x_w = \frac{1}{|G(w)|} \sum_{g \in G(w)} z_g \;\; \Big| \;\; x_w = E_{\langle unk \rangle}",
        """
        ft = load_facebook_vectors("cc.en.300.bin")
        ft["runninggggg"]  # (300,): FastText
        self.embedding.weight[unk]  # Word2Vec, GloVe
        """,
        msg("{strange} As n-grams the answer is “{subword}” ({p_subword}), as <unk> it is “{unk}” ({p_unk})."),
        msg("Why are subwords good for typos and new words?"),
        msg(
            "The n-grams that a typo or an ending does not touch stay the same. “{word}” has {ngrams}; its nearest "
            "known words are {nearest}. {again}"
        ),
    ),
    Step(
        msg("Fine-tuning"),
        msg("Frozen and fine-tuned"),
        msg(
            "Both twins start from FastText's vectors. In one they stay frozen; in the other they are a trainable "
            "embedding and learn along. How far did the words of this sentence move?"
        ),
        r"d(w) = 1 - \cos\left(E_w,\, E'_w\right)",
        """
        weight = self.embedding.weight  # [{words}, {dim}]
        weight.data.copy_(pretrained_embeddings)
        weight.requires_grad = True  # False: frozen
        """,
        "{moved} {verdict} {traded}",
        msg("Did moving the words change the answer?"),
        msg(
            "Frozen says “{frozen}” ({p_frozen}), fine-tuned “{tuned}” ({p_tuned}). With all frozen vectors put back, "
            "the fine-tuned twin says “{back}” ({p_back}): what is left of the difference is in its other weights."
        ),
    ),
    Step(
        msg("Opinions"),
        msg("Attention is one opinion"),
        msg(
            "Other weights over the same hidden states can give the same answer. How far from the model's own can you "
            "go?"
        ),
        r"d(\alpha, \alpha') = \frac{1}{2} \sum_i |\alpha_i - \alpha'_i|",
        """
        other = attn_weights[:, torch.randperm(seq_len)]
        far = (attn_weights - other).abs().sum(dim=1) / 2
        """,
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
        msg("Limits"),
        msg("What is left for the Transformer"),
        msg(
            "Attention helped a great deal, but the LSTM below it still reads one word after another, far words fade "
            "from its state, and one query W gives one view of the sentence."
        ),
        r"\overrightarrow{h}_t = \text{LSTM}(x_t,\, \overrightarrow{h}_{t-1})",
        """
        self.self_attention = nn.MultiheadAttention(
            {both}, num_heads=2, batch_first=True
        )
        mixed, weights = self.self_attention(
            lstm_out, lstm_out, lstm_out
        )  # weights: [batch, seq_len, seq_len]
        """,
        msg(
            "{long} words, {times} times as many as {short}, take the LSTM {growth} times as long: what a call costs "
            "anyway weighs on short ones. They are {long} steps in a row, which no second processor can share. {fades}"
        ),
        msg("What would have to change, and what does it cost?"),
        msg(
            "Let every word ask every other one directly: all at once, and no distance. The price is a score for every "
            "pair: {pairs} for {long} words, where one query needs {long}. Several such attentions side by side, the "
            "heads, give several views. That is self-attention, the heart of the Transformer: the next step of the "
            "course."
        ),
    ),
)
