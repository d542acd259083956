# -- сообщения
alert-withdrawn = Отозвано источником
alert-changed = Новое: { $what }
alert-published = опубликовано { $at }
alert-seen = замечено { $at }
alert-sent = отправлено { $at }
alert-also = также: { $names }
alert-languages = { $count ->
    [one] { $count } язык
    [few] { $count } языка
   *[other] { $count } языков
}
alert-span = первое { $first }, последнее { $latest }
alert-origin = { $outlets ->
    [one] { $outlets } издание, 1 первоисточник: { $origin }
    [few] { $outlets } издания, 1 первоисточник: { $origin }
   *[other] { $outlets } изданий, 1 первоисточник: { $origin }
}
material-killed = погибшие
material-injured = пострадавшие
material-detained = задержанные
material-charged = обвиняемые
material-evacuated = эвакуированные
material-now-normal-priority = теперь важно
material-correction = исправление
material-withdrawn = отозвано
material-now-high-priority = теперь срочно
button-mute = 🔕 Тему
button-mute-source = 🔇 Источник
button-irrelevant = 👎 Не по теме
button-more = ➕ Ещё

# -- сводки
digest-title = { $count ->
    [one] Сводка: { $count } событие
    [few] Сводка: { $count } события
   *[other] Сводка: { $count } событий
}
digest-stale = { $count ->
    [one] С опозданием: { $count } событие за время, когда Telegram был недоступен
    [few] С опозданием: { $count } события за время, когда Telegram был недоступен
   *[other] С опозданием: { $count } событий за время, когда Telegram был недоступен
}
digest-quota = { $count ->
    [one] Больше, чем этот чат получает за час: { $count } событие
    [few] Больше, чем этот чат получает за час: { $count } события
   *[other] Больше, чем этот чат получает за час: { $count } событий
}
rolling-title = { $count ->
    [one] { $title }: с { $at } ещё { $count } событие
    [few] { $title }: с { $at } ещё { $count } события
   *[other] { $title }: с { $at } ещё { $count } событий
}
rolling-foot = Сейчас много новостей сразу. На { $at }; срочное и первые сообщения приходят отдельно.
digest-outlets = { $count ->
    [one] { $count } издание
    [few] { $count } издания
   *[other] { $count } изданий
}
digest-notices = От watchbot

# -- команды
cmd-topics = выбрать темы
cmd-settings = когда и как сообщать
cmd-latest = последние новости
cmd-search = поиск по прочитанному
cmd-trend = упоминания на графике
cmd-why = почему сообщил или не сообщил
cmd-status = всё ли в порядке?
cmd-channel = подписать свой канал
cmd-language = язык бота
cmd-timezone = часовой пояс
cmd-mutes = заглушённые источники
cmd-help = что я умею
cmd-stop = приостановить всё
cmd-export = ваши данные файлом
cmd-forget = удалить ваши данные
cmd-admin = управление ботом
cmd-feedback = точность правил
cmd-addfeed = добавить ленту
cmd-reload = перечитать правила и ленты
cmd-backup = резервная копия базы

# -- первые шаги
start =
    Здравствуйте, { $name }! Я watchbot.
    Я читаю новостные ленты на многих языках и за секунды сообщаю один раз, когда в выбранной вами теме что-то происходит, – со всеми изданиями, которые об этом пишут.

    Выберите темы:
topics =
    Темы
    { $count ->
        [0] Здесь пока нет подписок.
        [one] Здесь { $count } подписка.
        [few] Здесь { $count } подписки.
       *[other] Здесь { $count } подписок.
    } Нажмите, чтобы изменить:
topics-none = Тем пока нет: сначала оператор должен написать правила.
topic-silence = Замолчавшие ленты
topic-rate = { $count } в день
topic-unknown =
    Я не знаю темы «{ $name }».
    Может быть, одна из этих? Все темы: /topics
topic-gone = Этой темы больше нет.
subscribed = ✅ Подписка: { $title }
unsubscribed = Подписка отменена: { $title }
not-subscribed = Здесь нет такой подписки: { $name }
quota = В этом чате уже { $count } тем, больше нельзя.
language =
    Язык
    На каком языке мне здесь говорить? Новости приходят на своём.
