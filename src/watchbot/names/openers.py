# ruff: noqa: E501 - lists of words
"""Words that open sentences with a capital and may sound like a surname: "Кроме того" is no Kramer.

Adverbs, conjunctions, pronouns and prepositions of the languages that respell or inflect names, by frequency in news,
written by hand. A word counts as an opener only at a sentence's start, and only when the name does not fit it exactly.
"""

from __future__ import annotations

from functools import lru_cache

from watchbot.text import fold

_WORDS = """
более больше будет были было ведь весь вместе вместо внезапно возможно вот все всего всех вскоре вчера где даже далее два для до долго
его едва если есть ещё её завтра зато здесь или именно иногда итак каждый как какой когда конечно который кроме кстати кто куда лишь лучше
между менее мне много может можно надо наконец нам нас наш некоторые немного несмотря нет никто ничего ныне обе оба однако около она они
оно опять осенью отсюда очень первый перед позже пока после потом почему почти поэтому прежде при пример примерно про против прочие ранее рано
рядом сам сама само сами самый своя сегодня сейчас сначала снова среди сразу столько также так такой там тем теперь то тогда того тоже
только тому тот три тут уже утром хотя чем через что чтобы эта эти это этот
або адже але багато без більше більшість був була були вже вранці врешті все всі втім далі деякі для до доки дуже же жоден завтра зараз
зокрема і їх коли крім куди лише маємо між може навіть навколо нам нас не нещодавно немає ніхто нічого обидва однак окрім отже перед
під після поки потім проте раніше серед скоро сьогодні така також там тепер тим тільки тоді тому торік хоча це цей через чому якщо
ако без беше вече всеки всички всичко вчера въпреки години горе днес докато дори други други заради защо защото засега именно какво като когато колко
който където към между много може най накрая например нека някои никой нищо нова обаче освен отново после понеже почти преди през пред против само
сега след според също така такива там това тогава този толкова тук утре хората част често щом
ale aby albo bardzo bez bo był była było były być chociaż co coraz czasem czy czyli dalej dlaczego dlatego dla do dopiero dość dziś dzisiaj
gdy gdyby gdzie ich ile inne inni jak jako jakie jaki jednak jednocześnie jest jeszcze jeśli już każdy kiedy kilka kto która które który ktoś lecz
lub ma mało mamy mimo może można na nad nadal następnie nasz nawet nic niektóre niektórzy niemal nigdy nikt obecnie obok od oba obie oraz oto pod
podczas poza ponad potem prawie przed przez przy raz razem również sam sama są skoro stale stąd tak taka taki także tam ten teraz też to tu tutaj
tylko tymczasem tyle wcześniej więc wiele wielu wobec wśród wszystkie wszyscy wszystko wtedy zanim zaraz zawsze zatem zresztą
ačkoli aby ale ani asi až bez bude byl byla bylo byly často celkem co dále další dnes dokud doposud hned ještě jak jako jakmile jaké je jeho její
jejich jen jenže jestli jinak jinde již kde kdo kdy když každý kolem kromě která které který letos mezi minulý mnoho mnozí možná nad naopak nakonec
naše navíc navzdory nebo někteří některé nic nikdo nyní oba ovšem pak po pod podle pokud pořád potom pouze poté právě proč pro proti proto protože před přes přesto
při sám se sice skoro spolu stačí stále tady tak také takže tam tato tedy teď tehdy ten tento téměř to totiž u už včera však vše všechno všichni vždy z za zatím
zatímco zde zároveň že
ampak bil bila bilo bi bo brez če čeprav danes dokler dolgo domov dva drugi eden edini enako hkrati in isto jaz je jih jutri kadar kaj kako kakor kar kasneje
kdaj kdo kdor ker kje kjer ko koliko konec lani lahko le leta mar med mnogi moj morda na nad naj namreč nato naš ne nekateri nekaj nekoč nič nihče nikoli
od ob obe obenem oba očitno on ona pa po pod poleg poleg potem pozneje prav pred pri prihodnje proti prvi saj sam samo še sedaj seveda sicer skoraj skozi skupaj
spet sta ta tako takrat tam te tega temu tisti to toda tokrat torej tudi tu vendar več večina včasih včeraj verjetno ves vsak vse vsi vseeno za zakaj zaradi
zato zdaj že
ali ako bez bi bila bilo bio da danas dakle dok dosad dva evo gdje gde ga i iako ipak isto iz iza između jedan jedino je jer još juče jučer kad kada kako kao ko koji koja koliko
kod kroz međutim mnogi možda nakon nakon nama naravno naime nego neki neke niko nitko ništa nikada no od oba oko ona oni ono osim ovaj ova ovo pa po pod posle poslije potom prema
pre prije pred protiv prvi sad sada sam samo se slično stoga svaki sve svi šta što ta tada tako takođe također tek to tokom tu ubrzo u uz već većina vrlo zašto za zato zbog
ako aj alebo ani ale asi bez bol bola bolo budú dnes ďalší ešte hoci ich iba inak iné ja je jeho jej kde kde keď keďže kto ktorá ktoré ktorý lebo len medzi mnohí možno nad najmä
napriek niektorí niekto nič nikto nie no okrem ona oni počas po pod podľa pokiaľ popri potom práve pred preto pretože pri proti sám stále také takže tak tam táto teraz ten to tento
už včera však všetci všetko vždy za zatiaľ
ainult aga ei ema kas kui kuid kõik mis see siis seda veel
aber alle als auch auf aus bei beide bis da damit dann das dass der die dies doch ein eine er erst es für hier ich ihr im in ist jede jetzt kein man mehr mit nach nicht noch nun nur ob
oder schon sehr sein sie so über um und viele vom von vor war was weil wenn wer wie wir zu zum
ama bazı ben biz bu bunun çok daha en gibi hem her ile ise için kim ne nasıl o ona onlar oysa sonra şu ve veya ya yani
"""

_RELATIONS = """
жена жены жену жене женой жената муж мужа мужу супруг супруга супруги дочь дочери сын сына брат брата сестра сестры отец отца мать команда лидер дело фонд
дружина чоловік донька син сина батько мати мама сім'я команда лідер справа съпруга съпругата съпругът майка майката баща бащата дъщеря дъщерята екипът
żona żony mąż męża syn syna córka ojciec matka pan pana pani panią panu ekipa sprawa manžel manželka žena ženy muž syn dcera otec matka pan pana paní tým
vlada vlade vladi vladu kabinet blok soproga mož žena sin hči oče mati supruga suprug žena muž sin kći ćerka otac majka gospodin tim
"""


@lru_cache(maxsize=1)
def openers() -> frozenset[str]:
    """All openers, folded."""
    return frozenset(map(fold, _WORDS.split()))


@lru_cache(maxsize=1)
def relations() -> frozenset[str]:
    """Words before a surname that a capital makes sound like a first name, folded: "Жена Трампа" is no Jana Trump."""
    return frozenset(map(fold, _RELATIONS.split()))
