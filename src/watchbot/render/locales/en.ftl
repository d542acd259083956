# -- alerts
alert-withdrawn = Withdrawn by its source
alert-changed = Update: { $what }
alert-published = published { $at }
alert-seen = seen { $at }
alert-sent = sent { $at }
alert-also = also: { $names }
alert-languages = { $count ->
    [one] { $count } language
   *[other] { $count } languages
}
alert-span = first { $first }, latest { $latest }
alert-origin = { $outlets ->
    [one] { $outlets } outlet, 1 { $origin } origin
   *[other] { $outlets } outlets, 1 { $origin } origin
}
material-killed = killed
material-injured = injured
material-detained = detained
material-charged = charged
material-evacuated = evacuated
material-now-normal-priority = now normal priority
material-correction = correction
material-withdrawn = withdrawn
material-now-high-priority = now high priority
button-mute = 🔕 Mute topic
button-mute-source = 🔇 Mute source
button-irrelevant = 👎 Not relevant
button-more = ➕ More

# -- digests
digest-title = { $count ->
    [one] Digest: { $count } story
   *[other] Digest: { $count } stories
}
digest-stale = { $count ->
    [one] Delayed: { $count } story from while Telegram was unreachable
   *[other] Delayed: { $count } stories from while Telegram was unreachable
}
digest-quota = { $count ->
    [one] More than this chat gets in an hour: { $count } story
   *[other] More than this chat gets in an hour: { $count } stories
}
rolling-title = { $count ->
    [one] { $title }: { $count } more story since { $at }
   *[other] { $title }: { $count } more stories since { $at }
}
rolling-foot = Much is happening at once. As of { $at }; urgent news and first reports come by themselves.
digest-outlets = { $count ->
    [one] { $count } outlet
   *[other] { $count } outlets
}
digest-notices = From watchbot

# -- commands, in the menu and in /help
cmd-topics = choose topics
cmd-settings = when and how I tell you
cmd-latest = the latest news
cmd-search = search words in what I have read
cmd-trend = mentions over time, as a picture
cmd-why = why something alerted, or did not
cmd-status = is all well?
cmd-channel = subscribe a channel of yours
cmd-language = language of the bot
cmd-timezone = your time zone
cmd-mutes = muted sources
cmd-help = what I can do
cmd-stop = pause everything
cmd-export = your data as a file
cmd-forget = delete your data
cmd-admin = run the bot
cmd-feedback = precision of the rules
cmd-addfeed = add a feed by its address
cmd-reload = read rules and feeds again
cmd-backup = back the database up

# -- first steps
start =
    Hello { $name }, I am watchbot.
    I read news feeds in many languages and tell you once, within seconds, when something happens in a topic you chose – with every outlet that reports it.

    Tap the topics you want:
topics =
    Topics
    { $count ->
        [0] Nothing is subscribed here yet.
        [one] { $count } topic is subscribed here.
       *[other] { $count } topics are subscribed here.
    } Tap to change:
topics-none = There are no topics yet: the operator has to write rules first.
topic-silence = Feeds that fall silent
topic-rate = { $count } a day
topic-unknown =
    I do not know the topic “{ $name }”.
    Did you mean one of these? All of them: /topics
topic-gone = This topic does not exist any more.
subscribed = ✅ Subscribed: { $title }
unsubscribed = Unsubscribed: { $title }
not-subscribed = Not subscribed here: { $name }
quota = This chat already has { $count } topics, which is the most.
language =
    Language
    Which language shall I speak here? News come in their own.
language-set = I speak English now.
help-head = What I can do
help-operator = /admin — run the bot
button-unmute = unmute
button-back = back
button-cancel = Cancel
yes = yes
no = no
never = never

# -- settings
settings-chat = Settings of this chat
settings-topic = Settings of “{ $title }”
set-mode = When
set-quiet = Quiet hours
set-prio = Priority
set-langs = Languages
set-silent = Without sound
set-summary = Summary
set-photo = Picture
set-break = Urgent breaks quiet
set-bursts = Collapse bursts
set-rate = Alerts an hour
set-zone = Time zone
set-topic = One topic …
set-mutes = 🔇 Muted sources
set-inherit = as in the chat
mode-now = at once
mode-hourly = hourly digest
mode-daily-at = daily digest at { $times }
rate-count = { $count } an hour
rate-usual = as usual
rate-any = no limit
rate-quota = at most { $count } (set by the operator)
rate-free = no limit of its own
quiet-none = none
quiet-hours = { $start } to { $end }
quiet-span = { $start } to { $end }, urgent news come through
quiet-span-strict = { $start } to { $end }, without exception
prio-low = everything
prio-normal = important and urgent
prio-high = urgent only
langs-all = all languages
pick-mode =
    When shall I tell you?
    A digest gathers the stories, grouped by topic, most covered first.
pick-quiet =
    Quiet hours
    What comes in this time is told in a digest in the morning.
