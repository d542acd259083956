# ruff: noqa: E501 - tables of endings
"""Endings by language: what a name's last letters become when it is inflected.

Each language has classes `ending: endings`; a word belongs to the class of its longest matching ending ("-": no other
class fits), loses that ending and takes any of the listed ones ("0": none). Written by hand for watchbot, after the
declension classes of each language's school grammar as Wiktionary's appendices tabulate them ("Appendix:Polish nouns",
"Appendix:Czech declension", ...); attested forms in tests/names hold them to what newspapers print.
Stem changes are spelt out in the endings (Polish -ga: -dze), so no rule is applied twice.

`NOUNS` inflects nouns and names, `ADJECTIVES` adds what the other words of a longer name may take ("Wielka Brytania").
Adjectives made from a name (казахстанский, kasachisch) are deliberately no inflection of it.
"""

from __future__ import annotations

# Slavic ---------------------------------------------------------------------------------------------------------------

_HR_NOUNS = """
ija: ija ije iji iju ijo ijom ijama
ska: ska ske skoj sku skom
ška: ška ške škoj šku škom
čka: čka čke čkoj čku čkom
ka: ka ke ki ci ku ko kom kama 0k
ga: ga ge gi zi gu go gom
ha: ha he hi si hu ho hom
a: a e i u o om ama
ac: ac ca cu če cem ci
ak: ak aka aku akom ka ku kom
ec: ec eca ecu ecom ca cu cem
pat: pat pta ptu ptom
par: par para paru parom pra pru prom
io: io ija iju ijem
o: o a u om
e: e a ama ah em eta etu 0
i: i a ima e ija iju ijem
u: u ua uu uom
y: y yja yju yjem yja
-: 0 a u e om em i ima ov ova ovi ovima
"""
_HR_ADJECTIVES = """
ski: ski skoga skog skome skomu skom skim ska ske skoj sku sko skih skima
ki: ki koga kog kom kome kim ka ke koj ku ko kih kima
a: a e oj u om ih im
e: e ih im ima og oga em emu a
o: o og oga om omu ome im
i: i og oga om omu ome im ih a e oj u
-: 0 i og oga om omu im ih a e oj u
"""
_SL_NOUNS = """
ija: ija ije iji ijo ij
ska: ska ske ski sko skem skega
ška: ška ške ški ško škem škega
čka: čka čke čki čko čkem čkega
a: a e i o 0 ah ama am ami
er: er ra ru rom re era eru erom
el: el la lu lom ela elu elom
ec: ec ca cu cem ci
ek: ek ka ku kom eka eku ekom
iper: iper ipra ipru iprom
ipt: ipt ipta iptu iptom
o: o a u om em
e: e 0 ah am ami a eta etu
i: i ov om e ih 0 ija iju ijem
-: 0 a u om em i e ov ja ju jem
"""
_SL_ADJECTIVES = """
a: a e i o ih im imi
e: e ih im imi ega emu em a
o: o ega emu em im
i: i ega emu em im ih imi a e o
-: 0 i ega emu em im a e o ih imi
"""

