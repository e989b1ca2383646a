"""What a teacher clicks, says and asks at each step, 45 minutes in all, and five questions for the end."""

from __future__ import annotations

from dataclasses import dataclass

from attnviz.ui.i18n import msg


@dataclass(frozen=True)
class Talk:
    """A step in class: how many minutes it takes, what to click, what to say, what to ask, and what to hear."""

    minutes: int
    click: str
    say: str
    ask: str
    hear: str


BEFORE = msg(
    "Before the lesson: choose the experiment and the language, put sentences of your own into the kit or take those "
    "that are there, and press Present. Keep this sheet on paper or on your phone. Page Down turns the step, Escape "
    "ends the presentation."
)

PLAN = (
    Talk(
        4,
        msg("Point at “vector x” in the picture: a box says what it is and where it goes."),
        msg("A computer has no words, only numbers. Each word fetches its own row of a table: point at one row."),
        msg("The same word twice in a sentence: the same numbers, or others?"),
        msg("The same. The row belongs to the word, not to its place. What differs comes in the next step."),
    ),
    Talk(
        5,
        msg("▶ at the top right of the picture lets the numbers flow."),
        msg("Let the numbers flow: one way from the left, one from the right. Each word now knows its neighbours."),
        msg("In which state does the last word know of the first, and in which one the first of the last?"),
        msg("In →h of the last word, and in ←h of the first. That is why we read both ways."),
    ),
    Talk(
        5,
        msg("Click two of the words above the table, one after the other."),
        msg("One vector W asks every state the same question: how much do you matter? Choose two words and compare."),
        msg("Which word gets the highest score? Guess first, then look."),
        msg("Whatever the class guesses is worth a reason: they say why a word should matter, the model learned it."),
    ),
    Talk(
        5,
        msg("Drag the slider τ, or click it and press the arrows up and down. The button below it sets it back to 1."),
        msg("exp makes all scores positive, dividing by the sum makes shares of them. Turn the temperature slowly."),
        msg("What do the weights add up to, at every temperature?"),
        msg("To 1, always. Near 0 one word has it all, far above 1 all have the same."),
    ),
    Talk(
        6,
        msg("A click on a word in the table gives it everything; “the model's own” above gives it back."),
        msg("The context is a mixture of states, and the weights say how much of each. Now take them in hand."),
        msg("Can you turn the answer by giving one word everything? Vote on the word before the click."),
        msg("The step's own question lists the words that turn it. In some sentences there is none."),
    ),
    Talk(
        5,
        msg("Point at the answer in the picture, then choose the other class above the table."),
        msg("Blue ribbons speak for the answer, orange ones against it. Weight times vote is what a word adds."),
        msg("Is the word with the most attention the one that adds most?"),
        msg("Often, but it need not be: a word may be looked at a great deal and say little."),
    ),
    Talk(
        4,
        msg("Take the example “typo”, or type a sentence and press Enter."),
        msg("Type a word with a mistake in it. It has no row, but its pieces are known: FastText puts them together."),
        msg("What would a table of whole words do with it?"),
        msg("It has one row for all strangers, <unk>. Then every unknown word is the same word."),
    ),
    Talk(
        4,
        msg("Go back to the first example. The button beside ▶ shows both twins."),
        msg("Two twins, one difference: may the word vectors learn too? Show both twins in the picture."),
        msg("When would you freeze the vectors?"),
        msg("With few rows: there is little to learn from, and words that never occur stay where FastText put them."),
    ),
    Talk(
        3,
        msg("“Strike words out” above leads to the page Sentence; Step by step in its menu leads back here."),
        msg("Attention says where the model looked, not why it answered. Strike the word out on the page Sentence."),
        msg("How would you test whether a word was decisive?"),
        msg("Take it away and look at the answer again. That is a test; a colour is a picture."),
    ),
    Talk(
        4,
        msg("Show the curve on the left first, and ask before anybody reads the notice."),
        msg("The LSTM waits for every word before it, and what it read long ago fades. One attention is one view."),
        msg("What would have to change so that all words could be read at once?"),
        msg("Every word asks every other one directly, several times side by side: self-attention, the next lesson."),
    ),
)

QUESTIONS = (
    (
        msg("Why do the attention weights of a sentence add up to 1?"),
        msg("Softmax divides each exp(e) by the sum of them all."),
    ),
    (
        msg("The bias b of a linear scorer is in every score. Why does it change no weight?"),
        msg("exp(e + b) = exp(e) · exp(b), and exp(b) is above and below the fraction line: it cancels out."),
    ),
    (
        msg("What does a bidirectional LSTM know at the first word that a one-way one does not?"),
        msg("The words that follow: ←h has read the sentence from its end."),
    ),
    (
        msg("How does FastText get a vector for a word that it has never seen?"),
        msg("It takes the mean of the vectors of the word's character n-grams."),
    ),
    (
        msg("A word has 60% of the attention. Does that prove that the answer hangs on it?"),
        msg("No. Attention is a step of the computation. To find out, strike the word out and look at the answer."),
    ),
)
