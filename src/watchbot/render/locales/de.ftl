# -- Meldungen
alert-withdrawn = Von der Quelle zurückgezogen
alert-changed = Neu: { $what }
alert-published = veröffentlicht { $at }
alert-seen = gesehen { $at }
alert-sent = gesendet { $at }
alert-also = auch: { $names }
alert-languages = { $count ->
    [one] { $count } Sprache
   *[other] { $count } Sprachen
}
alert-span = zuerst { $first }, zuletzt { $latest }
alert-origin = { $outlets ->
    [one] { $outlets } Medium, 1 Ursprung: { $origin }
   *[other] { $outlets } Medien, 1 Ursprung: { $origin }
}
material-killed = Tote
material-injured = Verletzte
material-detained = Festgenommene
material-charged = Angeklagte
material-evacuated = Evakuierte
material-now-normal-priority = jetzt wichtig
material-correction = Korrektur
material-withdrawn = zurückgezogen
material-now-high-priority = jetzt dringend
button-mute = 🔕 Thema stumm
button-mute-source = 🔇 Quelle stumm
button-irrelevant = 👎 Passt nicht
button-more = ➕ Mehr

# -- Übersichten
digest-title = { $count ->
    [one] Übersicht: { $count } Ereignis
   *[other] Übersicht: { $count } Ereignisse
}
digest-stale = { $count ->
    [one] Verspätet: { $count } Ereignis aus der Zeit, in der Telegram nicht erreichbar war
   *[other] Verspätet: { $count } Ereignisse aus der Zeit, in der Telegram nicht erreichbar war
}
digest-quota = { $count ->
    [one] Mehr, als dieser Chat je Stunde bekommt: { $count } Ereignis
   *[other] Mehr, als dieser Chat je Stunde bekommt: { $count } Ereignisse
}
rolling-title = { $count ->
    [one] { $title }: noch { $count } Ereignis seit { $at }
   *[other] { $title }: noch { $count } Ereignisse seit { $at }
}
rolling-foot = Es geschieht viel auf einmal. Stand { $at }; Eiliges und Erstmeldungen kommen für sich.
digest-outlets = { $count ->
    [one] { $count } Medium
   *[other] { $count } Medien
}
digest-notices = Von watchbot

# -- Befehle
cmd-topics = Themen wählen
cmd-settings = wann und wie ich melde
cmd-latest = das Neueste
cmd-search = Wörter im Gelesenen suchen
cmd-trend = Erwähnungen im Verlauf, als Bild
cmd-why = warum etwas gemeldet wurde oder nicht
cmd-status = läuft alles?
cmd-channel = einen eigenen Kanal abonnieren
cmd-language = Sprache des Bots
cmd-timezone = Zeitzone
cmd-mutes = stumme Quellen
cmd-help = was ich kann
cmd-stop = alles anhalten
cmd-export = deine Daten als Datei
cmd-forget = deine Daten löschen
cmd-admin = den Bot betreiben
cmd-feedback = Genauigkeit der Regeln
cmd-addfeed = einen Feed hinzufügen
cmd-reload = Regeln und Feeds neu lesen
cmd-backup = die Datenbank sichern

# -- erste Schritte
start =
    Hallo { $name }, ich bin watchbot.
    Ich lese Nachrichtenfeeds in vielen Sprachen und melde dir einmal, binnen Sekunden, wenn in einem deiner Themen etwas geschieht – mit allen Medien, die berichten.

    Tippe auf die Themen, die du willst:
topics =
    Themen
    { $count ->
        [0] Hier ist noch nichts abonniert.
        [one] { $count } Thema ist hier abonniert.
       *[other] { $count } Themen sind hier abonniert.
    } Zum Ändern antippen:
topics-none = Es gibt noch keine Themen: Der Betreiber muss erst Regeln schreiben.
topic-silence = Feeds, die verstummen
topic-rate = { $count } am Tag
topic-unknown =
    Das Thema „{ $name }“ kenne ich nicht.
    Ist eines von diesen gemeint? Alle: /topics
topic-gone = Dieses Thema gibt es nicht mehr.
subscribed = ✅ Abonniert: { $title }
unsubscribed = Abbestellt: { $title }
not-subscribed = Hier nicht abonniert: { $name }
quota = Dieser Chat hat schon { $count } Themen; mehr gehen nicht.
language =
    Sprache
    In welcher Sprache soll ich hier sprechen? Nachrichten kommen in ihrer eigenen.
language-set = Ich spreche jetzt Deutsch.
help-head = Was ich kann
help-operator = /admin — den Bot betreiben
button-unmute = wieder laut
button-back = zurück
button-cancel = Abbrechen
yes = ja
no = nein
never = noch nie

