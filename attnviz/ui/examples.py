"""Sentences that show something, by what an experiment is about; their explanations follow the screen's language."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from attnviz.analysis.claims import Claim
from attnviz.heatmap.palette import OPINIONS
from attnviz.model.opposites import NEWS
from attnviz.ui.i18n import msg

_SHOWN: dict[Claim, tuple[str, str]] = {
    "fine-tuning": (
        msg("frozen fails"),
        msg("Frozen vectors get it wrong, fine-tuned ones right: compare the words that each of the two looks at."),
    ),
    "attention": (
        msg("uniform fails"),
        msg("With equal weights the answer is wrong, with attention it is right: add uniform to the classifiers."),
    ),
    "subwords": (
        msg("<unk> fails"),
        msg("Words marked ≈ are not in the vocabulary: their n-grams suffice. Read them as <unk>, and it is wrong."),
    ),
    "parting": (
        msg("attention parts from contribution"),
        msg("The word that draws the most attention speaks against the answer: shade by contribution to see it."),
    ),
    "fooled": (
        msg("all are fooled"),
        msg("All classifiers get it wrong, and are sure of it. Strike words out: which one took them in?"),
    ),
}


@dataclass(frozen=True)
class Example:
    """A sentence, what it is an example of, and what to look at.

    It may be there to show a claim; `truth` is its right class, where that is beyond doubt.
    """

    name: str
    text: str
    about: str
    claim: Claim | None = None
    truth: str = ""

    def shown(self) -> Example:
        """Return it with the words for who sees its claim come true."""
        if self.claim is None:
            return self
        name, about = _SHOWN[self.claim]
        return replace(self, name=name, about=about)


_ABOUT = {
    "negation": msg("One small word should turn the verdict: strike it out and see whose answer turns with it."),
    "irony": msg("Praise that is not meant: does any classifier see through it? Strike the word of praise out."),
    "typo": msg("Words marked ≈ are not in the vocabulary: see which n-grams stand in for them, then try <unk>."),
    "contrast": msg("Praise and blame in one sentence: which of the two draws the attention, and which one counts?"),
    "one against many": msg("One word against all others: does the attention find it, and does the answer follow?"),
    "long": msg("Praise and blame in one review: see where the attention gathers, and whether the answers agree."),
}

EXAMPLES = {
    "news": (
        Example(
            msg("one strong word"),
            "The orchard wants to open a shop near the old harbour.",
            msg("One word can settle the answer: strike it out and see what the rest of the sentence says."),
            "fine-tuning",
            "Business",
        ),
        Example(
            msg("one against many"),
            "The astronauts came back after the vote.",
            _ABOUT["one against many"],
            "attention",
            "Sci/Tech",
        ),
        Example(msg("typo"), "Quaterback thows four toutchdowns.", _ABOUT["typo"], "subwords", "Sports"),
        Example(
            msg("two subjects"),
            "A strike at the stadium cost the owner ten million dollars.",
            msg(
                "Two kinds of words pull at the answer: shade by contribution to see which word speaks for which class."
            ),
            "parting",
            "Business",
        ),
        Example(
            msg("a name"),
            "A win in Baghdad.",
            msg("A name has been in the news for one thing: strike it out and see what the rest of the sentence says."),
            "fooled",
            "Sports",
        ),
        Example(
            msg("long report"),
            "The harbour city had hoped for a quiet summer. Instead its oldest shipyard was sold on Monday to a maker "
            "of electric ferries, which says that software will do half of the steering within five years.\n\n"
            "Workers gathered at the gate where, ten years ago, the national rowing team was welcomed home with two "
            "gold medals. The minister promised talks; the union wants a vote. The price was not disclosed, but shares "
            "of the buyer fell four percent, and by the evening the coach of the team had joined the protest.",
            msg("Four classes in one report: see where the attention gathers, and whether the answers agree."),
        ),
    ),
    "en": (
        Example(
            msg("contrast"),
            "A wonderful film about a terrible, terrible summer.",
            _ABOUT["contrast"],
            "fine-tuning",
            "positive",
        ),
        Example(
            msg("one against many"),
            "Cold rooms, empty streets, bad coffee: I loved it.",
            _ABOUT["one against many"],
            "attention",
            "positive",
        ),
        Example(msg("typo"), "A borring, predictible and clumsey film.", _ABOUT["typo"], "subwords", "negative"),
        Example(
            msg("irony"), "A masterpiece, if you enjoy watching paint dry.", _ABOUT["irony"], "parting", "negative"
        ),
        Example(msg("negation"), "It never gets boring.", _ABOUT["negation"], "fooled", "positive"),
        Example(
            msg("long review"),
            "I wanted to love this film. The first half hour is gorgeous: the light on the harbour, the old ferry, two "
            "actors who plainly enjoy each other's company. I laughed more than once.\n\n"
            "Then the plot arrives, and it never leaves. Every surprise is explained twice, the villain has the depth "
            "of a postcard, and the music tells you what to feel long before anybody on screen does. By the third "
            "farewell I was looking at my watch. It is not a terrible film, and the last shot almost saves it, but a "
            "great cast deserved a better script, and so did I.",
            _ABOUT["long"],
        ),
    ),
    "ko": (
        Example(msg("irony"), "최고의 수면제.", _ABOUT["irony"], "fine-tuning", "부정"),
        Example(msg("contrast"), "감동적인 실화라는데 감동이 없다.", _ABOUT["contrast"], "attention", "부정"),
        Example(msg("typo"), "최곱니당.", _ABOUT["typo"], "subwords", "긍정"),
        Example(
            msg("one against many"),
            "천재 과학자와 멋진 무용수의 사랑, 지루하다.",
            _ABOUT["one against many"],
            "parting",
            "부정",
        ),
        Example(msg("negation"), "억지스러운 장면이 하나도 없다.", _ABOUT["negation"], "fooled", "긍정"),
        Example(
            msg("long review"),
            "솔직히 기대를 많이 하고 갔습니다. 초반 삼십 분은 정말 아름다워요. 항구의 빛, 낡은 여객선, "
            "서로를 진심으로 아끼는 두 배우까지. 몇 번은 소리 내어 웃었습니다.\n\n"
            "그런데 본격적으로 이야기가 시작되면서 지루해집니다. 반전은 두 번씩 설명하고, 악당은 너무 얄팍하고, "
            "음악은 배우보다 먼저 울라고 재촉합니다. 세 번째 작별 장면에서는 시계만 보게 되더군요. 최악은 아니고 "
            "마지막 장면은 좋았지만, 이 배우들에게는 더 나은 각본이 필요했습니다.",
            _ABOUT["long"],
        ),
    ),
}

# For classes that somebody else thought of: nothing of these is right or wrong.
_EVERYDAY = {
    "en": (
        "This morning I met an old friend at the station.",
        "This mornning I met an old freind at the stattion.",
        "The bus was late again, so I walked to the market along the river. A man was selling apples and old books "
        "from the same table, and two children argued over a kite that neither of them could fly.\n\n"
        "At noon it began to rain. I waited under the roof of the station with a stranger who told me about her "
        "garden, her three cats and a brother who lives abroad. When the sun came back we shook hands, and only then "
        "I noticed that I had left the apples on the table.",
    ),
    "ko": (
        "오늘 아침 역에서 오랜 친구를 만났다.",
        "오늘 아칭 역에서 오렌 칭구를 만낫따.",
        "버스가 또 늦어서 강을 따라 시장까지 걸어갔다. 한 아저씨가 같은 탁자에서 사과와 헌책을 팔고 있었고, 아이 둘은 "
        "아무도 날리지 못하는 연을 두고 다투고 있었다.\n\n"
        "점심때가 되자 비가 내리기 시작했다. 역 처마 밑에서 처음 보는 분과 비를 피하며 정원과 고양이 세 마리, 외국에 "
        "사는 동생 이야기를 들었다. 해가 다시 나자 인사를 나누고 헤어졌는데, 그제야 사과를 두고 온 것을 알았다.",
    ),
}
_OF_EVERYDAY = (
    (msg("everyday"), msg("Shade by contribution to see which word speaks for which class, then strike it out.")),
    (msg("typo"), _ABOUT["typo"]),
    (msg("a long text"), msg("See where the attention gathers, and whether the answers agree.")),
)

_LESSON = {
    "negation": msg(
        "One small word should turn the verdict: step 5, give it all the weight; step 8, was it fine-tuned?"
    ),
    "attention": msg(
        "With equal weights the answer is wrong, with attention it is right: step 2, what the plain mean says; step 4, "
        "how much of the weight one word takes."
    ),
    "typo": msg("Words that no vocabulary has: step 7, what their n-grams are worth."),
    "long": msg("A long sentence: step 4, how little is left for each word; step 10, how the first one fades."),
    "irony": msg("Praise that is not meant, and the classifier falls for it: step 5, can any weights save the answer?"),
}
_EVERYDAY_LESSON = (
    (msg("everyday"), msg("Nobody says what is right here: step 6, which word speaks for which class?")),
    (msg("typo"), _LESSON["typo"]),
    (msg("a long text"), _LESSON["long"]),
)
_NEWS_LESSON = {
    "two subjects": msg(
        "Two subjects in one sentence, and the classifiers take the wrong one: step 6, which word speaks for which "
        "class?"
    ),
    "made-up word": msg("Words that no dictionary has: step 7, what their n-grams are worth."),
}

# For the lesson: five sentences that make the point of a step, by what an experiment is about.
LESSONS = {
    "news": (
        Example(
            msg("uniform fails"),
            "The astronauts came back after the vote.",
            _LESSON["attention"],
            "attention",
            "Sci/Tech",
        ),
        Example(
            msg("two subjects"),
            "The bank that owns the football club wants its money back before the final.",
            _NEWS_LESSON["two subjects"],
            "fooled",
            "Business",
        ),
        Example(msg("typo"), "Goverment troops leave the captial after peace talks.", _LESSON["typo"], truth="World"),
        Example(
            msg("made-up word"),
            "A megachipmaker unveils its first quantumphone.",
            _NEWS_LESSON["made-up word"],
            truth="Sci/Tech",
        ),
        Example(msg("long report"), EXAMPLES["news"][-1].text, _LESSON["long"]),
    ),
    "en": (
        Example(
            msg("uniform fails"),
            "Cold rooms, empty streets, bad coffee: I loved it.",
            _LESSON["attention"],
            "attention",
            "positive",
        ),
        Example(msg("negation"), "This movie was not amazing.", _LESSON["negation"], truth="negative"),
        Example(msg("typo"), "A brilant, beautifull and moveing film.", _LESSON["typo"], truth="positive"),
        Example(
            msg("a long sentence"),
            "I went in with high hopes because my friends could not stop talking about it, and although the first hour "
            "is slow and the music far too loud, the last scene on the bridge moved me so much that I sat there until "
            "the lights came on.",
            _LESSON["long"],
            truth="positive",
        ),
        Example(msg("irony"), "I loved it as much as I love the dentist.", _LESSON["irony"], "fooled", "negative"),
    ),
    "ko": (
        Example(msg("uniform fails"), "감동적인 실화라는데 감동이 없다.", _LESSON["attention"], "attention", "부정"),
        Example(msg("negation"), "이 영화는 전혀 재미있지 않았다.", _LESSON["negation"], truth="부정"),
        Example(msg("typo"), "정말 최곱니당, 꼭 보세여", _LESSON["typo"], truth="긍정"),
        Example(
            msg("a long sentence"),
            "친구들이 하도 칭찬해서 기대를 잔뜩 하고 갔는데 처음 한 시간은 이야기가 느리고 음악도 너무 컸지만 "
            "마지막 다리 위 장면에서 두 사람이 말없이 서로를 바라보는 순간 눈물이 나서 "
            "불이 켜질 때까지 자리에서 일어나지 못했고 앞의 아쉬움은 모두 잊게 되었다.",
            _LESSON["long"],
            truth="긍정",
        ),
        Example(msg("irony"), "엔딩 크레딧이 제일 좋았다.", _LESSON["irony"], "fooled", "부정"),
    ),
}


def lessons(language: str, labels: Collection[str]) -> tuple[Example, ...]:
    """Return the sentences of the lesson for experiments of a language and classes, as `examples` does."""
    return _suited(LESSONS, _EVERYDAY_LESSON, language, labels)


def examples(language: str, labels: Collection[str]) -> tuple[Example, ...]:
    """Return the examples for experiments of a language and classes; English ones if there are no better ones.

    What has a right answer is for those that can give it: for other classes there are sentences of every day.
    """
    return _suited(EXAMPLES, _OF_EVERYDAY, language, labels)


def _suited(
    some: Mapping[str, tuple[Example, ...]],
    everyday: Sequence[tuple[str, str]],
    language: str,
    labels: Collection[str],
) -> tuple[Example, ...]:
    """Return those of some examples that are of an experiment's classes, their truth in its words."""
    if set(labels) == NEWS:
        return some["news"]
    ours = {name: label for names in OPINIONS for label in labels if label in names for name in names}
    if len(set(ours.values())) < len(OPINIONS):
        texts = _EVERYDAY.get(language, _EVERYDAY["en"])
        return tuple(Example(name, text, about) for text, (name, about) in zip(texts, everyday, strict=True))
    found = some.get(language, some["en"])
    return tuple(replace(one, truth=ours[one.truth]) if one.truth else one for one in found)


