"""English spelt another way: slips of the keys, misspellings, apostrophes, contractions, British and American."""

from __future__ import annotations

import re

import numpy as np

from attnviz.analysis.behaviour.case import Change, Setting
from attnviz.analysis.behaviour.slips import slips
from attnviz.function_words import is_content

_LONG = re.compile(r"(?<![\w<&/'’-])[a-z]{5,}(?![\w'’-])")  # lower case: no names
_NEGATIONS = {"never", "nothing", "nobody", "cannot", "without", "hardly", "barely", "neither"}
_KEYS = ("beside", "swap", "drop", "double")
_MISSPELT = dict(
    pair.split("/")
    for pair in [
        "achieve/acheive",
        "across/accross",
        "actually/actualy",
        "apparently/apparantly",
        "argument/arguement",
        "basically/basicly",
        "beautiful/beautifull",
        "beginning/begining",
        "believe/beleive",
        "believable/believeable",
        "business/buisness",
        "character/charactor",
        "characters/charactors",
        "coming/comming",
        "committed/commited",
        "completely/completly",
        "conscious/concious",
        "decision/descision",
        "definitely/definately",
        "different/diffrent",
        "difficult/dificult",
        "disappointed/dissapointed",
        "disappointing/dissapointing",
        "disappointment/dissapointment",
        "dialogue/dialouge",
        "embarrassing/embarassing",
        "entertaining/entertaning",
        "especially/expecially",
        "excellent/excelent",
        "existence/existance",
        "experience/experiance",
        "extremely/extremly",
        "familiar/familar",
        "finally/finaly",
        "foreign/foriegn",
        "government/goverment",
        "guarantee/garantee",
        "happened/happend",
        "humorous/humourous",
        "immediately/immediatly",
        "independent/independant",
        "interesting/intresting",
        "knowledge/knowlege",
        "millennium/millenium",
        "million/milion",
        "necessary/neccessary",
        "occasionally/occasionaly",
        "occurred/occured",
        "original/orginal",
        "people/poeple",
        "performance/preformance",
        "perhaps/prehaps",
        "possible/posible",
        "probably/probly",
        "really/realy",
        "receive/recieve",
        "received/recieved",
        "recommend/reccomend",
        "remember/rember",
        "repetitive/repetative",
        "ridiculous/rediculous",
        "scene/sceen",
        "scenes/sceens",
        "separate/seperate",
        "similar/similiar",
        "sincerely/sincerly",
        "successful/succesful",
        "suddenly/suddently",
        "surprise/suprise",
        "surprised/suprised",
        "surprisingly/suprisingly",
        "terrible/terible",
        "therefore/therfore",
        "tomorrow/tommorow",
        "truly/truely",
        "unfortunately/unfortunatly",
        "until/untill",
        "usually/usualy",
        "weird/wierd",
        "whether/wether",
        "which/wich",
        "writing/writting",
        "yesterday/yesturday",
        "company/compnay",
        "president/presidant",
        "announced/annouced",
        "security/securty",
        "officials/offcials",
        "percent/percant",
    ]
)
_MISSPELT_WORD = re.compile(rf"(?<![\w'’-])({'|'.join(_MISSPELT)})(?![\w'’-])")
_APOSTROPHE = re.compile(
    r"\b(do|does|did|is|was|are|were|could|would|should|have|has|had)n['’]t\b"
    r"|\b(I)['’](?:m|ve)\b|\b(that|he|she|what|there)['’]s\b|\b(they|you)['’](?:re|ve)\b",
    re.IGNORECASE,
)
_SUBJECT = r"\b(?P<subject>I|[Yy]ou|[Hh]e|[Ss]he|[Ii]t|[Ww]e|[Tt]hey|[Tt]hat|[Tt]his|[Tt]here|who|which)"
_TAKES_NOT = r"(?P<verb>do|does|did|is|was|are|were|have|has|had|could|would|should)"
_CONTRACTED = re.compile(rf"{_SUBJECT} (?:{_TAKES_NOT}n|(?P<other>ca|wo)n)['’]t\b")
_SPELT_OUT = re.compile(rf"{_SUBJECT} {_TAKES_NOT} not\b(?! (?:only|just|so much|merely))")
_WHOLE = {"ca": "cannot", "wo": "will not"}
_IZE = "real recogn apolog organ emphas memor critic summar minim maxim modern symbol sympath fantas general special"
_SPELLINGS = (
    *((f"{stem}iz{end}", f"{stem}is{end}") for stem in _IZE.split() for end in ("e", "ed", "es", "ing")),
    *(
        (f"{stem}or{end}", f"{stem}our{end}")
        for stem in ["hum", "col", "fav", "neighb", "behavi", "rum", "flav", "hon", "lab", "harb", "vap", "end"]
        for end in ("", "s", "ed", "ing", "ful", "less", "able", "ably", "ite", "ites")
        if (stem, end) not in {("hum", "ite"), ("hum", "ites")}
    ),
    *(
        (american, british)
        for american, british in (
            pair.split("/")
            for pair in [
                "theater/theatre",
                "theaters/theatres",
                "center/centre",
                "centers/centres",
                "centered/centred",
                "gray/grey",
                "defense/defence",
                "offense/offence",
                "traveler/traveller",
                "traveling/travelling",
                "traveled/travelled",
                "canceled/cancelled",
                "skillful/skilful",
                "fulfill/fulfil",
                "cozy/cosy",
                "pajamas/pyjamas",
                "skeptical/sceptical",
                "analyze/analyse",
                "analyzed/analysed",
                "judgment/judgement",
                "jewelry/jewellery",
                "catalog/catalogue",
                "mustache/moustache",
                "plow/plough",
                "toward/towards",
                "marvelous/marvellous",
                "labeled/labelled",
                "modeling/modelling",
                "fueled/fuelled",
                "signaled/signalled",
                "enrollment/enrolment",
                "aluminum/aluminium",
            ]
        )
    ),
)
_OTHER_SPELLING = dict(_SPELLINGS) | {british: american for american, british in _SPELLINGS}
_SPELLING = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, _OTHER_SPELLING))})(?![\w-])")