# -- Einstellungen
settings-chat = Einstellungen dieses Chats
settings-topic = Einstellungen von „{ $title }“
set-mode = Wann
set-quiet = Ruhezeit
set-prio = Priorität
set-langs = Sprachen
set-silent = Ohne Ton
set-summary = Zusammenfassung
set-photo = Bild
set-break = Dringendes trotz Ruhe
set-bursts = Ansturm bündeln
set-rate = Meldungen je Stunde
set-zone = Zeitzone
set-topic = Einzelnes Thema …
set-mutes = 🔇 Stumme Quellen
set-inherit = wie im Chat
mode-now = sofort
mode-hourly = stündliche Übersicht
mode-daily-at = tägliche Übersicht um { $times }
rate-count = { $count } je Stunde
rate-usual = wie üblich
rate-any = ohne Grenze
rate-quota = höchstens { $count } (vom Betreiber gesetzt)
rate-free = keine eigene Grenze
quiet-none = keine
quiet-hours = { $start } bis { $end }
quiet-span = { $start } bis { $end }, Dringendes kommt durch
quiet-span-strict = { $start } bis { $end }, ohne Ausnahme
prio-low = alles
prio-normal = Wichtiges und Dringendes
prio-high = nur Dringendes
langs-all = alle Sprachen
pick-mode =
    Wann soll ich melden?
    Eine Übersicht sammelt die Ereignisse, nach Themen geordnet, die am meisten berichteten zuerst.
pick-quiet =
    Ruhezeit
    Was in dieser Zeit kommt, steht am Morgen in einer Übersicht.
pick-prio =
    Ab welcher Priorität?
    🔴 dringend · 🔵 wichtig · ⚪ alles andere
pick-langs =
    Nachrichten in welchen Sprachen?
    Antippen schaltet an oder aus.
pick-rate =
    Wie viele Meldungen je Stunde höchstens?
    Was darüber hinausgeht, kommt zur vollen Stunde als eine Übersicht. Eiliges kommt immer durch.
pick-zone =
    Zeitzone
    Für die Zeiten in Meldungen, Übersichten und Ruhezeiten. Andere: /timezone Asia/Almaty
pick-topic =
    Einstellungen eines Themas
    Sie gehen denen des Chats vor.
zone-unknown = Diese Zeitzone kenne ich nicht. Versuch eine Stadt: /timezone Berlin
zone-set = Zeitzone { $zone }: Dort ist es { $time }.
mutes =
    Stumme Quellen
    Antippen, um sie wieder zu hören.
mutes-none = Keine Quelle ist stumm.
source-unmuted = { $source } ist wieder zu hören.

# -- unter einer Meldung
mute-1h = 1 Std.
mute-today = heute
mute-ever = für immer
muted-until = { $title }: still bis { $at }.
muted-ever = { $title }: abbestellt.
source-muted = { $source } ist hier stumm. Rückgängig: /mutes
thanks-irrelevant = Danke. Das hilft, die Regel zu verbessern.
alert-unknown = Diese Meldung habe ich hier nicht gesendet, oder ich kenne sie nicht mehr.
more-head = im Einzelnen
more-why = Warum es passt
more-no-evidence = Kein einzelnes Wort: Die Regel fragt nach anderem (Quelle, Sprache, Fehlen).
more-others = { $count ->
    [one] { $count } weiterer Bericht
   *[other] { $count } weitere Berichte
}
more-form = { $entity }: „{ $form }“ ({ $field })
field-title = Überschrift
field-summary = Zusammenfassung
field-body = Text

# -- Lesen
latest-all = Das Neueste
latest-head = Das Neueste: { $title }
latest-none = Noch nichts. Sobald ein Feed etwas meldet, steht es hier.
search-usage =
    Suche
    /search Wörter – zum Beispiel /search Massimow Hochverrat
search-head = Gefunden zu „{ $words }“
search-none = Nichts gefunden zu „{ $words }“.
search-old = Diese Suche ist zu alt. Bitte noch einmal suchen.
trend-title = Erwähnungen
trend-24h = 24 Stunden
trend-7d = 7 Tage
trend-30d = 30 Tage
trend-caption = { $names }: { $total ->
    [one] { $total } Erwähnung
   *[other] { $total } Erwähnungen
}
trend-none = Keine Erwähnungen in dieser Zeit.
trend-unknown =
    Das kenne ich nicht.
    Bekannt sind: { $names }