language-set = Теперь я говорю по-русски.
help-head = Что я умею
help-operator = /admin — управление ботом
button-unmute = включить
button-back = назад
button-cancel = Отмена
yes = да
no = нет
never = ещё ни разу

# -- настройки
settings-chat = Настройки этого чата
settings-topic = Настройки темы «{ $title }»
set-mode = Когда
set-quiet = Тихие часы
set-prio = Важность
set-langs = Языки
set-silent = Без звука
set-summary = Краткое содержание
set-photo = Фото
set-break = Срочное и в тишине
set-bursts = Сворачивать всплески
set-rate = Сообщений в час
set-zone = Часовой пояс
set-topic = Отдельная тема …
set-mutes = 🔇 Заглушённые источники
set-inherit = как в чате
mode-now = сразу
mode-hourly = сводка каждый час
mode-daily-at = сводка ежедневно в { $times }
rate-count = { $count } в час
rate-usual = как обычно
rate-any = без ограничения
rate-quota = не больше { $count } (задано оператором)
rate-free = без своего ограничения
quiet-none = нет
quiet-hours = с { $start } до { $end }
quiet-span = с { $start } до { $end }, срочное приходит
quiet-span-strict = с { $start } до { $end }, без исключений
prio-low = всё
prio-normal = важное и срочное
prio-high = только срочное
langs-all = все языки
pick-mode =
    Когда сообщать?
    Сводка собирает события по темам; сначала те, о которых пишут больше.
pick-quiet =
    Тихие часы
    Что придёт за это время, будет утром в сводке.
pick-prio =
    Начиная с какой важности?
    🔴 срочное · 🔵 важное · ⚪ всё остальное
pick-langs =
    Новости на каких языках?
    Нажмите, чтобы включить или выключить.
pick-rate =
    Сколько сообщений в час, не больше?
    Остальное придёт одной сводкой в начале часа. Срочное приходит всегда.
pick-zone =
    Часовой пояс
    Для времени в сообщениях, сводках и тихих часах. Другой: /timezone Asia/Almaty
pick-topic =
    Настройки темы
    Они важнее настроек чата.
zone-unknown = Я не знаю такого пояса. Попробуйте город: /timezone Almaty
zone-set = Часовой пояс { $zone }: там сейчас { $time }.
mutes =
    Заглушённые источники
    Нажмите, чтобы снова слышать.
mutes-none = Заглушённых источников нет.
source-unmuted = { $source } снова слышно.

# -- под сообщением
mute-1h = 1 ч
mute-today = сегодня
mute-ever = навсегда
muted-until = { $title }: тишина до { $at }.
muted-ever = { $title }: подписка отменена.
source-muted = { $source } здесь заглушён. Вернуть: /mutes
thanks-irrelevant = Спасибо. Это поможет улучшить правило.
alert-unknown = Этого сообщения я сюда не отправлял или уже не помню.
more-head = подробно
more-why = Почему подошло
more-no-evidence = Не отдельное слово: правило спрашивает о другом (источник, язык, отсутствие).
more-others = { $count ->
    [one] Ещё { $count } публикация
    [few] Ещё { $count } публикации
   *[other] Ещё { $count } публикаций
}
more-form = { $entity }: «{ $form }» ({ $field })
field-title = заголовок
field-summary = краткое содержание
field-body = текст

# -- чтение
latest-all = Последнее
latest-head = Последнее: { $title }
latest-none = Пока ничего. Как только лента что-то сообщит, оно появится здесь.
search-usage =
    Поиск
    /search слова – например, /search Масимов измена
search-head = Найдено по запросу «{ $words }»
search-none = По запросу «{ $words }» ничего не найдено.
search-old = Этот поиск устарел. Повторите его, пожалуйста.
trend-title = Упоминания
trend-24h = 24 часа
trend-7d = 7 дней
trend-30d = 30 дней
trend-caption = { $names }: { $total ->
    [one] { $total } упоминание
    [few] { $total } упоминания
   *[other] { $total } упоминаний
}
trend-none = За это время упоминаний нет.
trend-unknown =
    Я этого не знаю.
    Известны: { $names }
