# -- хабарламалар
alert-withdrawn = Дереккөз қайтарып алды
alert-changed = Жаңа: { $what }
alert-published = жарияланды { $at }
alert-seen = байқалды { $at }
alert-sent = жіберілді { $at }
alert-also = тағы: { $names }
alert-languages = { $count ->
    [one] { $count } тіл
   *[other] { $count } тіл
}
alert-span = алғашқысы { $first }, соңғысы { $latest }
alert-origin = { $outlets ->
    [one] { $outlets } басылым, 1 түпнұсқа: { $origin }
   *[other] { $outlets } басылым, 1 түпнұсқа: { $origin }
}
material-killed = қаза тапқандар
material-injured = жараланғандар
material-detained = ұсталғандар
material-charged = айыпталғандар
material-evacuated = көшірілгендер
material-now-normal-priority = енді маңызды
material-correction = түзету
material-withdrawn = қайтарып алынды
material-now-high-priority = енді шұғыл
button-mute = 🔕 Тақырыпты
button-mute-source = 🔇 Дереккөзді
button-irrelevant = 👎 Қатысы жоқ
button-more = ➕ Толығырақ

# -- шолулар
digest-title = { $count ->
    [one] Шолу: { $count } оқиға
   *[other] Шолу: { $count } оқиға
}
digest-stale = { $count ->
    [one] Кешіккен: Telegram қолжетімсіз кездегі { $count } оқиға
   *[other] Кешіккен: Telegram қолжетімсіз кездегі { $count } оқиға
}
digest-quota = { $count ->
    [one] Бұл чаттың сағаттық шегінен тыс: { $count } оқиға
   *[other] Бұл чаттың сағаттық шегінен тыс: { $count } оқиға
}
rolling-title = { $count ->
    [one] { $title }: тағы { $count } оқиға (басталуы { $at })
   *[other] { $title }: тағы { $count } оқиға (басталуы { $at })
}
rolling-foot = Қазір жаңалық көп. Жағдай: { $at }; шұғыл және алғашқы хабарлар бөлек келеді.
digest-outlets = { $count ->
    [one] { $count } басылым
   *[other] { $count } басылым
}
digest-notices = watchbot хабарлары

# -- командалар
cmd-topics = тақырып таңдау
cmd-settings = қашан және қалай хабарлау
cmd-latest = соңғы жаңалықтар
cmd-search = оқылғаннан іздеу
cmd-trend = аталу саны, сурет түрінде
cmd-why = неге хабарланды не хабарланбады
cmd-status = бәрі дұрыс па?
cmd-channel = өз арнаңызды жазу
cmd-language = бот тілі
cmd-timezone = уақыт белдеуі
cmd-mutes = өшірілген дереккөздер
cmd-help = не істей аламын
cmd-stop = бәрін тоқтата тұру
cmd-export = деректеріңіз файлмен
cmd-forget = деректеріңізді жою
cmd-admin = ботты басқару
cmd-feedback = ережелердің дәлдігі
cmd-addfeed = таспа қосу
cmd-reload = ережелер мен таспаларды қайта оқу
cmd-backup = дерекқордың көшірмесі

# -- алғашқы қадамдар
start =
    Сәлем, { $name }! Мен watchbot боламын.
    Мен көп тілдегі жаңалық таспаларын оқимын және сіз таңдаған тақырыпта бірдеңе болса, бірнеше секундта бір рет хабарлаймын – ол туралы жазған барлық басылыммен.

    Тақырыптарды таңдаңыз:
topics =
    Тақырыптар
    { $count ->
        [0] Мұнда әлі жазылым жоқ.
        [one] Мұнда { $count } жазылым бар.
       *[other] Мұнда { $count } жазылым бар.
    } Өзгерту үшін басыңыз:
topics-none = Тақырып әлі жоқ: алдымен оператор ереже жазуы керек.
topic-silence = Үнсіз қалған арналар
topic-rate = күніне { $count }
topic-unknown =
    «{ $name }» тақырыбын білмеймін.
    Мүмкін, осылардың бірі ме? Барлығы: /topics
