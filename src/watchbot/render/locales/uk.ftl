# -- повідомлення
alert-withdrawn = Відкликано джерелом
alert-changed = Нове: { $what }
alert-published = опубліковано { $at }
alert-seen = помічено { $at }
alert-sent = надіслано { $at }
alert-also = також: { $names }
alert-languages = { $count ->
    [one] { $count } мова
    [few] { $count } мови
   *[other] { $count } мов
}
alert-span = перше { $first }, останнє { $latest }
alert-origin = { $outlets ->
    [one] { $outlets } видання, 1 першоджерело: { $origin }
    [few] { $outlets } видання, 1 першоджерело: { $origin }
   *[other] { $outlets } видань, 1 першоджерело: { $origin }
}
material-killed = загиблі
material-injured = поранені
material-detained = затримані
material-charged = обвинувачені
material-evacuated = евакуйовані
material-now-normal-priority = тепер важливо
material-correction = виправлення
material-withdrawn = відкликано
material-now-high-priority = тепер терміново
button-mute = 🔕 Тему
button-mute-source = 🔇 Джерело
button-irrelevant = 👎 Не за темою
button-more = ➕ Ще

# -- зведення
digest-title = { $count ->
    [one] Зведення: { $count } подія
    [few] Зведення: { $count } події
   *[other] Зведення: { $count } подій
}
digest-stale = { $count ->
    [one] Із запізненням: { $count } подія за час, коли Telegram був недоступний
    [few] Із запізненням: { $count } події за час, коли Telegram був недоступний
   *[other] Із запізненням: { $count } подій за час, коли Telegram був недоступний
}
digest-quota = { $count ->
    [one] Більше, ніж цей чат отримує за годину: { $count } подія
    [few] Більше, ніж цей чат отримує за годину: { $count } події
   *[other] Більше, ніж цей чат отримує за годину: { $count } подій
}
rolling-title = { $count ->
    [one] { $title }: з { $at } ще { $count } подія
    [few] { $title }: з { $at } ще { $count } події
   *[other] { $title }: з { $at } ще { $count } подій
}
rolling-foot = Зараз багато новин одразу. На { $at }; термінове та перші повідомлення надходять окремо.
digest-outlets = { $count ->
    [one] { $count } видання
    [few] { $count } видання
   *[other] { $count } видань
}
digest-notices = Від watchbot

# -- команди
cmd-topics = обрати теми
cmd-settings = коли і як повідомляти
cmd-latest = останні новини
cmd-search = пошук у прочитаному
cmd-trend = згадки на графіку
cmd-why = чому повідомив або ні
cmd-status = чи все гаразд?
cmd-channel = підписати свій канал
cmd-language = мова бота
cmd-timezone = часовий пояс
cmd-mutes = заглушені джерела
cmd-help = що я вмію
cmd-stop = призупинити все
cmd-export = ваші дані файлом
cmd-forget = видалити ваші дані
cmd-admin = керування ботом
cmd-feedback = точність правил
cmd-addfeed = додати стрічку
cmd-reload = перечитати правила і стрічки
cmd-backup = резервна копія бази

# -- перші кроки
start =
    Вітаю, { $name }! Я watchbot.
    Я читаю стрічки новин багатьма мовами й за секунди повідомляю один раз, коли в обраній вами темі щось відбувається, – з усіма виданнями, що про це пишуть.

    Оберіть теми:
topics =
    Теми
    { $count ->
        [0] Тут ще немає підписок.
        [one] Тут { $count } підписка.
        [few] Тут { $count } підписки.
       *[other] Тут { $count } підписок.
    } Натисніть, щоб змінити:
topics-none = Тем ще немає: спершу оператор має написати правила.
topic-silence = Стрічки, що замовкли
topic-rate = { $count } на день
topic-unknown =
    Я не знаю теми «{ $name }».
    Можливо, одна з цих? Усі теми: /topics
topic-gone = Цієї теми більше немає.
subscribed = ✅ Підписка: { $title }
unsubscribed = Підписку скасовано: { $title }
not-subscribed = Тут немає такої підписки: { $name }
quota = У цьому чаті вже { $count } тем, більше не можна.
language =
    Мова
    Якою мовою мені тут говорити? Новини надходять своєю.