spike = 📈 { $name }: { $count } за час, обычно { $usual }
explain-none = Ничего не подходит.
why-usage =
    Почему?
    /why со ссылкой, номером сообщения (#1042) или любым текстом.
why-none = Этого я не видел.
why-outcome = Итог: { $outcome }
why-rules = Правила: { $rules }
why-because = Событие: { $because }
why-sent = Сообщение #{ $number }: отправлено в { $sent }, ожидает в { $waiting }
outcome-alert = сообщение
outcome-update = новое о событии
outcome-duplicate = повтор
outcome-no-match = ни одно правило не подошло
outcome-baseline = было старым, когда ленту прочли впервые
outcome-quarantined = в карантине: лента обновила всё сразу
outcome-embargoed = под эмбарго
status-head = Состояние
status-feeds = Ленты
status-feeds-value = { $sick ->
    [0] { $count }, все в порядке
   *[other] { $count }, с проблемами: { $sick }
}
status-poll = Последнее чтение
status-in-flight = Отправляется
status-topics = Тем здесь

# -- каналы
channel-private = Спросите меня об этом в личном чате: /channel @name
channel-usage =
    Подписать канал
    1. Сделайте меня администратором канала с правом публикации.
    2. Напишите здесь: /channel @name – или его номер (-100…).
channel-unreachable = Я не вижу этого канала. Я там администратор?
channel-not-admin = Мы оба должны быть администраторами канала.
channel-topics =
    Канал «{ $title }»
    Выберите темы, о которых мне там писать:

# -- доступ
stranger-allowlist =
    Это частный бот.
    Ваш номер: { $id }. Отправьте его оператору, он добавит вас в список (telegram.allow).
stranger-invite =
    Этот бот – по приглашению.
    Ваш номер: { $id }. Попросите у оператора ссылку.
stranger-ask =
    Это частный бот.
    Ваш номер: { $id }. Можно попросить у оператора доступ.
stranger-waiting =
    Вы попросили доступ.
    Ваш номер: { $id }. Сообщу, как только оператор решит.
stranger-group = Номер этого чата: { $id }. Сначала оператор должен его разрешить.
stranger-button = У вас нет доступа. Ваш номер: { $id }.
button-ask = ✋ Попросить доступ
access-granted =
    Добро пожаловать!
    Теперь бот вам доступен: /topics
access-denied = Ваш запрос отклонён.
access-revoked = Оператор закрыл здесь доступ к боту.
invite-bad = Это приглашение уже использовано или устарело.
operator-only = Это может только оператор.
operator-private = Пожалуйста, сделайте это в личном чате со мной.
group-admins-only = Это могут менять только администраторы группы.
button-unknown = Эта кнопка больше не действует.
flood = Слишком часто. Подождите несколько секунд.
try-later = Сейчас не получилось. Попробуйте через минуту.
id = Вы: { $user } · чат: { $chat } · тема форума: { $thread }

# -- свои данные
stop-ask =
    Приостановить всё?
    Темы и настройки сохранятся. /start продолжит.
button-stop = Приостановить
stopped = Приостановлено. /start продолжит.
forget-ask =
    Удалить все данные этого чата?
    Темы, настройки, заглушённое и отзывы. Вернуть их будет нельзя.
button-forget = 🗑 Удалить
forgotten = Все данные этого чата удалены. /start начнёт заново.
cancelled = Ничего не изменилось.
export-caption = Всё, что я храню об этом чате.

# -- управление
admin =
    Управление ботом
    Что показать?
admin-requests = 🙋 Запросы
admin-invite = 🎟 Пригласить
admin-feeds = 📰 Ленты
admin-dead = 📮 Недоставленное
admin-chats = 👥 Подписчики
admin-feedback = 🎯 Точность
admin-reload = 🔄 Перечитать
admin-backup = 💾 Копия
requests-none = Никто не ждёт.
request-new = Кто-то просит доступ
request-gone = Это уже решено.
request-granted = { $name }: доступ открыт.
request-denied = { $name }: отказано.
button-deny = отказать
feeds-head = Ленты: { $count }, с проблемами: { $sick }
feed-paused = приостановлена
feed-paused-by = приостановлена: { $name }
feed-new = ещё не читалась
feed-state = Состояние
feed-last = Последний успех
feed-next = Следующая попытка
feed-gap = Возможен пропуск
feed-retried = Сейчас прочту.
feed-gone = Этой ленты больше нет.
button-pause = ⏸ Приостановить
button-resume = ▶️ Возобновить
button-retry = 🔁 Сейчас
dead-none = Всё доставлено.
dead-retried = Снова в очереди.
dead-dropped = Отброшено.
chats-head = Подписчики: { $count }
chats-topics = { $count ->
    [one] { $count } тема
    [few] { $count } темы
   *[other] { $count } тем
}
chat-access = Доступ
chat-access-none = нет
chat-access-requested = запрошен
chat-access-granted = есть
chat-access-denied = отклонён
chat-access-revoked = отозван
chat-access-admin = оператор
chat-state-blocked = заблокировал бота
chat-state-kicked = исключил бота
chat-state-stopped = приостановил сам
chat-state-deactivated = аккаунт удалён
chat-state-chat-not-found = не найден
chat-state-no-rights = боту нельзя там писать
chat-topics = Темы
chat-told = Сообщений за последние 24 часа
button-revoke = 🚫 Отозвать доступ
button-restore = ✅ Вернуть доступ
chat-revoked = { $name } больше не имеет доступа.
chat-restored = { $name } снова имеет доступ.
chat-gone = Этот чат больше не известен.
invite-text = Для одного человека, до { $at }. Больше не покажу.
feedback-head = Точность правил
feedback-none = Отзывов пока нет.
feedback-line = { $title }: { $percent } %, { $count } × не по теме
proposal-wait = Проверяю правки на старых новостях …
proposal-none = Не нашёл правки, которая убрала бы лишнее и сохранила остальное.
proposal-text = Эта правка rules.yaml проверена на старых новостях:
proposal-effect = Убирает { $bad } из { $badall } лишних и { $good } из { $goodall } остальных.
addfeed-usage =
    Добавить ленту
    /addfeed с адресом ленты или страницы, где она указана.
operation-none = Здесь это недоступно.
backup-written = Резервная копия записана: { $path }
feed-added = { $count ->
    [one] Добавлено: { $name }, { $count } запись
    [few] Добавлено: { $name }, { $count } записи
   *[other] Добавлено: { $name }, { $count } записей
}
feed-listed = Уже в списке: { $url }
feed-none = Лента не найдена: { $url }

# -- notices
notice-quiet =
    { $name } подозрительно молчит
    Ничего нового с { $since }, хотя ожидалось записей: около { $expected }.
notice-dark-all =
    Почти все ленты не отвечают
    Источников: { $count } из { $of }. Не пропала ли наша собственная связь?
notice-dark-country =
    { $country }: одновременно замолчали источники, { $count } из { $of }
    { $names }
notice-dark-tag =
    «{ $name }»: одновременно замолчали источники, { $count } из { $of }
    { $names }
notice-renewed-ids =
    { $feed }: у всех записей новые идентификаторы
    Подходящих записей учтено и не отправлено: { $count }.
notice-renewed-old =
    { $feed }: целая страница старых записей
    Подходящих записей учтено и не отправлено: { $count }.
notice-renewed-date =
    { $feed }: у всех записей новые идентификаторы и одна дата
    Подходящих записей учтено и не отправлено: { $count }.
notice-feed-gone =
    { $feed } больше не опрашивается
    { $reason }
notice-backup-failed =
    Ночная резервная копия не удалась
    { $error }
notice-room =
    Диск почти заполнен
    Свободно { $free } МБ, база данных занимает { $size } МБ. Освободите место или уменьшите storage.keep
reload-rules = { $count ->
    [one] rules.yaml: действует { $count } правило
    [few] rules.yaml: действуют { $count } правила
   *[other] rules.yaml: действуют { $count } правил
}
reload-feeds = feeds.yaml: лент { $count } (+{ $added } / −{ $gone })
reload-nothing = Ничего не изменилось.
reload-same = За последние дни ({ $days }) они сообщили бы то же самое (записей: { $items }).
reload-differs = За последние дни ({ $days }) они дали бы сообщений: +{ $gained } / −{ $lost } (записей: { $items }):
reload-uncompared = Сравнить их с прежними не удалось: { $error }
reload-refused-rules =
    В rules.yaml есть ошибки
    Остаются в силе последние верные правила:
reload-refused-feeds =
    В feeds.yaml есть ошибки
    Остаются в силе последние верные ленты:
reload-empty = { $path }: ни одного правила.
and-more = … и ещё { $count }