pick-prio =
    From which priority on?
    🔴 urgent · 🔵 important · ⚪ everything else
pick-langs =
    News in which languages?
    Tap to switch on or off.
pick-rate =
    How many alerts an hour at most?
    What is more comes as one digest at the full hour. Urgent news always come through.
pick-zone =
    Time zone
    For the times in alerts, digests and quiet hours. Others: /timezone Asia/Almaty
pick-topic =
    Settings of one topic
    They go before those of the chat.
zone-unknown = I do not know this time zone. Try a city: /timezone Almaty
zone-set = Time zone { $zone }: it is { $time } there.
mutes =
    Muted sources
    Tap to hear one again.
mutes-none = No source is muted.
source-unmuted = { $source } is heard again.

# -- under an alert
mute-1h = 1 h
mute-today = today
mute-ever = for good
muted-until = { $title }: quiet until { $at }.
muted-ever = { $title }: unsubscribed.
source-muted = { $source } is muted here. Undo: /mutes
thanks-irrelevant = Thank you. It helps to make the rule better.
alert-unknown = I have not sent this alert here, or no longer know it.
more-head = in detail
more-why = Why it matched
more-no-evidence = No single word: the rule asks for something else (source, language, absence).
more-others = { $count ->
    [one] { $count } other report
   *[other] { $count } other reports
}
more-form = { $entity }: “{ $form }” in the { $field }
field-title = headline
field-summary = summary
field-body = text

# -- reading
latest-all = Latest
latest-head = Latest: { $title }
latest-none = Nothing yet. As soon as a feed reports something, it is here.
search-usage =
    Search
    /search words – for example /search Massimov treason
search-head = Found for “{ $words }”
search-none = Nothing found for “{ $words }”.
search-old = This search is too old. Please search again.
trend-title = Mentions
trend-24h = 24 hours
trend-7d = 7 days
trend-30d = 30 days
trend-caption = { $names }: { $total ->
    [one] { $total } mention
   *[other] { $total } mentions
}
trend-none = No mentions in this time.
trend-unknown =
    I do not know this entity.
    Known: { $names }