topic-gone = Бұл тақырып енді жоқ.
subscribed = ✅ Жазылдыңыз: { $title }
unsubscribed = Жазылым тоқтатылды: { $title }
not-subscribed = Мұнда мұндай жазылым жоқ: { $name }
quota = Бұл чатта { $count } тақырып бар, одан көп болмайды.
language =
    Тіл
    Мұнда қай тілде сөйлейін? Жаңалықтар өз тілінде келеді.
language-set = Енді қазақша сөйлеймін.
help-head = Не істей аламын
help-operator = /admin — ботты басқару
button-unmute = қосу
button-back = артқа
button-cancel = Бас тарту
yes = иә
no = жоқ
never = әлі болған жоқ

# -- баптаулар
settings-chat = Осы чаттың баптаулары
settings-topic = «{ $title }» тақырыбының баптаулары
set-mode = Қашан
set-quiet = Тыныш уақыт
set-prio = Маңыздылық
set-langs = Тілдер
set-silent = Дыбыссыз
set-summary = Қысқаша мазмұн
set-photo = Сурет
set-break = Шұғыл хабар тынышта да
set-bursts = Толқынды жинақтау
set-rate = Сағатына хабар
set-zone = Уақыт белдеуі
set-topic = Жеке тақырып …
set-mutes = 🔇 Өшірілген дереккөздер
set-inherit = чаттағыдай
mode-now = бірден
mode-hourly = сағат сайын шолу
mode-daily-at = күн сайын { $times } шолу
rate-count = сағатына { $count }
rate-usual = әдеттегідей
rate-any = шексіз
rate-quota = ең көбі { $count } (оператор белгілеген)
rate-free = өз шегі жоқ
quiet-none = жоқ
quiet-hours = { $start } – { $end }
quiet-span = { $start } – { $end }, шұғыл хабар келеді
quiet-span-strict = { $start } – { $end }, ешбір ерекшеліксіз
prio-low = бәрі
prio-normal = маңызды және шұғыл
prio-high = тек шұғыл
langs-all = барлық тіл
pick-mode =
    Қашан хабарлайын?
    Шолу оқиғаларды тақырып бойынша жинайды; көп жазылғаны бірінші.
pick-quiet =
    Тыныш уақыт
    Осы уақытта келгені таңертең шолуда болады.
pick-prio =
    Қандай маңыздылықтан бастап?
    🔴 шұғыл · 🔵 маңызды · ⚪ қалғаны
pick-langs =
    Қай тілдердегі жаңалықтар?
    Қосу не өшіру үшін басыңыз.
pick-rate =
    Сағатына ең көбі қанша хабар?
    Одан артығы сағат басында бір шолу болып келеді. Шұғыл хабарлар әрқашан келеді.
pick-zone =
    Уақыт белдеуі
    Хабарлардағы, шолулардағы және тыныш уақыттағы сағат үшін. Басқасы: /timezone Asia/Almaty
pick-topic =
    Бір тақырыптың баптаулары
    Олар чат баптауларынан басым.
zone-unknown = Мұндай белдеуді білмеймін. Қаланы жазып көріңіз: /timezone Almaty
zone-set = Уақыт белдеуі { $zone }: онда қазір { $time }.
mutes =
    Өшірілген дереккөздер
    Қайта есту үшін басыңыз.
mutes-none = Өшірілген дереккөз жоқ.
source-unmuted = { $source } қайта естіледі.