language-set = Тепер я говорю українською.
help-head = Що я вмію
help-operator = /admin — керування ботом
button-unmute = увімкнути
button-back = назад
button-cancel = Скасувати
yes = так
no = ні
never = ще жодного разу

# -- налаштування
settings-chat = Налаштування цього чату
settings-topic = Налаштування теми «{ $title }»
set-mode = Коли
set-quiet = Тихі години
set-prio = Важливість
set-langs = Мови
set-silent = Без звуку
set-summary = Стислий зміст
set-photo = Фото
set-break = Термінове і в тиші
set-bursts = Згортати сплески
set-rate = Повідомлень на годину
set-zone = Часовий пояс
set-topic = Окрема тема …
set-mutes = 🔇 Заглушені джерела
set-inherit = як у чаті
mode-now = одразу
mode-hourly = зведення щогодини
mode-daily-at = зведення щодня о { $times }
rate-count = { $count } на годину
rate-usual = як зазвичай
rate-any = без обмеження
rate-quota = не більше { $count } (встановив оператор)
rate-free = без власного обмеження
quiet-none = немає
quiet-hours = з { $start } до { $end }
quiet-span = з { $start } до { $end }, термінове надходить
quiet-span-strict = з { $start } до { $end }, без винятків
prio-low = усе
prio-normal = важливе й термінове
prio-high = лише термінове
langs-all = усі мови
pick-mode =
    Коли повідомляти?
    Зведення збирає події за темами; спершу ті, про які пишуть найбільше.
pick-quiet =
    Тихі години
    Що надійде за цей час, буде вранці у зведенні.
pick-prio =
    Починаючи з якої важливості?
    🔴 термінове · 🔵 важливе · ⚪ решта
pick-langs =
    Новини якими мовами?
    Натисніть, щоб увімкнути чи вимкнути.
pick-rate =
    Скільки повідомлень на годину, не більше?
    Решта надійде одним зведенням на початку години. Термінове надходить завжди.
pick-zone =
    Часовий пояс
    Для часу в повідомленнях, зведеннях і тихих годинах. Інший: /timezone Asia/Almaty
pick-topic =
    Налаштування теми
    Вони мають перевагу над налаштуваннями чату.
zone-unknown = Я не знаю такого поясу. Спробуйте місто: /timezone Kyiv
zone-set = Часовий пояс { $zone }: там зараз { $time }.
mutes =
    Заглушені джерела
    Натисніть, щоб знову чути.
mutes-none = Заглушених джерел немає.
source-unmuted = { $source } знову чути.

# -- під повідомленням
mute-1h = 1 год
mute-today = сьогодні
mute-ever = назавжди
muted-until = { $title }: тиша до { $at }.
muted-ever = { $title }: підписку скасовано.
source-muted = { $source } тут заглушено. Повернути: /mutes
thanks-irrelevant = Дякую. Це допоможе поліпшити правило.
alert-unknown = Цього повідомлення я сюди не надсилав або вже не пам’ятаю.
more-head = докладно
more-why = Чому підійшло
more-no-evidence = Не окреме слово: правило питає про інше (джерело, мова, відсутність).
more-others = { $count ->
    [one] Ще { $count } публікація
    [few] Ще { $count } публікації
   *[other] Ще { $count } публікацій
}
more-form = { $entity }: «{ $form }» ({ $field })
field-title = заголовок
field-summary = стислий зміст
field-body = текст

# -- читання
latest-all = Останнє
latest-head = Останнє: { $title }
latest-none = Поки нічого. Щойно стрічка щось повідомить, воно з’явиться тут.
search-usage =
    Пошук
    /search слова – наприклад, /search Масімов зрада
search-head = Знайдено за запитом «{ $words }»
search-none = За запитом «{ $words }» нічого не знайдено.
search-old = Цей пошук застарів. Повторіть його, будь ласка.
trend-title = Згадки
trend-24h = 24 години
trend-7d = 7 днів
trend-30d = 30 днів
trend-caption = { $names }: { $total ->
    [one] { $total } згадка
    [few] { $total } згадки
   *[other] { $total } згадок
}
trend-none = За цей час згадок немає.
trend-unknown =
    Я цього не знаю.
    Відомі: { $names }