spike = 📈 { $name }: { $count } in einer Stunde, sonst { $usual }
explain-none = Nichts trifft zu.
why-usage =
    Warum?
    /why mit einem Link, der Nummer einer Meldung (#1042) oder einem Text.
why-none = Das habe ich nicht gesehen.
why-outcome = Ergebnis: { $outcome }
why-rules = Regeln: { $rules }
why-because = Ereignis: { $because }
why-sent = Meldung #{ $number }: gesendet an { $sent }, wartet für { $waiting }
outcome-alert = eine Meldung
outcome-update = Neues zu einem Ereignis
outcome-duplicate = ein Duplikat
outcome-no-match = keine Regel passte
outcome-baseline = schon alt, als der Feed zuerst gelesen wurde
outcome-quarantined = in Quarantäne: Der Feed hat alles auf einmal erneuert
outcome-embargoed = unter Sperrfrist
status-head = Status
status-feeds = Feeds
status-feeds-value = { $sick ->
    [0] { $count }, alle in Ordnung
   *[other] { $count }, { $sick } mit Problemen
}
status-poll = Zuletzt gelesen
status-in-flight = Wird gerade gesendet
status-topics = Themen hier

# -- Kanäle
channel-private = Bitte frag mich das in unserem privaten Chat: /channel @name
channel-usage =
    Einen Kanal abonnieren
    1. Mach mich zum Administrator des Kanals, mit dem Recht zu posten.
    2. Schreib hier: /channel @name – oder seine Nummer (-100…).
channel-unreachable = Diesen Kanal sehe ich nicht. Bin ich dort Administrator?
channel-not-admin = Wir müssen beide Administratoren des Kanals sein.
channel-topics =
    Kanal „{ $title }“
    Tippe auf die Themen, die ich dort posten soll:

# -- Zugang
stranger-allowlist =
    Dieser Bot ist privat.
    Deine Nummer ist { $id }. Schick sie dem Betreiber; er kann sie in die Liste aufnehmen (telegram.allow).
stranger-invite =
    Dieser Bot ist nur auf Einladung.
    Deine Nummer ist { $id }. Bitte den Betreiber um einen Link.
stranger-ask =
    Dieser Bot ist privat.
    Deine Nummer ist { $id }. Du kannst den Betreiber um Zugang bitten.
stranger-waiting =
    Du hast um Zugang gebeten.
    Deine Nummer ist { $id }. Ich melde mich, sobald ein Betreiber entscheidet.
stranger-group = Die Nummer dieses Chats ist { $id }. Der Betreiber muss ihn erst zulassen.
stranger-button = Du hast keinen Zugang. Deine Nummer ist { $id }.
button-ask = ✋ Um Zugang bitten
access-granted =
    Willkommen!
    Du kannst den Bot jetzt nutzen: /topics
access-denied = Deine Anfrage wurde abgelehnt.
access-revoked = Ein Betreiber hat den Zugang zum Bot hier beendet.
invite-bad = Diese Einladung ist schon verbraucht oder zu alt.
operator-only = Das darf nur ein Betreiber.
operator-private = Bitte mach das in unserem privaten Chat.
group-admins-only = Das können nur Administratoren dieser Gruppe ändern.
button-unknown = Diesen Knopf kenne ich nicht mehr.
flood = Das war etwas viel. Bitte warte einige Sekunden.
try-later = Das ging gerade nicht. Bitte versuch es in einer Minute wieder.
id = Du: { $user } · Chat: { $chat } · Forenthema: { $thread }

# -- eigene Daten
stop-ask =
    Alles anhalten?
    Themen und Einstellungen bleiben. /start setzt fort.
button-stop = Anhalten
stopped = Angehalten. /start setzt fort.
forget-ask =
    Alle Daten dieses Chats löschen?
    Themen, Einstellungen, Stummschaltungen und Rückmeldungen. Das lässt sich nicht rückgängig machen.
button-forget = 🗑 Löschen
forgotten = Alle Daten dieses Chats sind gelöscht. /start beginnt von vorn.
cancelled = Nichts wurde geändert.
export-caption = Alles, was ich über diesen Chat gespeichert habe.

# -- Betrieb
admin =
    Den Bot betreiben
    Was soll ich zeigen?
admin-requests = 🙋 Anfragen
admin-invite = 🎟 Einladen
admin-feeds = 📰 Feeds
admin-dead = 📮 Unzustellbar
admin-chats = 👥 Abonnenten
admin-feedback = 🎯 Genauigkeit
admin-reload = 🔄 Neu lesen
admin-backup = 💾 Sichern
requests-none = Niemand wartet.
request-new = Jemand bittet um Zugang
request-gone = Darüber ist schon entschieden.
request-granted = { $name } darf den Bot nutzen.
request-denied = { $name } wurde abgelehnt.
button-deny = ablehnen
feeds-head = Feeds: { $count }, { $sick } mit Problemen
feed-paused = angehalten
feed-paused-by = angehalten von { $name }
feed-new = noch nicht gelesen
feed-state = Zustand
feed-last = Letzter Erfolg
feed-next = Nächster Versuch
feed-gap = Lücke möglich
feed-retried = Er wird gleich gelesen.
feed-gone = Diesen Feed gibt es nicht mehr.
button-pause = ⏸ Anhalten
button-resume = ▶️ Fortsetzen
button-retry = 🔁 Jetzt versuchen
dead-none = Alles wurde zugestellt.
dead-retried = Wieder eingereiht.
dead-dropped = Verworfen.
chats-head = Abonnenten: { $count }
chats-topics = { $count ->
    [one] { $count } Thema
   *[other] { $count } Themen
}
chat-access = Zugang
chat-access-none = keiner
chat-access-requested = erbeten
chat-access-granted = gewährt
chat-access-denied = abgelehnt
chat-access-revoked = entzogen
chat-access-admin = Betreiber
chat-state-blocked = hat den Bot blockiert
chat-state-kicked = hat den Bot entfernt
chat-state-stopped = selbst angehalten
chat-state-deactivated = Konto gelöscht
chat-state-chat-not-found = nicht gefunden
chat-state-no-rights = der Bot darf dort nicht schreiben
chat-topics = Themen
chat-told = Nachrichten der letzten 24 Stunden
button-revoke = 🚫 Zugang entziehen
button-restore = ✅ Zugang zurückgeben
chat-revoked = { $name } hat keinen Zugang mehr.
chat-restored = { $name } hat wieder Zugang.
chat-gone = Dieser Chat ist nicht mehr bekannt.
invite-text = Für eine Person, bis { $at }. Wird nur jetzt gezeigt.
feedback-head = Genauigkeit der Regeln
feedback-none = Noch keine Rückmeldungen.
feedback-line = { $title }: { $percent } %, { $count } × passt nicht
proposal-wait = Änderungen werden an alten Nachrichten erprobt …
proposal-none = Ich fand keine Änderung, die das Unpassende entfernt und den Rest behält.
proposal-text = Diese Änderung von rules.yaml wurde an alten Nachrichten erprobt:
proposal-effect = Sie entfernt { $bad } von { $badall } unpassenden und { $good } von { $goodall } anderen.
addfeed-usage =
    Einen Feed hinzufügen
    /addfeed mit der Adresse eines Feeds oder einer Seite, die einen nennt.
operation-none = Das gibt es hier nicht.
backup-written = Sicherung geschrieben: { $path }
feed-added = { $count ->
    [one] Aufgenommen: { $name }, { $count } Eintrag
   *[other] Aufgenommen: { $name }, { $count } Einträge
}
feed-listed = Schon in der Liste: { $url }
feed-none = Kein Feed gefunden: { $url }

# -- notices
notice-quiet =
    { $name } ist auffällig still
    Nichts Neues seit { $since }; etwa { $expected } Einträge wären zu erwarten gewesen.
notice-dark-all =
    Fast alle Feeds schlagen fehl
    { $count } von { $of } Medien: Ist unsere eigene Verbindung gestört?
notice-dark-country =
    { $country }: { $count } von { $of } Medien sind gleichzeitig verstummt
    { $names }
notice-dark-tag =
    „{ $name }“: { $count } von { $of } Medien sind gleichzeitig verstummt
    { $names }
notice-renewed-ids =
    { $feed } hat alle Einträge unter neuen Kennungen erneuert
    Treffer, die vermerkt und nicht gesendet wurden: { $count }.
notice-renewed-old =
    { $feed } zeigt eine ganze Seite älterer Einträge
    Treffer, die vermerkt und nicht gesendet wurden: { $count }.
notice-renewed-date =
    { $feed } gibt allen Einträgen neue Kennungen und ein Datum
    Treffer, die vermerkt und nicht gesendet wurden: { $count }.
notice-feed-gone =
    { $feed } wird nicht mehr abgefragt
    { $reason }
notice-backup-failed =
    Die nächtliche Sicherung ist misslungen
    { $error }
notice-room =
    Die Festplatte ist fast voll
    { $free } MB sind frei, die Datenbank hat { $size } MB. Platz schaffen oder storage.keep verringern
reload-rules = { $count ->
    [one] rules.yaml: { $count } Regel in Kraft
   *[other] rules.yaml: { $count } Regeln in Kraft
}
reload-feeds = feeds.yaml: { $count } Feeds (+{ $added } / −{ $gone })
reload-nothing = Nichts hat sich geändert.
reload-same = In den letzten { $days } Tagen hätten sie dasselbe gemeldet ({ $items } Einträge).
reload-differs = In den letzten { $days } Tagen hätten sie +{ $gained } / −{ $lost } Meldungen gebracht ({ $items } Einträge):
reload-uncompared = Ein Vergleich mit den alten war nicht möglich: { $error }
reload-refused-rules =
    rules.yaml enthält Fehler
    Die letzten gültigen Regeln bleiben in Kraft:
reload-refused-feeds =
    feeds.yaml enthält Fehler
    Die letzten gültigen Feeds bleiben in Kraft:
reload-empty = { $path } enthält keine Regeln.
and-more = … und { $count } weitere