# -- хабардың астында
mute-1h = 1 сағ
mute-today = бүгін
mute-ever = мүлдем
muted-until = { $title }: { $at } дейін тыныш.
muted-ever = { $title }: жазылым тоқтатылды.
source-muted = { $source } мұнда өшірілді. Қайтару: /mutes
thanks-irrelevant = Рақмет. Бұл ережені жақсартуға көмектеседі.
alert-unknown = Бұл хабарды мұнда жіберген жоқпын немесе енді білмеймін.
more-head = толығырақ
more-why = Неге сәйкес келді
more-no-evidence = Жеке сөз емес: ереже басқаны сұрайды (дереккөз, тіл, болмауы).
more-others = { $count ->
    [one] Тағы { $count } жарияланым
   *[other] Тағы { $count } жарияланым
}
more-form = { $entity }: «{ $form }» ({ $field })
field-title = тақырып аты
field-summary = қысқаша мазмұн
field-body = мәтін

# -- оқу
latest-all = Соңғысы
latest-head = Соңғысы: { $title }
latest-none = Әзірге ештеңе жоқ. Таспа бірдеңе хабарласа, осында шығады.
search-usage =
    Іздеу
    /search сөздер – мысалы, /search Мәсімов опасыздық
search-head = «{ $words }» бойынша табылды
search-none = «{ $words }» бойынша ештеңе табылмады.
search-old = Бұл іздеу ескірді. Қайта іздеңіз.
trend-title = Аталу саны
trend-24h = 24 сағат
trend-7d = 7 күн
trend-30d = 30 күн
trend-caption = { $names }: { $total ->
    [one] { $total } рет аталды
   *[other] { $total } рет аталды
}
trend-none = Бұл уақытта аталған жоқ.
trend-unknown =
    Мұны білмеймін.
    Белгілілері: { $names }