NOUNS: dict[str, str] = {
    "ru": """
ия: ия ии ию ией иею
ья: ья ьи ье ью ьей
ея: ея еи ее ею еей еею
я: я и е ю ей ею
ий: ий ия ию ием ии
ай: ай ая аю аем ае
ей: ей ея ею еем ее
й: й я ю ем е и
нь: нь ни нью ня ню нем
ь: ь и ью я ю ем ём е
пет: пет пта пту птом пте
ча: ча чи че чу чей
ца: ца цы це цу цей
ша: ша ши ше шу шей
ка: ка ки ке ку кой кою
га: га ги ге гу гой гою
ха: ха хи хе ху хой хою
а: а ы е у ой ою
ы: ы 0 ов ам ами ах
ние: ние ния нию нием нии
ство: ство ства ству ством стве
ое: ое ого ому ым ом
о: о
е: е
и: и
у: у
э: э
ец: ец ца цу цом цем це
ёк: ёк ька ьку
ок: ок ка ку ком ке
-: 0 а у ом ем е ы и ов
""",
    "uk": """
ія: ія ії ію ією іє
ея: ея еї ею еєю
я: я і ю ею є
ща: ща щі щу щею що
ча: ча чі чу чею че
ша: ша ші шу шею
жа: жа жі жу жею
сь: сь сі ссю ся сю сем
ань: ань ані анню аня аню анем
ь: ь я ю ем і ю и
іст: іст іста істу істом істі
їв: їв єва єву євом єві
ьвів: ьвів ьвова ьвову ьвовом ьвові
ків: ків кова кову ковом кові
їна: їна їни їні їну їною їно
ка: ка ки ці ку кою ко
га: га ги зі гу гою
ха: ха хи сі ху хою
чина: чина чини чині чину чиною
а: а и і у ою о
ець: ець ця цю цем ці
ій: ій ія ію ієм ії
й: й я ю єм ї
ня: ня ні ню нею
тво: тво тва тву твом тві
ння: ння нню нням нні
и: и 0 ів ам ами ах
і: і ей ів ям ями ях
о: о
е: е
у: у
ю: ю
-: 0 а у ові ом ем і е и ів
""",
    "be": """
ія: ія іі ію іяй іяю
ыя: ыя ыі ыю ыяй
я: я і ю яй яю е
ка: ка кі цы ку кай каю
га: га гі зе гу гай
а: а ы е у ай аю
ь: ь і ю я ем ы
й: й я ю ем і
ы: ы 0 аў ам амі ах
і: і 0 аў ям ямі ях
о: о
е: е
аў: аў ава аву авам аве
-: 0 а у ам ом е ы аў
""",
    "bg": """
ия: ия ията ии ийо
а: а ата о и
я: я ята и
й: й я ят ю
о: о ото
е: е ето
ие: ие ието ия
и: и ите
щи: щи щите
т: т та ът а те
-: 0 а ът у е ов
""",
    "mk": """
ја: ја јата јо
ска: ска
шка: шка
чка: чка
а: а ата о и та
о: о ото
е: е ето
и: и ите
т: т от та
-: 0 от ов он а у е
""",
    "pl": """
rzeczpospolita: rzeczpospolita rzeczypospolitej rzeczpospolitą rzeczpospolitej
niemcy: niemcy niemiec niemcom niemcami niemczech
włochy: włochy włoch włochom włochami włoszech
węgry: węgry węgier węgrom węgrami węgrzech
ja: ja ji ję ją jo
ia: ia ii ie ię ią io
śnia: śnia śni śnię śnią śnio
lia: lia lii lię lią lio
ka: ka ki ce kę ką ko
ga: ga gi dze gę gą go
cha: cha chy sze chę chą cho
ra: ra ry rze rę rą ro
da: da dy dzie dę dą do
ta: ta ty cie tę tą to
ła: ła ły le łę łą ło
la: la li lę lą lo
ca: ca cy cę cą co
a: a y i e ie ę ą o
y: y 0 om ami ach ów
nie: nie nia niu niem
cie: cie cia ciu ciem
ie: ie ii iom iami iach ich i
stwo: stwo stwa stwu stwem stwie
ko: ko ka ku kiem
go: go ga gu giem
to: to ta tu tem cie
ro: ro ra ru rem rze
o: o a u em ie
e: e 0 y
i: i ego emu im iego iemu
ość: ość ości ością
ec: ec ca cowi cem cu ce
iec: iec ca cowi cem cu ce
ek: ek ka kowi kiem ku
ień: ień nia niowi niem niu
ń: ń nia niowi niem niu nią ni
ść: ść ści ścią
ś: ś sia siowi siem siu si sią
ć: ć cia ciowi ciem ciu ci cią
d: d du da dowi dem dzie
t: t tu ta towi tem cie
st: st stu sta stowi stem ście
r: r ra ru rowi rem rze
ł: ł ła łu łowi łem le
k: k ka ku kowi kiem
g: g ga gu gowi giem
ch: ch chu cha chowi chem
-: 0 a u owi em ie y i e ów
""",
    "cs": """
ie: ie ii ií í iím ích iích iemi
ea: ea eje eji eu eou ejí
ia: ia ie ii iu ií ií
sko: sko ska sku skem
cko: cko cka cku ckem
ko: ko ka ku kem
go: go ga gu gem
o: o a u ě e em
ka: ka ky ce ku kou ko
ga: ga gy ze gu gou go
ha: ha hy ze hu hou ho
cha: cha chy še chu chou
ra: ra ry ře ru rou ro
a: a y u ě e ou o i
á: á é ou
é: é ých ým ými ého ému ém
ý: ý ého ému ém ým
í: í ího ímu ím ích ími
y: y 0 ů ům ech ách ám ami
ce: ce ci cí cím cích
e: e i í í ete eti 0
ec: ec ce ci cem če
ek: ek ka ku kem ků
ost: ost osti ostí
us: us u usu em usem
i: i iho imu im ii
u: u
-: 0 a u ovi em e ě i ů ům y ech ové
""",
    "sk": """
ea: ea ey ei eu eou
ia: ia ie ii iu iou
ska: ska ske sku skou
sko: sko ska sku skom
cko: cko cka cku ckom
ko: ko ka ku kom
o: o a u om e
a: a y e i u ou o
á: á ej ú ou
é: é ých ým ými ého ému om
ý: ý ého ému om ým
í: í ieho iemu om ím
y: y 0 ov om mi och
ky: ky k kov kom kami kách
e: e i í
ec: ec ca covi com ci
ok: ok ku kom
osť: osť osti osťou
ť: ť ti ťou
stvo: stvo stva stvu stvom stve
i: i iho imu im
-: 0 a u ovi om e i ov y mi och
""",
    "hr": _HR_NOUNS,
    "sl": _SL_NOUNS,
    # Baltic -----------------------------------------------------------------------------------------------------------
    "lv": """
ja: ja jas jai ju jā jām jās
a: a as ai u ā ām ās
e: e es ei i ē ēm ēs u
is: is a im i ī u iem us os
us: us u um ū
ās: ās
š: š a am u ā i
s: s a am u ā i us iem os
i: i u iem us os
as: as u ām ās
-: 0 s a am u ā
""",
    "lt": """
ija: ija ijos ijai iją ijoje ijų ijomis
a: a os ai ą oje
ė: ė ės ei ę e ėje
ys: ys io iui į iu yje y
is: is io iui į iu yje i ies imi
as: as o ui ą u e ai ų ams us ais uose
us: us aus ui ų umi uje au
os: os ų oms as omis ose
ai: ai ų ams us ais uose
i: i io iui ią
-: 0 o ui ą u e as us
""",
    # Uralic -----------------------------------------------------------------------------------------------------------
    "et": """
id: id ide idesse ides idest idele idel idelt ideks idega
ud: ud ude udesse udes udest udele udel udelt udega
a: a asse as ast ale al alt aks ani ana ata aga at
e: e esse es est ele el elt eks eni ena eta ega et
i: i isse is ist ile il ilt iks ini ina ita iga it
o: o osse os ost ole ol olt oks oga ot
u: u usse us ust ule ul ult uks uga ut
õ: õ õsse õs õst õle õl õlt õks õga õt
-: 0 i isse is ist ile il ilt iks ini ina ita iga it a ale ast e est t u s d
""",
    "fi": """
nti: nti nnin ntia nnissa nnista ntiin nnilla nnilta nnille nniksi ntina
kki: kki kin kkia kissa kista kkiin killa kilta kille kiksi kkina
ppi: ppi pin ppia pissa pista ppiin pille
tti: tti tin ttia tissa tista ttiin tille
pti: pti ptin ptia ptissa ptista ptiin ptille
vallat: vallat valtojen valtain valtoja valloissa valloista valtoihin valloilla valloilta valloille
maat: maat maiden maita maissa maista maihin mailla mailta maille
kunta: kunta kunnan kuntaa kunnassa kunnasta kuntaan kunnalle kunnalla kunnat
järjestö: järjestö järjestön järjestöä järjestössä järjestöstä järjestöön järjestölle
nen: nen sen sta sessa sesta seen selle sella
us: us uden utta uudessa udesta uteen udelle uksen usta ukseen uksesta
-: 0 n a ä ssa ssä sta stä lla llä lta ltä lle na nä ksi tta ttä an en in on un yn än ön in ia issa ista iin illa ilta ille
 iksi ina itta ta tä
""",
    "hu": """
a: a át ában ából ába ához ánál ától áról ára án ának ával áért áig aként á áé
e: e ét ében éből ébe éhez énél étől éről ére én ének ével éért éig eként é
ó: ó ót óban óból óba óhoz ónál ótól óról óra ón ónak óval ója óért óig
-: 0 t ot et öt at ban ben ból ből ba be hoz hez höz nál nél tól től ról ről ra re on en ön n nak nek val vel ért ig ként
 bal bel cal cel dal del fal fel gal gel kal kel lal lel mal mel nal nel pal pel ral rel sal sel szal szel tal tel vel zal zel
 sal a e á é ja je ját jét jának jének k ok ek ul ül éi ék éknek ékat éket
""",
    # Turkic: cases, the possessive that closes a compound, -daki --------------------------------------------------------
    "tr": """
-: 0 ın in un ün nın nin nun nün yı yi yu yü ı i u ü nı ni nu nü a e ya ye na ne da de ta te nda nde dan den tan ten ndan
 nden la le yla yle daki deki taki teki ndaki ndeki lar ler lı
k: k ğın ğin ğun ğün ğı ği ğu ğü ğa ğe kın kin ka ke kı ki kta kte ktan kten kla kle ktaki kteki
""",
    "az": """
-: 0 ın in un ün nın nin nun nün ı i u ü nı ni nu nü yı yi a ə ya yə na nə da də nda ndə dan dən ndan ndən la lə dakı dəki ndakı
 ndəki lar lər
""",
    "tk": """
-: 0 yň iň uň üň nyň niň y i ny ni a e na ne da de nda nde dan den ndan nden daky däki lar ler
""",
    "kk": """
-: 0 ның нің дың дің тың тің ны ні ды ді ты ті н ға ге қа ке на не а е да де та те нда нде дан ден тан тен нан нен мен бен пен
 дағы дегі тағы тегі ндағы ндегі лар лер дар дер тар тер ның нын ын ін nyñ
""",
    "kk_Latn": """
-: 0 nyñ niñ dyñ diñ tyñ tiñ ny ni dy di ty ti n ga ge qa ke ğa ǵa na ne a e da de ta te nda nde dan den tan ten nan nen
 men ben pen daǵy degi nyń niń dyń diń tyń tiń
""",
    "ky": """
-: 0 нын нин нун нүн дын дин дун дүн тын тин тун түн ны ни ну нү ды ди ду дү ты ти ту тү н га ге го гө ка ке ко кө на не а е
 да де до дө та те то тө нда нде дан ден дон дөн тан тен тон төн нан нен дагы деги догу дөгү тагы теги ындагы
""",
    "uz": """
-: 0 ning ni ga ka qa da dan dagi lar ga si siga sida sidan sining
""",
    "uz_Cyrl": """
-: 0 нинг ни га ка қа да дан даги лар си
""",
    "tt": """
-: 0 ның нең ны не га гә ка кә на нә да дә та тә дан дән тан тән нан нән дагы дәге тагы тәге
""",
    "ug": """
-: 0 نىڭ نى غا گە قا كە دا دە تا تە دىن تىن دىكى تىكى
""",
    "mn": """
-: 0 ы ын ий ийн ыг ийг д т нд аас ээс оос өөс аар ээр оор өөр тай тэй той руу рүү луу лүү ад эд
""",
    # Indo-European, others --------------------------------------------------------------------------------------------
    "en": "-: 0 s es",
    "de": """
e: e en er es em
-: 0 s es n en e er em
""",
    "nl": "-: 0 s e en n",
    "sv": """
a: a as an ans
en: en ens
-: 0 s n ns en ens et ets
""",
    "da": """
-: 0 s n ns en ens et ets e es
""",
    "is": """
a: a u ur
i: i a
ð: ð ði ðs ðinu
-: 0 s i um ar a u ið inu ins inn inum
""",
    "ro": """
ia: ia iei ie iile iilor
a: a ei ă e ele elor
ă: ă e ei a ele elor
e: e ea ei ele elor
ul: ul ului uri urile urilor
ele: ele elor
u: u ul ului
i: i ii ilor
-: 0 ul ului i ii ilor uri urile ei
""",
    "el": """
ος: ος ου ο ε οι ων ους
ας: ας α
ης: ης η
ής: ής ή
άς: άς ά
ις: ις ι εως η
α: α ας ες ων
η: η ης εως ες εις
ή: ή ής ές ών
ά: ά άς
ες: ες ων
ές: ές ών
ο: ο ου α ων
ό: ό ού ά ών
οι: οι ων ους
-: 0 ς
""",
    "hy": """
իա: իա իայի իան իային իայից իայում իայով
ա: ա այի ան ային այից այում այով ն
ներ: ներ ների ներին ներից ներում ներով ները
ություն: ություն ության ությունը ությանը ությունից
-: 0 ի ը ն ին ից ում ով ներ ների ներին ներում ներից յի յին յից յում ու
""",
    "ka": """
ი: ი ის ს მა ით ად ში ზე თან დან ისთვის ისგან იდან ისა სა სთან იც ისთან ამდე შია შიც ისაკენ იში იზე იშია იშიც იდანაც
ა: ა ას ის ამ ით ად აში აშია აშიც აზე ასთან იდან ისთვის ისგან ასა
ე: ე ეს ემ ით ეში ეზე ესთან ედან ისთვის ისგან
-: 0 ს მ ში ზე სთან დან სთვის სგან თი დ
""",
    "sq": """
ia: ia i ie isë inë isa isë
i: i it in iu
a: a ë ës ën e
ë: ë a ës ën e
-: 0 i it in u ut un ë a e ës ën së s t n
""",
    "fa": """
ا: ا ای
و: و وی
-: 0 ها های را
""",
    "tg": "-: 0 и ро ҳо ҳои ю ву ям",
    "ku": "-: 0 ê an ên î a ya yê yan",
    "eu": """
a: a ak ari aren an ara atik arekin ako en
-: 0 n en eko go ko ren ra era tik etik k ek ri i z ez rekin ekin an
""",
    "ko": """
-: 0 은 는 이 가 을 를 의 에 에서 에게 로 으로 와 과 도 만 까지 부터 에는 에서는 에도 측 산 간 발 행 이나 나 이란 라는 이라는 께서 으로부터 엔 선 내
""",
    # Indic scripts: case endings that are written together ------------------------------------------------------------
    "mr": "-: 0 चा ची चे च्या त ात ला ने नं शी हून वर मध्ये मधील मधून चं तील तून कडे",
    "ne": "-: 0 को का की मा ले लाई बाट सँग",
    "bn": "-: 0 র ের এর কে তে ে য় এ ও টি য়ে দের",
    "gu": "-: 0 ના ની નો નું ને થી માં એ માંથી",
    "pa": "-: 0",
    "am": "-: 0 ን",
    "af": "-: 0 s se",
    # Romance: plurals and genders of the words of longer names, and of adjectives given as names ------------------------
    "es": """
o: o a os as
és: és esa eses esas
e: e es
-: 0 s es
""",
    "it": """
co: co ca ci chi che
o: o a i e hi he
e: e i
a: a he e
-: 0
""",
    "fr": "-: 0 e s es",
}

