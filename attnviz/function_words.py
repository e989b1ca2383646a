"""Words that hold a sentence together: articles, pronouns, prepositions, Korean particles and endings.

Lists of the closed classes, for English and Korean; negations are not among them, for they change what is said. Of
another language no function word is known.
"""

from __future__ import annotations

_ENGLISH = """
a an the this that these those such
i me my mine myself we us our ours ourselves you your yours yourself he him his himself she her hers herself it its
itself they them their theirs themselves one who whom whose which what
is am are was were be been being it's i'm he's she's that's there's you're they're we're i've
have has had having do does did doing will would shall should can could may might must
and or but if so as than then when while where because since though although whether
of to in on at by for from with into onto out off up down over under about after before between through during
against around above below upon within along across toward towards
there here also just too very s t d ll m re ve
"""
_KOREAN = """
이 가 은 는 을 를 의 에 에서 에게 께 께서 한테 로 으로 와 과 랑 이랑 하고 도 만 까지 부터 보다 처럼 마다 조차 밖에
라도 이나 나 야 요
다 ㄴ다 는다 네 네요 지 죠 지요 냐 니 까 자 라 군요 구나 어 아 어요 아요 에요 예요 이에요 습니다 ㅂ니다 입니다
았 었 였 겠 시 으시 셨 았다 었다 했 하 되
고 며 으며 면 으면 면서 으면서 아서 어서 니까 으니까 지만 는데 은데 ㄴ데 인데 라는데 던 도록 려고 으려고 라고 다고
라는 다는 음 기 ㅁ ㄴ ㄹ 한 할 함 인 임 적 들 것 거 게 수 듯 줄 때 그 저 이런 그런 저런 및 또 또는 그리고
"""
_LISTS = {"en": frozenset(_ENGLISH.split()), "ko": frozenset(_KOREAN.split())}


def is_content(word: str, language: str) -> bool:
    """Tell whether a word in its look-up form is neither a mark nor a known function word of the language."""
    return any(map(str.isalnum, word)) and word not in _LISTS.get(language, frozenset())