def typing_slips(text: str, chance: np.random.Generator, setting: Setting) -> Change | None:
    """Let one long word in ten have a slip of the keys behind its first letter; no slip makes another known word."""
    found = [
        match for match in _LONG.finditer(text) if match.group() not in _NEGATIONS and is_content(match.group(), "en")
    ]
    return slips(text, found, _KEYS, chance, setting)


def common_misspellings(text: str, _chance: np.random.Generator, _setting: Setting) -> Change | None:
    """Write words as they are often misspelt: definately, recieve, wich."""
    return Change(text, _MISSPELT_WORD.sub(lambda match: _MISSPELT[match.group()], text))


def apostrophes(text: str, _chance: np.random.Generator, _setting: Setting) -> Change | None:
    """Leave apostrophes out of contractions that make no other word without one: dont, Im, thats."""
    return Change(text, _APOSTROPHE.sub(lambda match: re.sub("['’]", "", match.group()), text))


def contractions(text: str, _chance: np.random.Generator, _setting: Setting) -> Change | None:
    """Spell out contractions with “not” behind a subject; where there are none, contract."""

    def spell_out(match: re.Match[str]) -> str:
        return f"{match['subject']} {_WHOLE[match['other']] if match['other'] else match['verb'] + ' not'}"

    spelt = _CONTRACTED.sub(spell_out, text)
    return Change(text, spelt if spelt != text else _SPELT_OUT.sub(r"\g<subject> \g<verb>n't", text))


def british_american(text: str, _chance: np.random.Generator, _setting: Setting) -> Change | None:
    """Spell words the British way that are spelt the American way, and the other way round."""
    return Change(text, _SPELLING.sub(lambda match: _OTHER_SPELLING[match.group()], text))