ADJECTIVES: dict[str, str] = {
    "ru": """
ий: ий его ему им ем ая яя ую ой ей ое ее ие их ими ого ому ом
ый: ый ого ому ым ом ая ую ой ое ые ых ыми
ой: ой ого ому ым ом ая ую ое ые ых ыми
ая: ая ой ую ою
яя: яя ей юю ею
ое: ое ого ому ым ом
ее: ее его ему им ем
ые: ые ых ым ыми
ие: ие их им ими
""",
    "uk": """
ий: ий ого ому им ім а ої ій у ою е і их ими
ій: ій ього ьому ім я ьої ю ьою є і іх іми
а: а ої ій у ою
я: я ьої ій ю ьою
е: е ого ому им ім
і: і их им ими
""",
    "be": """
ы: ы ага аму ым ая ай ую ою ое ых ымі ыя
і: і ага яму ім ая ай ую ое іх імі ія
ая: ая ай ую аю
яя: яя яй юю
ае: ае ага аму ым
ое: ое ога ому ым
ыя: ыя ых ым ымі
ія: ія іх ім імі
""",
    "bg": """
ки: ки кия кият ка ката ко кото ките
ен: ен ния ният на ната но ното ни ните
а: а ата
о: о ото
и: и ия ият ите
-: 0 ия ият а ата о ото и ите
""",
    "mk": """
ки: ки киот ка ката ко кото ките
а: а ата
о: о ото
и: и иот ите
-: 0 иот а ата о ото и ите
""",
    "pl": """
ka: ka kiej ką kie kich kim kimi
ki: ki kiego kiemu kim ka kiej ką kie kich kimi
kie: kie kich kim kimi kiego kiemu
ga: ga giej gą
ia: ia iej ią
nia: nia niej nią
a: a ej ą e ych ym ymi
y: y ego emu ym a ej ą e ych ymi
i: i iego iemu im ia iej ią ie ich imi ego emu
ie: ie ich im imi iego iemu
e: e ych ym ymi ego emu
""",
    "cs": """
á: á é ou
é: é ých ým ými ého ému ém
ý: ý ého ému ém ým á é ou í ých ými
í: í ího ímu ím ích ími
""",
    "sk": """
ka: ka kej ku kou
ká: ká kej kú kou
á: á ej ú ou
é: é ých ým ými ého ému om
ý: ý ého ému om ým á ej ú ou é í ých ými
ský: ský ského skému skom ským ská skej skú skou ské skí ských skými
í: í ieho iemu om ím ia ej iu ou ie ích ími
""",
    "hr": _HR_ADJECTIVES,
    "sl": _SL_ADJECTIVES,
    "lv": "a: a ās ai u ā\nais: ais ā am o os ie\nā: ā ās ajai o ajā",
    "lt": "ės: ės ių ėms es ėmis ėse\ninė: inė inės inei inę ine inėje\ninis: inis inio iniam inį iniu iniame",
    "de": """
e: e en er es em
er: er en es em e
es: es en er em e
-: 0 e en er es em
""",
    "da": "-: 0 e t es",
    "sv": "-: 0 e a t",
    "fi": "nen: nen sen sta sessa sesta seen selle sella set sten sia",
    "el": "ς: ς υ",
}

SAME_AS = {
    "sr_Latn": "hr", "bs": "hr", "sh": "hr", "nb": "da", "nn": "da", "no": "da", "fo": "is", "pt": "es", "ca": "es",
    "gl": "es", "ast": "es", "oc": "fr", "cnr": "hr", "ckb": "ku", "lb": "de", "ba": "tt", "cv": "tt", "az_Cyrl": "uz_Cyrl",
    "rue": "uk", "hsb": "cs", "dsb": "cs", "szl": "pl", "csb": "pl", "crh": "tr", "gag": "tr", "kaa": "uz", "rm": "it",
    "vec": "it", "fur": "it", "scn": "it", "mo": "ro",
}  # fmt: skip
"""Languages that share another's tables."""
