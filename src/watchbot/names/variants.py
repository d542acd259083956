"""Country names that the press uses and CLDR (as babel ships it) lacks: short forms, official names, initialisms.

One line per country and language: code, language, names between bars. Names in capitals are initialisms and match
only so written. Written by hand for watchbot; official names and abbreviations as in the country lists of the EU's
Interinstitutional Style Guide, short forms as newspapers print them.
"""

from __future__ import annotations

VARIANTS = """
US en USA|U.S.|U.S.A.|US|America|United States of America|the States
US ru США|Америка|Соединённые Штаты|Соединенные Штаты Америки|Штаты
US uk США|Америка|Сполучені Штати Америки|Штати
US be ЗША|Амерыка|Злучаныя Штаты Амерыкі|Штаты
US bg САЩ|Америка|Съединените американски щати|Съединени американски щати
US mk САД|Америка
US sr САД|Америка|Сједињене Државе|Сједињене Америчке Државе
US sr_Latn SAD|Amerika|Sjedinjene Američke Države|Sjedinjene Države
US hr SAD|Amerika|Sjedinjene Države
US bs SAD|Amerika
US sl ZDA|Amerika|Združene države
US cs USA|Amerika|Spojené státy americké
US sk USA|Amerika|Spojené štáty americké
US pl USA|Ameryka|Stany Zjednoczone Ameryki|Stany
US de USA|Amerika|Vereinigte Staaten von Amerika
US fr USA|Amérique|États-Unis d’Amérique
US es EE.UU.|EE. UU.|EEUU|Estados Unidos de América
US it USA|America|Stati Uniti d’America
US pt EUA|EE.UU.|América|Estados Unidos da América
US ca EUA|Estats Units d’Amèrica
US ro SUA|America|Statele Unite
US hu USA|Amerika|Amerikai Egyesült Államok
US fi USA|Amerikan yhdysvallat
US et USA|Ameerika
US lv ASV|Amerika
US lt JAV|Amerika|Jungtinės Amerikos Valstijos
US tr ABD|Amerika
US az ABŞ|Amerika
US kk АҚШ|Америка
US ky АКШ|Америка
US uz AQSh|AQSH|Amerika|АҚШ
US tg ИМА|Иёлоти Муттаҳидаи Амрико|Амрико
US tk ABŞ|Amerika
US el ΗΠΑ|Αμερική|Ηνωμένες Πολιτείες Αμερικής
US sv USA|Amerika|Förenta staterna
US da USA|Amerika|Forenede Stater
US nb USA|Amerika|Forente stater
US nl VS|Verenigde Staten van Amerika|Amerika
US hy ԱՄՆ|Ամերիկա
US ka აშშ|ამერიკა
US sq SHBA|Amerika
US he ארה"ב|ארצות-הברית
US ar أمريكا|أميركا|الولايات المتحدة الأمريكية|الولايات المتحدة الأميركية
US fa آمریکا|ایالات متحده آمریکا|ایالات متحده امریکا
US ur امریکہ|امریکا
US hi अमेरिका|संयुक्त राज्य अमेरिका
US zh 美国|美國
US ja アメリカ|米国
US ko 미국
US vi Mỹ|Hoa Kỳ
GB en UK|U.K.|Britain|Great Britain
GB ru Великобритания|Британия|Соединённое Королевство|Объединённое Королевство
GB uk Велика Британія|Великобританія|Британія|Сполучене Королівство|Об’єднане Королівство
GB be Вялікабрытанія|Вялікая Брытанія|Брытанія
GB bg Великобритания|Британия|Обединено кралство
GB mk Велика Британија|Британија|Обединето Кралство
GB sr Велика Британија|Британија|Уједињено Краљевство
GB sr_Latn Velika Britanija|Britanija|Ujedinjeno Kraljevstvo|UK
GB hr Velika Britanija|Britanija|Ujedinjeno Kraljevstvo|Ujedinjena Kraljevina|UK
GB bs Velika Britanija|Britanija
GB sl Velika Britanija|Britanija|Združeno kraljestvo
GB cs Velká Británie|Británie|Spojené království|VB
GB sk Veľká Británia|Británia|Spojené kráľovstvo
GB pl Wielka Brytania|Brytania|Zjednoczone Królestwo|UK
GB de Großbritannien|Vereinigtes Königreich
GB fr Grande-Bretagne|Royaume-Uni
GB es Gran Bretaña|Reino Unido
GB it Gran Bretagna|Regno Unito
GB pt Grã-Bretanha|Reino Unido
GB ro Marea Britanie|Regatul Unit
GB hu Nagy-Britannia|Egyesült Királyság
GB fi Iso-Britannia|Britannia
GB et Suurbritannia|Ühendkuningriik
GB lv Lielbritānija|Apvienotā Karaliste
GB lt Didžioji Britanija|Jungtinė Karalystė|Britanija
GB tr İngiltere|Birleşik Krallık|Britanya
GB az Böyük Britaniya|Birləşmiş Krallıq
GB kk Ұлыбритания|Британия
GB el Μεγάλη Βρετανία|Βρετανία|Ηνωμένο Βασίλειο
GB sv Storbritannien
GB da Storbritannien
GB nb Storbritannia
GB nl Groot-Brittannië|Verenigd Koninkrijk
GB he בריטניה
GB ar بريطانيا
GB fa بریتانیا|انگلستان
GB ja 英国|イギリス
GB zh 英国|英國
GB ko 영국
GB vi Anh
RU en Russian Federation
RU ru РФ|Российская Федерация
RU uk РФ|Російська Федерація
RU be РФ|Расія|Расійская Федэрацыя
RU bg РФ|Руска федерация|Руската федерация
RU mk Руска Федерација
RU sr Руска Федерација
RU hr Ruska Federacija
RU sl Ruska federacija
RU cs Ruská federace
RU sk Ruská federácia
RU pl Federacja Rosyjska|FR
RU de Russische Föderation
RU kk РФ|Ресей
BY en Belarus|Byelorussia|Belorussia
BY ru Белоруссия|Беларусь|РБ
BY uk Білорусь|Білорусія
BY pl Białoruś
BY cs Bělorusko
BY bg Беларус|Белорусия
BY hr Bjelorusija|Bjelarus
BY sl Belorusija
BY de Belarus|Weißrussland|Belarus’
BY fr Biélorussie|Bélarus
BY es Bielorrusia|Belarús
BY it Bielorussia
CZ en Czechia|Czech Republic
CZ ru Чехия|Чешская Республика|ЧР
CZ uk Чехія|Чеська Республіка
CZ be Чэхія|Чэшская Рэспубліка
CZ bg Чехия|Чешка република
CZ mk Чешка|Чешка Република
CZ sr Чешка|Чешка Република
CZ sr_Latn Češka|Češka Republika
CZ hr Češka|Češka Republika
CZ sl Češka|Češka republika
CZ cs Česko|Česká republika|ČR|Čechy
CZ sk Česko|Česká republika|ČR
CZ pl Czechy|Republika Czeska
CZ de Tschechien|Tschechische Republik
CZ fr Tchéquie|République tchèque
CZ es República Checa|Chequia
CZ it Repubblica Ceca|Cechia
CZ hu Csehország|Cseh Köztársaság
SK cs Slovensko|Slovenská republika|SR
SK sk Slovensko|Slovenská republika|SR
SK pl Słowacja|Republika Słowacka
SK sl Slovaška|Slovaška republika
SK hr Slovačka|Slovačka Republika
SI sl Slovenija|Republika Slovenija|RS
PL pl Polska|Rzeczpospolita|Rzeczpospolita Polska|RP
PL ru Польша|Польская Республика
HR hr Hrvatska|RH|Republika Hrvatska
BG bg България|Република България|НРБ
UA ru Украина
UA uk Україна
DE ru Германия|ФРГ
DE uk Німеччина|ФРН
DE bg Германия|ФРГ
DE pl Niemcy|RFN
DE cs Německo|NSR|SRN
DE sl Nemčija|ZRN
DE hr Njemačka
DE de Deutschland|Bundesrepublik
DE en Germany
NL en Netherlands|Holland
NL ru Нидерланды|Голландия
NL uk Нідерланди|Голландія
NL be Нідэрланды|Галандыя
NL bg Нидерландия|Холандия
NL mk Холандија
NL sr Холандија
NL sr_Latn Holandija|Nizozemska
NL hr Nizozemska|Holandija
NL sl Nizozemska
NL cs Nizozemsko|Nizozemí|Holandsko
NL sk Holandsko|Nizozemsko
NL pl Holandia|Niderlandy
NL de Niederlande|Holland
NL fr Pays-Bas|Hollande
NL es Países Bajos|Holanda
NL it Paesi Bassi|Olanda
NL hu Hollandia
NL fi Hollanti
NL tr Hollanda
AE en UAE|Emirates
AE ru ОАЭ|Эмираты|Объединённые Арабские Эмираты|Арабские Эмираты
AE uk ОАЕ|Емірати
AE bg ОАЕ|Емирства|Обединени арабски емирства
AE pl ZEA|Emiraty|Emiraty Arabskie
AE cs SAE|Emiráty
AE hr UAE|Emirati
AE sl ZAE|Emirati
AE de VAE|Emirate
CN en PRC|People's Republic of China
CN ru КНР|Китайская Народная Республика
CN uk КНР|Китайська Народна Республіка
CN bg КНР
CN pl ChRL|Chińska Republika Ludowa
CN cs ČLR|Čínská lidová republika
CN sl LR Kitajska
CN hr NR Kina
KP en DPRK|Democratic People's Republic of Korea
KP ru КНДР|Северная Корея
KP uk КНДР|Північна Корея
KP bg КНДР|Северна Корея
KP pl KRLD|Korea Północna|Korea Płn.
KP cs KLDR|Severní Korea
KP sk KĽDR|Severná Kórea
KP sl Severna Koreja
KP hr Sjeverna Koreja|DNRK
KP de Nordkorea
KR ru Южная Корея|Республика Корея
KR uk Південна Корея|Республіка Корея
KR pl Korea Południowa|Korea Płd.|Republika Korei
KR cs Jižní Korea|Korejská republika
KR en South Korea|Republic of Korea
IR en Iran|Islamic Republic
SY en Syria
CD en DRC|DR Congo|Democratic Republic of the Congo|Congo-Kinshasa
CD ru ДР Конго|ДРК|Демократическая Республика Конго
CD uk ДР Конго|ДРК|Демократична Республіка Конго
CD bg ДР Конго|Демократична република Конго
CD pl DR Konga|DRK|Demokratyczna Republika Konga
CD cs DR Kongo|Demokratická republika Kongo|Konžská demokratická republika
CD sl DR Kongo|Demokratična republika Kongo
CD hr DR Kongo|Demokratska Republika Kongo
CD de Demokratische Republik Kongo|DR Kongo
CD fr RDC|RD Congo|République démocratique du Congo
CI en Ivory Coast|Cote d'Ivoire
CI ru Кот-д’Ивуар|Берег Слоновой Кости
CI pl Wybrzeże Kości Słoniowej
CI cs Pobřeží slonoviny
CI de Elfenbeinküste
CI es Costa de Marfil
CI it Costa d’Avorio
MM en Myanmar|Burma
MM ru Мьянма|Бирма
MM uk М’янма|Бірма
MM pl Birma|Mjanma
MM cs Barma|Myanmar
MM bg Мианмар|Бирма
MM hr Mjanmar|Burma
MM sl Mjanmar|Burma
MK en North Macedonia|Macedonia
MK ru Северная Македония|Македония
MK uk Північна Македонія|Македонія
MK bg Северна Македония|Македония
MK pl Macedonia Północna|Macedonia
MK cs Severní Makedonie|Makedonie
MK sl Severna Makedonija|Makedonija
MK hr Sjeverna Makedonija|Makedonija
TR en Turkey|Türkiye|Turkiye
SZ en Swaziland|Eswatini
PS en Palestine
PS ru Палестина
PS uk Палестина
PS bg Палестина
PS pl Palestyna
PS cs Palestina
PS sl Palestina
PS hr Palestina
PS de Palästina
SA en KSA
SA pl Arabia Saudyjska
SA cs Saúdská Arábie
SA sl Savdska Arabija|Saudska Arabija
ZA ru ЮАР|Южная Африка|Южно-Африканская Республика
ZA uk ПАР|Південна Африка|Південно-Африканська Республіка
ZA bg ЮАР|Южна Африка
ZA pl RPA|Republika Południowej Afryki|Południowa Afryka
ZA cs JAR|Jihoafrická republika|Jižní Afrika
ZA sl JAR|Južna Afrika|Južnoafriška republika
ZA hr JAR|Južna Afrika|Južnoafrička Republika
CF ru ЦАР|Центральноафриканская Республика
CF uk ЦАР
CF fr RCA
CF en CAR
BA en Bosnia|Bosnia and Herzegovina|Bosnia-Herzegovina|BiH
BA ru Босния|Босния и Герцеговина
BA uk Боснія|Боснія і Герцеговина
BA bg Босна|Босна и Херцеговина
BA pl Bośnia|Bośnia i Hercegowina
BA cs Bosna|Bosna a Hercegovina
BA sl Bosna|Bosna in Hercegovina|BiH
BA hr Bosna|Bosna i Hercegovina|BiH
BA sr БиХ|Босна и Херцеговина|Босна
BA sr_Latn BiH|Bosna i Hercegovina|Bosna
MD ru Молдавия|Молдова
MD uk Молдова|Молдавія
MD bg Молдова|Молдавия
MD pl Mołdawia
MD cs Moldavsko
KG ru Киргизия|Кыргызстан|Киргизстан
KG uk Киргизстан|Киргизія
KG pl Kirgistan|Kirgizja
TM ru Туркмения|Туркменистан
KZ ru Казахстан|РК
KZ kk Қазақстан|ҚР
KZ kk_Latn Qazaqstan|Kazakstan
KZ en Kazakhstan|Kazakstan
KZ es Kazajistán|Kazajstán|Kazakhstán|Kazakstán
KZ pt Cazaquistão|Casaquistão
KZ ca Kazakhstan|Kazajstan
KZ gl Casaquistán|Kazakhstán|Kazajistán
KZ fr Kazakhstan|Kazakstan
KZ it Kazakistan|Kazakhstan|Kazakstan|Cazachistan
KZ ro Kazahstan|Kazakstan|Cazahstan
KZ de Kasachstan|Kazachstan
KZ el Καζακστάν|Καζαχστάν
KZ hu Kazahsztán
KZ ar كازاخستان|كازخستان|قازاخستان|قزاخستان|كزاخستان|كازاكستان
KZ fa قزاقستان|کازاخستان
KZ ur قازقستان|قزاقستان|کازاخستان|قازقستاں
KZ ps قزاقستان|قزاخستان|کازاخستان
KZ ug قازاقىستان
KZ he קזחסטן|קזחסטאן|קאזחסטן|קזאחסטן
KZ hi कज़ाख़स्तान|कजाखस्तान|कज़ाकिस्तान|कजाकिस्तान|कज़ाखिस्तान
KZ bn কাজাখস্তান|কাজাকস্তান|কাজাখিস্তান
KZ zh 哈萨克斯坦|哈薩克斯坦|哈薩克
KZ ja カザフスタン|カザフ共和国
KZ ko 카자흐스탄|까자흐스딴
KZ th คาซัคสถาน
KZ ta கஜகஸ்தான்|கசகஸ்தான்|கஜகஸ்தான
KZ tk Gazagystan
KZ uz Qozog‘iston|Қозоғистон
KZ ky Казакстан
KZ tg Қазоқистон
KZ mn Казахстан|Казакстан
KZ tt Казахстан|Казакъстан
KZ ba Ҡаҙағстан|Казахстан
KZ hy Ղազախստան
KZ ka ყაზახეთი|ყაზახსტანი
KZ sq Kazakistan|Kazakstan
KZ eo Kazaĥio|Kazaĥstano|Kazaĥujo
KZ eu Kazakhstan
KZ ku Qazaxistan|Kazaxistan
KZ vi Kazakhstan|Ca-dắc-xtan
KZ id Kazakhstan|Kazakstan
KZ ms Kazakhstan
FR ru Франция
VA en Vatican|Holy See
VA ru Ватикан|Святой Престол
VA pl Watykan|Stolica Apostolska
VA cs Vatikán|Svatý stolec
VA it Vaticano|Santa Sede
VA es Vaticano|Santa Sede
IE en Ireland|Republic of Ireland
TW en Taiwan
LA en Laos
HK en Hong Kong
GE en Georgia
CV en Cape Verde
TL en East Timor
IN en India
SA ru Саудовская Аравия|КСА
EG ru Египет
ME en Montenegro
XK en Kosovo
DO en Dominican Republic
PG en Papua New Guinea
"""