spike = 📈 { $name }: { $count } in an hour, usually { $usual }
explain-none = Nothing matches.
why-usage =
    Why?
    /why with a link, the number of an alert (#1042) or any text.
why-none = I have not seen that.
why-outcome = Outcome: { $outcome }
why-rules = Rules: { $rules }
why-because = Story: { $because }
why-sent = Alert #{ $number }: told to { $sent }, waiting for { $waiting }
outcome-alert = an alert
outcome-update = an update of a story
outcome-duplicate = a duplicate
outcome-no-match = no rule matched
outcome-baseline = already old when its feed was first read
outcome-quarantined = quarantined: its feed renewed everything at once
outcome-embargoed = under embargo
status-head = Status
status-feeds = Feeds
status-feeds-value = { $sick ->
    [0] { $count }, all well
   *[other] { $count }, { $sick } with problems
}
status-poll = Last read
status-in-flight = Being sent
status-topics = Topics here

# -- channels
channel-private = Please ask me in our private chat: /channel @name
channel-usage =
    Subscribe a channel
    1. Make me an administrator of the channel, with the right to post.
    2. Write here: /channel @name – or its number (-100…).
channel-unreachable = I cannot see this channel. Have you made me an administrator there?
channel-not-admin = Both of us have to be administrators of the channel.
channel-topics =
    Channel “{ $title }”
    Tap the topics that I shall post there:

# -- access
stranger-allowlist =
    This bot is private.
    Your id is { $id }. Send it to the operator, who can add it to the list (telegram.allow).
stranger-invite =
    This bot is by invitation.
    Your id is { $id }. Ask the operator for a link.
stranger-ask =
    This bot is private.
    Your id is { $id }. You can ask the operator for access.
stranger-waiting =
    You asked for access.
    Your id is { $id }. I tell you as soon as an operator decides.
stranger-group = This chat's id is { $id }. The operator has to allow it first.
stranger-button = You have no access. Your id is { $id }.
button-ask = ✋ Ask for access
access-granted =
    Welcome!
    You can use the bot now: /topics
access-denied = Your request was declined.
access-revoked = An operator has ended the access to the bot here.
invite-bad = This invitation was used already, or is too old.
operator-only = Only an operator can do that.
operator-private = Please do that in our private chat.
group-admins-only = Only administrators of this group can change that.
button-unknown = This button is not known any more.
flood = That was a bit much. Please wait some seconds.
try-later = That did not work just now. Please try again in a minute.
id = You: { $user } · chat: { $chat } · forum topic: { $thread }

# -- one's own data
stop-ask =
    Pause everything?
    Your topics and settings are kept. /start resumes.
button-stop = Pause
stopped = Paused. /start resumes.
forget-ask =
    Delete all data of this chat?
    Topics, settings, mutes and feedback. This cannot be undone.
button-forget = 🗑 Delete
forgotten = All data of this chat are deleted. /start begins anew.
cancelled = Nothing was changed.
export-caption = All that I have stored about this chat.

# -- running the bot
admin =
    Running the bot
    What shall I show?
admin-requests = 🙋 Requests
admin-invite = 🎟 Invite
admin-feeds = 📰 Feeds
admin-dead = 📮 Undelivered
admin-chats = 👥 Subscribers
admin-feedback = 🎯 Precision
admin-reload = 🔄 Reload
admin-backup = 💾 Backup
requests-none = Nobody is waiting.
request-new = Somebody asks for access
request-gone = This was decided already.
request-granted = { $name } may use the bot.
request-denied = { $name } was declined.
button-deny = decline
feeds-head = Feeds: { $count }, { $sick } with problems
feed-paused = paused
feed-paused-by = paused by { $name }
feed-new = not read yet
feed-state = State
feed-last = Last success
feed-next = Next attempt
feed-gap = Possible gap
feed-retried = It is read within seconds.
feed-gone = This feed does not exist any more.
button-pause = ⏸ Pause
button-resume = ▶️ Resume
button-retry = 🔁 Try now
dead-none = Everything was delivered.
dead-retried = Queued again.
dead-dropped = Dropped.
chats-head = Subscribers: { $count }
chats-topics = { $count ->
    [one] { $count } topic
   *[other] { $count } topics
}
chat-access = Access
chat-access-none = none
chat-access-requested = asked for
chat-access-granted = given
chat-access-denied = declined
chat-access-revoked = revoked
chat-access-admin = operator
chat-state-blocked = has blocked the bot
chat-state-kicked = has thrown the bot out
chat-state-stopped = paused by itself
chat-state-deactivated = the account is deleted
chat-state-chat-not-found = not found
chat-state-no-rights = the bot may not write there
chat-topics = Topics
chat-told = Messages of the last 24 hours
button-revoke = 🚫 Revoke access
button-restore = ✅ Give access back
chat-revoked = { $name } has no access any more.
chat-restored = { $name } has access again.
chat-gone = This chat is not known any more.
invite-text = For one person, until { $at }. Shown only now.
feedback-head = Precision of the rules
feedback-none = No feedback yet.
feedback-line = { $title }: { $percent } %, { $count } × not relevant
proposal-wait = Trying edits on recorded news …
proposal-none = I found no edit that would remove what was called irrelevant and keep the rest.
proposal-text = This edit of rules.yaml was tested on recorded news:
proposal-effect = It removes { $bad } of { $badall } irrelevant ones, and { $good } of { $goodall } others.
addfeed-usage =
    Add a feed
    /addfeed with the address of a feed, or of a page that names one.
operation-none = This is not available here.
backup-written = Backup written: { $path }
feed-added = { $count ->
    [one] Added: { $name }, { $count } entry
   *[other] Added: { $name }, { $count } entries
}
feed-listed = Already listed: { $url }
feed-none = No feed was found at { $url }

# -- notices
notice-quiet =
    { $name } is strangely quiet
    Nothing new since { $since }, where about { $expected } entries were to be expected.
notice-dark-all =
    Nearly all feeds fail
    { $count } of { $of } outlets: is our own connection down?
notice-dark-country =
    { $country }: { $count } of { $of } outlets went dark together
    { $names }
notice-dark-tag =
    “{ $name }”: { $count } of { $of } outlets went dark together
    { $names }
notice-renewed-ids =
    { $feed } renewed all its entries under new identities
    Matching entries that were recorded and not sent: { $count }.
notice-renewed-old =
    { $feed } shows a whole page of older entries
    Matching entries that were recorded and not sent: { $count }.
notice-renewed-date =
    { $feed } gives all its entries new identities and one date
    Matching entries that were recorded and not sent: { $count }.
notice-feed-gone =
    { $feed } is polled no more
    { $reason }
notice-backup-failed =
    The nightly backup failed
    { $error }
notice-room =
    The disk is nearly full
    { $free } MB are free beside a database of { $size } MB. Make room, or lower storage.keep
reload-rules = { $count ->
    [one] rules.yaml: { $count } rule in force
   *[other] rules.yaml: { $count } rules in force
}
reload-feeds = feeds.yaml: { $count } feeds (+{ $added } / −{ $gone })
reload-nothing = Nothing has changed.
reload-same = Over the last { $days } days they would have told the same ({ $items } entries).
reload-differs = Over the last { $days } days they would have told +{ $gained } / −{ $lost } messages ({ $items } entries):
reload-uncompared = They could not be compared with the old ones: { $error }
reload-refused-rules =
    rules.yaml has mistakes
    The last valid rules stay in force:
reload-refused-feeds =
    feeds.yaml has mistakes
    The last valid feeds stay in force:
reload-empty = { $path } holds no rules.
and-more = … and { $count } more
