"""Pairs of words that FastText puts close together, for they stand in the same places, and that training may part."""

from __future__ import annotations

from attnviz.model.about import About

NEWS = frozenset({"World", "Sports", "Business", "Sci/Tech"})

OPPOSITES: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        ("good", "bad"),
        ("best", "worst"),
        ("great", "terrible"),
        ("love", "hate"),
        ("better", "worse"),
        ("funny", "unfunny"),
        ("interesting", "boring"),
        ("excellent", "awful"),
        ("enjoyable", "tedious"),
        ("brilliant", "stupid"),
    ),
    # At a cosine of 0.55 or more before training, and of each word three in five texts are of its own class.
    "news": (
        ("sports", "networks"),
        ("economy", "government"),
        ("researchers", "authorities"),
        ("retailer", "apple"),
        ("profits", "chip"),
        ("bank", "gaza"),
        ("leaders", "regulators"),
        ("yankees", "york"),
        ("investors", "customers"),
        ("executive", "president"),
    ),
    "ko": (
        ("재밌다", "지루하다"),
        ("최고", "최악"),
        ("좋다", "싫다"),
        ("재미있는", "재미없는"),
        ("재밌어요", "재미없어요"),
        ("감동", "실망"),
        ("추천", "비추"),
        ("명작", "졸작"),
        ("좋은", "나쁜"),
        ("강추", "쓰레기"),
    ),
    "ko-morphemes": (
        ("재미있", "재미없"),
        ("좋", "나쁘"),
        ("최고", "최악"),
        ("감동", "실망"),
        ("추천", "비추"),
        ("명작", "졸작"),
        ("꿀잼", "노잼"),
        ("걸작", "망작"),
        ("괜찮", "별로"),
        ("신선", "식상"),
    ),
}


def of_news(about: About) -> bool:
    """Tell whether an experiment's pairs are words of different classes, not opposites."""
    return set(about.labels) == NEWS


def opposites(about: About) -> tuple[tuple[str, str], ...]:
    """Return the pairs for an experiment's language, units and classes; English ones if there are no better."""
    if of_news(about):
        return OPPOSITES["news"]
    read = "ko-morphemes" if about.units == "morphemes" else about.language
    return OPPOSITES.get(read, OPPOSITES["en"])