# Longer names that contain a country's name and mean something else. They are matched and then dropped.
BLOCKERS = """
en Northern Ireland|New Mexico|Gulf of Mexico|New Jersey|New England|South China Sea|East China Sea
en Latin America|South America|North America|Central America|Captain America|Bank of America|Air India
en East India|Mexico City|Kuwait City|Panama City|Guatemala City|Panama Canal|Panama Papers
en Michael Jordan|Jordan Peterson|Air France|Tour de France|Radio France|Atlanta, Georgia|Indiana|Korean
en Niger Delta|Turkey Point|New Holland|Great Britain News|Chad Smith|British America|Voice of America
en U.S. Steel|Little Italy|West Indies|Coca-Cola
ru Северная Ирландия|Нью-Мексико|Латинская Америка|Южная Америка|Северная Америка|Центральная Америка
ru Голос Америки|Мексиканский залив|Новая Голландия|Капитан Америка|Радио Франс|Эйр Франс|Эр Франс
ru Эр Индия|Вест-Индия|Ост-Индия
uk Північна Ірландія|Нью-Мексико|Латинська Америка|Південна Америка|Північна Америка|Центральна Америка|Голос Америки
uk Вест-Індія|Ост-Індія
be Паўночная Ірландыя|Лацінская Амерыка|Паўднёвая Амерыка|Паўночная Амерыка
bg Северна Ирландия|Ню Мексико|Латинска Америка|Южна Америка|Северна Америка|Централна Америка|Гласът на Америка
mk Северна Ирска|Латинска Америка|Јужна Америка|Северна Америка
sr Северна Ирска|Латинска Америка|Јужна Америка|Северна Америка|Глас Америке
sr_Latn Severna Irska|Latinska Amerika|Južna Amerika|Severna Amerika|Glas Amerike
hr Sjeverna Irska|Latinska Amerika|Južna Amerika|Sjeverna Amerika|Novi Meksiko|Glas Amerike
sl Severna Irska|Latinska Amerika|Južna Amerika|Severna Amerika|Nova Mehika|Glas Amerike
cs Severní Irsko|Latinská Amerika|Jižní Amerika|Severní Amerika|Nové Mexiko|Střední Amerika|Hlas Ameriky|Západní Indie
sk Severné Írsko|Latinská Amerika|Južná Amerika|Severná Amerika|Nové Mexiko|Stredná Amerika
pl Irlandia Północna|Ameryka Łacińska|Ameryka Południowa|Ameryka Północna|Nowy Meksyk|Ameryka Środkowa
pl Głos Ameryki|Indie Zachodnie|Zatoka Meksykańska
de Nordirland|Lateinamerika|Golf von Mexiko
fr Irlande du Nord|Amérique latine|Amérique du Sud|Amérique du Nord|Amérique centrale|Nouveau-Mexique
fr Golfe du Mexique|Air France|Tour de France|Radio France|Île-de-France|Stade de France|Île de France
es Irlanda del Norte|América Latina|América del Sur|América del Norte|América Central|Nuevo México
es Ciudad de México|Golfo de México|Copa América
it Irlanda del Nord|America Latina|America del Sud|America Meridionale|America del Nord|Nuovo Messico
it Città del Messico|Air France
pt Irlanda do Norte|América Latina|América do Sul|América do Norte|América Central|Novo México
pt Cidade do México|Copa América
ca Irlanda del Nord|Amèrica Llatina|Amèrica del Sud
ro Irlanda de Nord|America Latină|America de Sud|America de Nord
nl Noord-Ierland|Latijns-Amerika|Zuid-Amerika|Noord-Amerika
sv Nordirland|Latinamerika
tr Kuzey İrlanda|Latin Amerika|Güney Amerika|Kuzey Amerika
el Βόρεια Ιρλανδία|Λατινική Αμερική
zh 努尔苏丹|努爾蘇丹|巴布亚新几内亚|北爱尔兰|北愛爾蘭|新墨西哥|拉丁美洲|南美洲|北美洲|中美洲
ja 北アイルランド|ニューメキシコ|ラテンアメリカ|南アメリカ|北アメリカ|中央アメリカ
ar أيرلندا الشمالية|أمريكا اللاتينية|أميركا اللاتينية|أمريكا الجنوبية|أميركا الجنوبية|أمريكا الشمالية
fa ایرلند شمالی|آمریکای لاتین|آمریکای جنوبی
"""

# Names that are also common words or other names in their own language: only with capitals away from a sentence's
# start, or (no capitals in the script) not at all.
AMBIGUOUS = {
    "pl": frozenset({"mali", "stany"}),
    "cs": frozenset({"mali"}),
    "sk": frozenset({"mali"}),
    "hr": frozenset({"mali"}),
    "bs": frozenset({"mali"}),
    "sl": frozenset({"mali"}),
    "ru": frozenset({"mali", "shtaty"}),
    "nb": frozenset({"man"}),
    "nn": frozenset({"man"}),
    "no": frozenset({"man"}),
    "da": frozenset({"man"}),
    "tr": frozenset({"mali", "fas", "cad"}),
    "az": frozenset({"mali"}),
    "it": frozenset({"mali"}),
    "ar": frozenset({"مالي", "عمان", "بيرو", "توغو"}),
    "fa": frozenset({"مالي", "چاد"}),
    "he": frozenset({"מאלי", "פרו", "צאד"}),
    "vi": frozenset({"anh", "my", "nga", "duc", "phap", "y"}),
}
FIRST_NAMES = frozenset({"jordan", "chad", "georgia", "kuba", "dzhordan", "israel"})
"""Folded country names that are first names too: not before a capitalised word that is followed by a small one."""