spike = 📈 { $name }: бір сағатта { $count }, әдетте { $usual }
explain-none = Ештеңе сәйкес келмейді.
why-usage =
    Неге?
    /why және сілтеме, хабар нөмірі (#1042) не кез келген мәтін.
why-none = Мұны көрген жоқпын.
why-outcome = Нәтиже: { $outcome }
why-rules = Ережелер: { $rules }
why-because = Оқиға: { $because }
why-sent = Хабар #{ $number }: жіберілді: { $sent }, күтуде: { $waiting }
outcome-alert = хабар
outcome-update = оқиғадағы жаңалық
outcome-duplicate = қайталама
outcome-no-match = ешбір ереже сәйкес келмеді
outcome-baseline = таспа алғаш оқылғанда ескі болған
outcome-quarantined = карантинде: таспа бәрін бірден жаңартты
outcome-embargoed = эмбаргода
status-head = Күйі
status-feeds = Таспалар
status-feeds-value = { $sick ->
    [0] { $count }, бәрі дұрыс
   *[other] { $count }, ақауы бары: { $sick }
}
status-poll = Соңғы оқу
status-in-flight = Жіберілуде
status-topics = Мұндағы тақырыптар

# -- арналар
channel-private = Мұны жеке чатта сұраңыз: /channel @name
channel-usage =
    Арнаны жазу
    1. Мені жариялау құқығы бар арна әкімшісі етіңіз.
    2. Осында жазыңыз: /channel @name – немесе нөмірін (-100…).
channel-unreachable = Бұл арнаны көрмей тұрмын. Мен онда әкімшімін бе?
channel-not-admin = Екеуміз де арнаның әкімшісі болуымыз керек.
channel-topics =
    «{ $title }» арнасы
    Онда жариялайтын тақырыптарды таңдаңыз:

# -- қолжетім
stranger-allowlist =
    Бұл жеке бот.
    Нөміріңіз: { $id }. Оны операторға жіберіңіз, ол тізімге қосады (telegram.allow).
stranger-invite =
    Бұл бот шақырумен ғана.
    Нөміріңіз: { $id }. Оператордан сілтеме сұраңыз.
stranger-ask =
    Бұл жеке бот.
    Нөміріңіз: { $id }. Оператордан рұқсат сұрауға болады.
stranger-waiting =
    Сіз рұқсат сұрадыңыз.
    Нөміріңіз: { $id }. Оператор шешкен бойда хабарлаймын.
stranger-group = Бұл чаттың нөмірі: { $id }. Алдымен оператор рұқсат беруі керек.
stranger-button = Сізде рұқсат жоқ. Нөміріңіз: { $id }.
button-ask = ✋ Рұқсат сұрау
access-granted =
    Қош келдіңіз!
    Енді ботты пайдалана аласыз: /topics
access-denied = Сұрауыңыз қабылданбады.
access-revoked = Оператор мұнда ботқа кіруді жапты.
invite-bad = Бұл шақыру пайдаланылған немесе ескірген.
operator-only = Мұны тек оператор істей алады.
operator-private = Мұны менімен жеке чатта істеңіз.
group-admins-only = Мұны тек топ әкімшілері өзгерте алады.
button-unknown = Бұл түйме енді жұмыс істемейді.
flood = Тым жиі. Бірнеше секунд күтіңіз.
try-later = Қазір болмады. Бір минуттан кейін қайталаңыз.
id = Сіз: { $user } · чат: { $chat } · форум тақырыбы: { $thread }

# -- өз деректері
stop-ask =
    Бәрін тоқтата тұрайын ба?
    Тақырыптар мен баптаулар сақталады. /start жалғастырады.
button-stop = Тоқтата тұру
stopped = Тоқтатылды. /start жалғастырады.
forget-ask =
    Осы чаттың барлық дерегін жояйын ба?
    Тақырыптар, баптаулар, өшірілгендер және пікірлер. Қайтару мүмкін емес.
button-forget = 🗑 Жою
forgotten = Осы чаттың барлық дерегі жойылды. /start қайта бастайды.
cancelled = Ештеңе өзгерген жоқ.
export-caption = Осы чат туралы сақтағанымның бәрі.

# -- басқару
admin =
    Ботты басқару
    Не көрсетейін?
admin-requests = 🙋 Сұраулар
admin-invite = 🎟 Шақыру
admin-feeds = 📰 Таспалар
admin-dead = 📮 Жеткізілмеген
admin-chats = 👥 Жазылушылар
admin-feedback = 🎯 Дәлдік
admin-reload = 🔄 Қайта оқу
admin-backup = 💾 Көшірме
requests-none = Ешкім күтіп тұрған жоқ.
request-new = Біреу рұқсат сұрайды
request-gone = Бұл шешіліп қойған.
request-granted = { $name }: рұқсат берілді.
request-denied = { $name }: рұқсат берілмеді.
button-deny = бас тарту
feeds-head = Таспалар: { $count }, ақауы бары: { $sick }
feed-paused = тоқтатылған
feed-paused-by = тоқтатқан: { $name }
feed-new = әлі оқылмаған
feed-state = Күйі
feed-last = Соңғы сәтті оқу
feed-next = Келесі әрекет
feed-gap = Олқылық болуы мүмкін
feed-retried = Қазір оқылады.
feed-gone = Бұл таспа енді жоқ.
button-pause = ⏸ Тоқтату
button-resume = ▶️ Жалғастыру
button-retry = 🔁 Қазір
dead-none = Бәрі жеткізілді.
dead-retried = Қайта кезекте.
dead-dropped = Тасталды.
chats-head = Жазылушылар: { $count }
chats-topics = { $count ->
    [one] { $count } тақырып
   *[other] { $count } тақырып
}
chat-access = Кіру рұқсаты
chat-access-none = жоқ
chat-access-requested = сұралды
chat-access-granted = берілді
chat-access-denied = қабылданбады
chat-access-revoked = қайтарып алынды
chat-access-admin = оператор
chat-state-blocked = ботты бұғаттады
chat-state-kicked = ботты шығарды
chat-state-stopped = өзі тоқтатты
chat-state-deactivated = аккаунт жойылған
chat-state-chat-not-found = табылмады
chat-state-no-rights = бот онда жаза алмайды
chat-topics = Тақырыптар
chat-told = Соңғы 24 сағаттағы хабарлар
button-revoke = 🚫 Рұқсатты қайтарып алу
button-restore = ✅ Рұқсатты қайта беру
chat-revoked = { $name } енді рұқсатсыз.
chat-restored = { $name } қайтадан рұқсат алды.
chat-gone = Бұл чат енді белгісіз.
invite-text = Бір адамға, { $at } дейін. Тек қазір көрсетіледі.
feedback-head = Ережелердің дәлдігі
feedback-none = Пікір әлі жоқ.
feedback-line = { $title }: { $percent } %, { $count } × қатысы жоқ
proposal-wait = Түзетулерді ескі жаңалықтарда сынап жатырмын …
proposal-none = Артығын алып, қалғанын сақтайтын түзету таппадым.
proposal-text = rules.yaml файлының бұл түзетуі ескі жаңалықтарда сыналды:
proposal-effect = Қатысы жоқ { $badall } хабардан { $bad }, басқа { $goodall } хабардан { $good } алынады.
addfeed-usage =
    Таспа қосу
    /addfeed және таспаның немесе ол көрсетілген беттің мекенжайы.
operation-none = Мұнда бұл жоқ.
backup-written = Сақтық көшірме жазылды: { $path }
feed-added = { $count ->
    [one] Қосылды: { $name }, { $count } жазба
   *[other] Қосылды: { $name }, { $count } жазба
}
feed-listed = Тізімде бұрыннан бар: { $url }
feed-none = Таспа табылмады: { $url }

# -- notices
notice-quiet =
    { $name } күдікті түрде үнсіз
    { $since } уақытынан бері жаңа ештеңе жоқ, ал шамамен { $expected } жазба күтілген еді.
notice-dark-all =
    Таспалардың барлығы дерлік жауап бермейді
    { $of } дереккөздің { $count } өшті: өз байланысымыз үзілген жоқ па?
notice-dark-country =
    { $country }: { $of } дереккөздің { $count } бір мезгілде үнсіз қалды
    { $names }
notice-dark-tag =
    «{ $name }»: { $of } дереккөздің { $count } бір мезгілде үнсіз қалды
    { $names }
notice-renewed-ids =
    { $feed } барлық жазбасын жаңа нөмірмен жаңартты
    Сәйкес келіп, жіберілмеген жазбалар: { $count }.
notice-renewed-old =
    { $feed } ескі жазбалардың тұтас бетін көрсетіп тұр
    Сәйкес келіп, жіберілмеген жазбалар: { $count }.
notice-renewed-date =
    { $feed } барлық жазбаға жаңа нөмір мен бір күн берді
    Сәйкес келіп, жіберілмеген жазбалар: { $count }.
notice-feed-gone =
    { $feed } енді сұралмайды
    { $reason }
notice-backup-failed =
    Түнгі сақтық көшірме жасалмады
    { $error }
notice-room =
    Диск толуға жақын
    Бос орын { $free } МБ, дерекқор { $size } МБ. Орын босатыңыз немесе storage.keep мәнін азайтыңыз
reload-rules = { $count ->
    [one] rules.yaml: { $count } ереже күшінде
   *[other] rules.yaml: { $count } ереже күшінде
}
reload-feeds = feeds.yaml: { $count } таспа (+{ $added } / −{ $gone })
reload-nothing = Ештеңе өзгерген жоқ.
reload-same = Соңғы { $days } күнде олар дәл соны хабарлар еді ({ $items } жазба).
reload-differs = Соңғы { $days } күнде олар +{ $gained } / −{ $lost } хабар берер еді ({ $items } жазба):
reload-uncompared = Бұрынғысымен салыстыру мүмкін болмады: { $error }
reload-refused-rules =
    rules.yaml файлында қате бар
    Соңғы дұрыс ережелер күшінде қалады:
reload-refused-feeds =
    feeds.yaml файлында қате бар
    Соңғы дұрыс таспалар күшінде қалады:
reload-empty = { $path }: бірде-бір ереже жоқ.
and-more = … тағы { $count }
