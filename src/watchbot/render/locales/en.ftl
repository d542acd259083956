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
material-arrested = arrested
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
digest-outlets = { $count ->
    [one] { $count } outlet
   *[other] { $count } outlets
}
digest-notices = From watchbot