# A known word and a stranger, mostly: what n-grams are good for, and where they fail. The first is found again.
PAIRS: dict[str, tuple[tuple[str, str], ...]] = {
    "news": (
        ("quarterback", "quaterback"),
        ("government", "governmnet"),
        ("investors", "investers"),
        ("microsoft", "microsft"),
        ("chipmaker", "megachipmaker"),
        ("company", "compnay"),
        ("profits", "losses"),
    ),
    "en": (
        ("excellent", "excelent"),
        ("brilliant", "brilant"),
        ("amazing", "amaaazing"),
        ("spielberg", "spielbergian"),
        ("watchable", "unwatchability"),
        ("running", "runninggggg"),
        ("good", "bad"),
    ),
    "ko": (
        ("캐릭터", "케릭터"),
        ("재밌어요", "재밌엇어요"),
        ("재밌어요", "재미있어요"),
        ("지루하다", "지루했습니다"),
        ("연기력", "발연기력"),
        ("꿀잼", "꿀잼각"),
        ("좋아요", "싫어요"),
    ),
}


def pairs(language: str, labels: Collection[str] = ()) -> tuple[tuple[str, str], ...]:
    """Return the pairs for vectors of a language, of an experiment with these classes if it is one's own."""
    if set(labels) == NEWS:
        return PAIRS["news"]
    return PAIRS.get(language, PAIRS["en"])
