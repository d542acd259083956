# ruff: noqa: E501 - tables of forms
"""Forms of country names in the news of Slavic and other inflecting languages: code, language, forms between bars.

Written by hand from the declensions of each language; every form is one that its press prints.
"""

FORMS = """
US ru США|Соединённых Штатов|Соединенным Штатам|Соединёнными Штатами|Соединённых Штатах Америки|Америку|Америкой|Штатов
US uk США|Сполучених Штатів|Сполученим Штатам|Сполученими Штатами|Сполучених Штатах|Америку|Америці|Америкою
US pl USA|Stanów Zjednoczonych|Stanom Zjednoczonym|Stanami Zjednoczonymi|Stanach Zjednoczonych|Ameryce|Amerykę|Ameryką|Stanów
US cs USA|Spojených států|Spojeným státům|Spojenými státy|Spojených státech|Spojených států amerických|Ameriky|Ameriku|Americe
US sk USA|Spojených štátov|Spojeným štátom|Spojenými štátmi|Spojených štátoch|Spojených štátov amerických
US bg САЩ|Съединените щати|Съединени щати|Съединените американски щати|Америка
US sl ZDA|Združenih držav|Združenim državam|Združenimi državami|Združenih državah Amerike|Ameriki|Ameriko
US hr SAD|SAD-a|SAD-u|Sjedinjenih Američkih Država|Sjedinjenim Američkim Državama|Sjedinjenih Država|Americi|Ameriku|Amerike
US sr САД|САД-а|Сједињених Америчких Држава|Америци|Америку|Сједињеним Америчким Државама
GB ru Великобритании|Великобританию|Великобританией|Британии|Соединённого Королевства
GB uk Великої Британії|Великій Британії|Велику Британію|Великою Британією|Британії|Сполученого Королівства|Великобританії
GB pl Wielkiej Brytanii|Wielką Brytanię|Wielką Brytanią|Zjednoczonego Królestwa|Zjednoczonym Królestwie|Brytanii|UK
GB cs Velké Británie|Velké Británii|Velkou Británii|Velkou Británií|Británie|Británii|Británií|Spojeného království
GB sk Veľkej Británie|Veľkej Británii|Veľkú Britániu|Veľkou Britániou|Británie|Británii
GB bg Великобритания|Обединеното кралство|Британия
GB sl Velike Britanije|Veliki Britaniji|Veliko Britanijo|Združenega kraljestva|Združenem kraljestvu|Britanije
GB hr Velike Britanije|Velikoj Britaniji|Veliku Britaniju|Velikom Britanijom|Ujedinjenog Kraljevstva|Ujedinjenom Kraljevstvu|Britanije
GB sr Велике Британије|Великој Британији|Велику Британију|Британије|Уједињеног Краљевства
RU ru России|Россию|Россией|Россия|РФ|Российской Федерации
RU uk Росії|Росію|Росією|Росія|РФ|Російської Федерації
RU pl Rosji|Rosję|Rosją|Rosja|Federacji Rosyjskiej
RU cs Ruska|Rusku|Ruskem|Rusko|Ruské federace|Ruskou federací
RU sk Ruska|Rusku|Ruskom|Ruskej federácie
RU bg Русия|Руската федерация
RU sl Rusije|Rusiji|Rusijo|Ruske federacije
RU hr Rusije|Rusiji|Rusiju|Rusijom|Ruske Federacije
RU sr Русије|Русији|Русију|Русијом
RU mk Русија
DE ru Германии|Германию|Германией|ФРГ
DE uk Німеччини|Німеччині|Німеччину|Німеччиною|ФРН
DE pl Niemcy|Niemiec|Niemcom|Niemcami|Niemczech|RFN
DE cs Německa|Německu|Německem
DE sk Nemecka|Nemecku|Nemeckom
DE bg Германия
DE sl Nemčije|Nemčiji|Nemčijo
DE hr Njemačke|Njemačkoj|Njemačku|Njemačkom
DE sr Немачке|Немачкој|Немачку|Немачком
FR ru Франции|Францию|Францией
FR uk Франції|Францію|Францією
FR pl Francji|Francję|Francją
FR cs Francie|Francii|Francií
FR bg Франция
FR sl Francije|Franciji|Francijo
FR hr Francuske|Francuskoj|Francusku|Francuskom
PL ru Польши|Польше|Польшу|Польшей
PL uk Польщі|Польщу|Польщею|Польща
PL pl Polski|Polsce|Polskę|Polską|Rzeczypospolitej
PL cs Polska|Polsku|Polskem
PL sk Poľska|Poľsku|Poľskom
PL bg Полша
PL sl Poljske|Poljski|Poljsko|na Poljskem
PL hr Poljske|Poljskoj|Poljsku|Poljskom
CZ ru Чехии|Чехию|Чехией|Чешской Республики
CZ uk Чехії|Чехію|Чехією
CZ pl Czech|Czechom|Czechami|Czechach|Czechy|Republiki Czeskiej
CZ cs Česka|Česku|Českem|České republiky|České republice|Českou republiku|Českou republikou|ČR
CZ sk Česka|Česku|Českom|Českej republiky
CZ bg Чехия
CZ sl Češke|Češki|Češko|na Češkem
CZ hr Češke|Češkoj|Češku|Češkom
SK cs Slovenska|Slovensku|Slovenskem
SK pl Słowacji|Słowację|Słowacją
SK sl Slovaške|Slovaški|Slovaško|na Slovaškem
SK ru Словакии|Словакию
HU ru Венгрии|Венгрию|Венгрией
HU uk Угорщини|Угорщині|Угорщину|Угорщиною
HU pl Węgier|Węgrom|Węgrami|Węgrzech|Węgry
HU cs Maďarska|Maďarsku|Maďarskem
HU sl Madžarske|Madžarski|Madžarsko
HU hr Mađarske|Mađarskoj|Mađarsku
HU bg Унгария
UA ru Украины|Украине|Украину|Украиной
UA uk України|Україні|Україну|Україною|Україно
UA pl Ukrainy|Ukrainie|Ukrainę|Ukrainą
UA cs Ukrajiny|Ukrajině|Ukrajinu|Ukrajinou
UA sk Ukrajiny|Ukrajine|Ukrajinu|Ukrajinou
UA sl Ukrajine|Ukrajini|Ukrajino
UA hr Ukrajine|Ukrajini|Ukrajinu|Ukrajinom
UA bg Украйна
BY ru Беларуси|Беларусь|Беларусью|Белоруссии|Белоруссию
BY uk Білорусі|Білорусь|Білоруссю
BY pl Białorusi|Białoruś|Białorusią
BY cs Běloruska|Bělorusku|Běloruskem
BY sl Belorusije|Belorusiji
BY bg Беларус
IT ru Италии|Италию|Италией
IT pl Włoch|Włochom|Włochami|Włoszech|Włochy
IT cs Itálie|Itálii|Itálií
IT uk Італії|Італію
IT hr Italije|Italiji|Italiju
ES ru Испании|Испанию
ES pl Hiszpanii|Hiszpanię|Hiszpanią
ES cs Španělska|Španělsku|Španělskem
ES sl Španije|Španiji|Španijo
ES uk Іспанії|Іспанію
CN ru Китая|Китаю|Китаем|Китае|КНР
CN uk Китаю|Китаєм|Китаї|КНР
CN pl Chin|Chinom|Chinami|Chinach|Chiny
CN cs Číny|Číně|Čínu|Čínou
CN sl Kitajske|Kitajski|Kitajsko|na Kitajskem
CN hr Kine|Kini|Kinu|Kinom
CN bg Китай
PK ru Пакистана|Пакистану|Пакистаном|Пакистане
PK uk Пакистану|Пакистаном|Пакистані
PK pl Pakistanu|Pakistanowi|Pakistanem|Pakistanie
PK cs Pákistánu|Pákistánem|Pákistánu
PK sl Pakistana|Pakistanu|Pakistanom
PK hr Pakistana|Pakistanu|Pakistanom
PK bg Пакистан
IE ru Ирландии|Ирландию|Ирландией
IE uk Ірландії|Ірландію|Ірландією
IE pl Irlandii|Irlandię|Irlandią
IE cs Irska|Irsku|Irskem
IE sl Irske|Irski|Irsko|na Irskem
IE hr Irske|Irskoj|Irsku
IE bg Ирландия
NL ru Нидерландов|Нидерландам|Нидерландами|Нидерландах|Голландии
NL uk Нідерландів|Нідерландам|Нідерландами|Нідерландах
NL pl Holandii|Holandię|Holandią|Niderlandów
NL cs Nizozemska|Nizozemsku|Nizozemskem|Holandska
NL sl Nizozemske|Nizozemski|Nizozemsko
NL hr Nizozemske|Nizozemskoj
NL bg Нидерландия|Холандия
BE ru Бельгии|Бельгию
BE pl Belgii|Belgię|Belgią
BE cs Belgie|Belgii|Belgií
BE sl Belgije|Belgiji|Belgijo
AT ru Австрии|Австрию
AT pl Austrii|Austrię
AT cs Rakouska|Rakousku|Rakouskem
AT sl Avstrije|Avstriji|Avstrijo
AT hr Austrije|Austriji
AT uk Австрії|Австрію
CH ru Швейцарии|Швейцарию
CH pl Szwajcarii|Szwajcarię
CH cs Švýcarska|Švýcarsku|Švýcarskem
CH sl Švice|Švici|Švico
DK ru Дании|Данию
DK pl Danii|Danię
DK cs Dánska|Dánsku|Dánskem
DK sl Danske|Danski|Dansko
SE ru Швеции|Швецию
SE pl Szwecji|Szwecję
SE cs Švédska|Švédsku
NO ru Норвегии|Норвегию
NO pl Norwegii|Norwegię
NO cs Norska|Norsku|Norskem
FI ru Финляндии|Финляндию
FI pl Finlandii|Finlandię
FI cs Finska|Finsku|Finskem
GR ru Греции|Грецию
GR pl Grecji|Grecję|Grecją
GR cs Řecka|Řecku|Řeckem
GR sl Grčije|Grčiji|Grčijo
GR uk Греції|Грецію
TR ru Турции|Турцию|Турцией
TR uk Туреччини|Туреччині|Туреччину|Туреччиною
TR pl Turcji|Turcję|Turcją
TR cs Turecka|Turecku|Tureckem
TR sl Turčije|Turčiji|Turčijo
TR hr Turske|Turskoj|Tursku
TR bg Турция
MX pl Meksyku|Meksykowi|Meksykiem
MX cs Mexika|Mexiku|Mexikem
MX sl Mehike|Mehiki|Mehiko
MX hr Meksika|Meksiku|Meksikom
MX ru Мексики|Мексике|Мексику|Мексикой
MX uk Мексики|Мексиці|Мексику
IN pl Indii|Indiom|Indiami|Indiach|Indie
IN cs Indie|Indii|Indií
IN ru Индии|Индию
IN sl Indije|Indiji|Indijo
IR pl Iranu|Iranem|Iranie
IR ru Ирана|Ирану|Ираном|Иране
IR cs Íránu|Íránem
IR uk Ірану|Іраном|Ірані
IL ru Израиля|Израилю|Израилем|Израиле
IL pl Izraela|Izraelowi|Izraelem|Izraelu
IL cs Izraele|Izraeli|Izraelem
IL sl Izraela|Izraelu|Izraelom
IL uk Ізраїлю|Ізраїлем|Ізраїлі
JP ru Японии|Японию
JP pl Japonii|Japonię
JP cs Japonska|Japonsku|Japonskem
JP sl Japonske|Japonski|Japonsko
CA ru Канады|Канаде|Канаду|Канадой
CA pl Kanady|Kanadzie|Kanadę|Kanadą
CA cs Kanady|Kanadě|Kanadu|Kanadou
CA sl Kanade|Kanadi|Kanado
CA hr Kanade|Kanadi|Kanadu
BR pl Brazylii|Brazylię
BR cs Brazílie|Brazílii
BR ru Бразилии|Бразилию
AU ru Австралии|Австралию
AU pl Australii|Australię
SA pl Arabii Saudyjskiej|Arabię Saudyjską|Arabią Saudyjską
SA cs Saúdské Arábie|Saúdské Arábii|Saúdskou Arábií
SA ru Саудовской Аравии|Саудовскую Аравию
SA uk Саудівської Аравії|Саудівську Аравію
AE pl Zjednoczonych Emiratach Arabskich|ZEA
AE cs Spojených arabských emirátech|Spojených arabských emirátů
AE ru Объединённых Арабских Эмиратов|Арабских Эмиратах|ОАЭ
LT pl Litwy|Litwie|Litwę|Litwą
LT cs Litvy|Litvě|Litvu|Litvou
LT ru Литвы|Литве|Литву|Литвой
LV pl Łotwy|Łotwie|Łotwę
LV ru Латвии|Латвию
LV cs Lotyšska|Lotyšsku
EE ru Эстонии|Эстонию
EE cs Estonska|Estonsku
HR cs Chorvatska|Chorvatsku|Chorvatskem
HR sl Hrvaške|Hrvaški|Hrvaško|na Hrvaškem
HR hr Hrvatske|Hrvatskoj|Hrvatsku|Hrvatskom
HR pl Chorwacji|Chorwację
HR ru Хорватии|Хорватию
SI hr Slovenije|Sloveniji|Sloveniju|Slovenijom
SI sl Slovenije|Sloveniji|Slovenijo
SI cs Slovinska|Slovinsku|Slovinskem
SI pl Słowenii|Słowenię
SI ru Словении|Словению
RS ru Сербии|Сербию
RS hr Srbije|Srbiji|Srbiju|Srbijom
RS cs Srbska|Srbsku|Srbskem
RO ru Румынии|Румынию
RO cs Rumunska|Rumunsku
RO pl Rumunii|Rumunię
BG ru Болгарии|Болгарию
BG cs Bulharska|Bulharsku
BG pl Bułgarii|Bułgarię
CY pl Cypru|Cyprze|Cyprem
CY sl Cipra|Cipru
CY hr Cipra|Cipru
CY cs Kypru|Kyprem
EG pl Egiptu|Egipcie|Egiptem
EG sl Egipta|Egiptu
EG hr Egipta|Egiptu
EG cs Egypta|Egyptě|Egyptu
EG ru Египта|Египту|Египтом|Египте
SY ru Сирии|Сирию
SY cs Sýrie|Sýrii|Sýrií
SY pl Syrii|Syrię
SY sl Sirije|Siriji|Sirijo
KP ru Северной Кореи|Северную Корею|КНДР
KP pl Korei Północnej|Koreę Północną|Koreą Północną
KP cs Severní Koreje|Severní Koreji|Severní Koreou|KLDR
KP sl Severne Koreje|Severni Koreji|Severno Korejo
KZ ru Казахстана|Казахстану|Казахстаном|Казахстане
KZ pl Kazachstanu|Kazachstanem|Kazachstanie
KZ cs Kazachstánu|Kazachstánem
KZ sl Kazahstana|Kazahstanu|Kazahstanom
KZ lt Kazachstano|Kazachstane|Kazachstanui|Kazachstaną
KZ lv Kazahstānas|Kazahstānā|Kazahstānu
KZ et Kasahstanis|Kasahstanist|Kasahstani|Kasahstaniga
KZ fi Kazakstanin|Kazakstanissa|Kazakstaniin|Kazakstanista|Kazakstania
KZ hu Kazahsztánban|Kazahsztánból|Kazahsztánnak|Kazahsztánnal|Kazahsztánt|Kazahsztánba
KZ tr Kazakistan'da|Kazakistan'ın|Kazakistan’dan|Kazakistan’a
KZ az Qazaxıstanda|Qazaxıstanın|Qazaxıstana|Qazaxıstandan
KZ kk Қазақстанда|Қазақстанның|Қазақстанға|Қазақстаннан|Қазақстанды|Қазақстандағы
KZ ky Казакстанда|Казакстандын|Казакстанга|Казакстандан
KZ uz Qozog‘istonda|Qozog'istonning|Qozogʻistonga|Қозоғистонда
KZ ka ყაზახეთში|ყაზახეთის|ყაზახეთმა|ყაზახეთთან
KZ hy Ղազախստանի|Ղազախստանում|Ղազախստանից
KZ el Καζακστάν|Καζακστάν
KZ sq Kazakistanit|Kazakistanin|Kazakistani
KZ ro Kazahstanului|Kazahstanul
KZ ar لكازاخستان|وكازاخستان|بكازاخستان
KZ he בקזחסטן|לקזחסטן|מקזחסטן|וקזחסטן
KZ fa قزاقستان
KZ ko 카자흐스탄에서|카자흐스탄의|카자흐스탄은
KZ be Казахстана|Казахстане|Казахстанам
KZ mn Казахстаны|Казахстанд
KZ bn কাজাখস্তানের|কাজাখস্তানে
KZ ta கஜகஸ்தானில்|கஜகஸ்தானின்
KZ th ในคาซัคสถานเมื่อวาน
KZ eu Kazakhstanen|Kazakhstango
TR fi Turkin|Turkissa|Turkkiin|Turkkia
US fi Yhdysvaltojen|Yhdysvalloissa|Yhdysvaltoihin|Yhdysvaltain
US hu Egyesült Államokban|Egyesült Államok|Egyesült Államokkal|Amerikai Egyesült Államokba
US lt Jungtinių Valstijų|Jungtinėse Valstijose|JAV
US lv Amerikas Savienotajām Valstīm|ASV|Amerikas Savienotajās Valstīs
DE hu Németországban|Németország|Németországgal
DE fi Saksan|Saksassa|Saksaan
DE et Saksamaal|Saksamaale|Saksamaa
DE lt Vokietijos|Vokietijoje|Vokietiją
DE el Γερμανία|Γερμανίας
US el Ηνωμένων Πολιτειών|Ηνωμένες Πολιτείες|ΗΠΑ
CA el Καναδά|Καναδάς
"""