spike = 📈 { $name }: { $count } за годину, зазвичай { $usual }
explain-none = Нічого не підходить.
why-usage =
    Чому?
    /why з посиланням, номером повідомлення (#1042) або будь-яким текстом.
why-none = Цього я не бачив.
why-outcome = Підсумок: { $outcome }
why-rules = Правила: { $rules }
why-because = Подія: { $because }
why-sent = Повідомлення #{ $number }: надіслано в { $sent }, очікує в { $waiting }
outcome-alert = повідомлення
outcome-update = нове про подію
outcome-duplicate = повтор
outcome-no-match = жодне правило не підійшло
outcome-baseline = було старим, коли стрічку прочитали вперше
outcome-quarantined = у карантині: стрічка оновила все одразу
outcome-embargoed = під ембарго
status-head = Стан
status-feeds = Стрічки
status-feeds-value = { $sick ->
    [0] { $count }, усі гаразд
   *[other] { $count }, з проблемами: { $sick }
}
status-poll = Останнє читання
status-in-flight = Надсилається
status-topics = Тем тут

# -- канали
channel-private = Запитайте мене про це в особистому чаті: /channel @name
channel-usage =
    Підписати канал
    1. Зробіть мене адміністратором каналу з правом публікації.
    2. Напишіть тут: /channel @name – або його номер (-100…).
channel-unreachable = Я не бачу цього каналу. Я там адміністратор?
channel-not-admin = Ми обоє маємо бути адміністраторами каналу.
channel-topics =
    Канал «{ $title }»
    Оберіть теми, про які мені там писати:

# -- доступ
stranger-allowlist =
    Це приватний бот.
    Ваш номер: { $id }. Надішліть його операторові, він додасть вас до списку (telegram.allow).
stranger-invite =
    Цей бот – за запрошенням.
    Ваш номер: { $id }. Попросіть в оператора посилання.
stranger-ask =
    Це приватний бот.
    Ваш номер: { $id }. Можна попросити в оператора доступ.
stranger-waiting =
    Ви попросили доступ.
    Ваш номер: { $id }. Повідомлю, щойно оператор вирішить.
stranger-group = Номер цього чату: { $id }. Спершу оператор має його дозволити.
stranger-button = У вас немає доступу. Ваш номер: { $id }.
button-ask = ✋ Попросити доступ
access-granted =
    Ласкаво просимо!
    Тепер бот вам доступний: /topics
access-denied = Ваш запит відхилено.
access-revoked = Оператор закрив тут доступ до бота.
invite-bad = Це запрошення вже використано або воно застаріло.
operator-only = Це може лише оператор.
operator-private = Будь ласка, зробіть це в особистому чаті зі мною.
group-admins-only = Це можуть змінювати лише адміністратори групи.
button-unknown = Ця кнопка більше не діє.
flood = Занадто часто. Зачекайте кілька секунд.
try-later = Зараз не вийшло. Спробуйте за хвилину.
id = Ви: { $user } · чат: { $chat } · тема форуму: { $thread }

# -- власні дані
stop-ask =
    Призупинити все?
    Теми й налаштування збережуться. /start продовжить.
button-stop = Призупинити
stopped = Призупинено. /start продовжить.
forget-ask =
    Видалити всі дані цього чату?
    Теми, налаштування, заглушене й відгуки. Повернути їх буде неможливо.
button-forget = 🗑 Видалити
forgotten = Усі дані цього чату видалено. /start почне спочатку.
cancelled = Нічого не змінилося.
export-caption = Усе, що я зберігаю про цей чат.

# -- керування
admin =
    Керування ботом
    Що показати?
admin-requests = 🙋 Запити
admin-invite = 🎟 Запросити
admin-feeds = 📰 Стрічки
admin-dead = 📮 Недоставлене
admin-chats = 👥 Підписники
admin-feedback = 🎯 Точність
admin-reload = 🔄 Перечитати
admin-backup = 💾 Копія
requests-none = Ніхто не чекає.
request-new = Хтось просить доступ
request-gone = Це вже вирішено.
request-granted = { $name }: доступ відкрито.
request-denied = { $name }: відмовлено.
button-deny = відмовити
feeds-head = Стрічки: { $count }, з проблемами: { $sick }
feed-paused = призупинено
feed-paused-by = призупинено: { $name }
feed-new = ще не читалася
feed-state = Стан
feed-last = Останній успіх
feed-next = Наступна спроба
feed-gap = Можливий пропуск
feed-retried = Зараз прочитаю.
feed-gone = Цієї стрічки більше немає.
button-pause = ⏸ Призупинити
button-resume = ▶️ Відновити
button-retry = 🔁 Зараз
dead-none = Усе доставлено.
dead-retried = Знову в черзі.
dead-dropped = Відкинуто.
chats-head = Підписники: { $count }
chats-topics = { $count ->
    [one] { $count } тема
    [few] { $count } теми
   *[other] { $count } тем
}
chat-access = Доступ
chat-access-none = немає
chat-access-requested = запитано
chat-access-granted = надано
chat-access-denied = відхилено
chat-access-revoked = відкликано
chat-access-admin = оператор
chat-state-blocked = заблокував бота
chat-state-kicked = вилучив бота
chat-state-stopped = призупинив сам
chat-state-deactivated = акаунт видалено
chat-state-chat-not-found = не знайдено
chat-state-no-rights = боту не можна там писати
chat-topics = Теми
chat-told = Повідомлень за останні 24 години
button-revoke = 🚫 Відкликати доступ
button-restore = ✅ Повернути доступ
chat-revoked = { $name } більше не має доступу.
chat-restored = { $name } знову має доступ.
chat-gone = Цей чат більше не відомий.
invite-text = Для однієї людини, до { $at }. Більше не покажу.
feedback-head = Точність правил
feedback-none = Відгуків ще немає.
feedback-line = { $title }: { $percent } %, { $count } × не за темою
proposal-wait = Перевіряю правки на старих новинах …
proposal-none = Не знайшов правки, яка прибрала б зайве і зберегла решту.
proposal-text = Цю правку rules.yaml перевірено на старих новинах:
proposal-effect = Прибирає { $bad } з { $badall } зайвих і { $good } з { $goodall } інших.
addfeed-usage =
    Додати стрічку
    /addfeed з адресою стрічки або сторінки, де її вказано.
operation-none = Тут це недоступно.
backup-written = Резервну копію записано: { $path }
feed-added = { $count ->
    [one] Додано: { $name }, { $count } запис
    [few] Додано: { $name }, { $count } записи
   *[other] Додано: { $name }, { $count } записів
}
feed-listed = Уже в списку: { $url }
feed-none = Стрічку не знайдено: { $url }

# -- notices
notice-quiet =
    { $name } підозріло мовчить
    Нічого нового з { $since }, хоча очікувалося записів: близько { $expected }.
notice-dark-all =
    Майже всі стрічки не відповідають
    Джерел: { $count } з { $of }. Чи не зник наш власний зв’язок?
notice-dark-country =
    { $country }: одночасно замовкли джерела, { $count } з { $of }
    { $names }
notice-dark-tag =
    «{ $name }»: одночасно замовкли джерела, { $count } з { $of }
    { $names }
notice-renewed-ids =
    { $feed }: усі записи мають нові ідентифікатори
    Відповідних записів враховано й не надіслано: { $count }.
notice-renewed-old =
    { $feed }: ціла сторінка старих записів
    Відповідних записів враховано й не надіслано: { $count }.
notice-renewed-date =
    { $feed }: усі записи мають нові ідентифікатори й одну дату
    Відповідних записів враховано й не надіслано: { $count }.
notice-feed-gone =
    { $feed } більше не опитується
    { $reason }
notice-backup-failed =
    Нічна резервна копія не вдалася
    { $error }
notice-room =
    Диск майже заповнений
    Вільно { $free } МБ, база даних займає { $size } МБ. Звільніть місце або зменште storage.keep
reload-rules = { $count ->
    [one] rules.yaml: діє { $count } правило
    [few] rules.yaml: діють { $count } правила
   *[other] rules.yaml: діють { $count } правил
}
reload-feeds = feeds.yaml: стрічок { $count } (+{ $added } / −{ $gone })
reload-nothing = Нічого не змінилося.
reload-same = За останні дні ({ $days }) вони повідомили б те саме (записів: { $items }).
reload-differs = За останні дні ({ $days }) вони дали б повідомлень: +{ $gained } / −{ $lost } (записів: { $items }):
reload-uncompared = Порівняти їх із попередніми не вдалося: { $error }
reload-refused-rules =
    У rules.yaml є помилки
    Чинними лишаються останні правильні правила:
reload-refused-feeds =
    У feeds.yaml є помилки
    Чинними лишаються останні правильні стрічки:
reload-empty = { $path }: жодного правила.
and-more = … і ще { $count }
