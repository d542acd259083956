-- A database of schema 0001, as SQLite dumps it. FEED_A: the address of its feed. See drive.py.
BEGIN TRANSACTION;
CREATE TABLE access_requests (
	chat_id BIGINT NOT NULL,
	title TEXT NOT NULL,
	username TEXT,
	requested_at BIGINT NOT NULL,
	decided_at BIGINT,
	decided_by BIGINT,
	granted BOOLEAN,
	CONSTRAINT pk_access_requests PRIMARY KEY (chat_id)
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE alerts (
	id INTEGER NOT NULL,
	kind TEXT NOT NULL,
	priority INTEGER NOT NULL,
	entry_id BIGINT,
	story TEXT,
	rules TEXT NOT NULL,
	material TEXT NOT NULL,
	text TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	CONSTRAINT pk_alerts PRIMARY KEY (id)
);
INSERT INTO "alerts" VALUES(1,'new',1,2,'2','["almaty"]','[]','',1795616857715247);
INSERT INTO "alerts" VALUES(2,'new',1,3,'3','["almaty"]','[]','',1795616857715247);
CREATE TABLE callbacks (
	token TEXT NOT NULL,
	chat_id BIGINT NOT NULL,
	payload TEXT NOT NULL,
	expires_at BIGINT NOT NULL,
	CONSTRAINT pk_callbacks PRIMARY KEY (token)
);
CREATE TABLE chat_moves (
	old_id BIGINT NOT NULL,
	new_id BIGINT NOT NULL,
	CONSTRAINT pk_chat_moves PRIMARY KEY (old_id)
);
CREATE TABLE chats (
	id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	title TEXT NOT NULL,
	username TEXT,
	language TEXT NOT NULL,
	timezone TEXT NOT NULL,
	settings TEXT NOT NULL,
	suspended TEXT,
	access TEXT NOT NULL,
	CONSTRAINT pk_chats PRIMARY KEY (id)
);
CREATE TABLE counters (
	name TEXT NOT NULL,
	value BIGINT NOT NULL,
	CONSTRAINT pk_counters PRIMARY KEY (name)
);
INSERT INTO "counters" VALUES('entry',500);
INSERT INTO "counters" VALUES('alert',2);
INSERT INTO "counters" VALUES('delivery',6);
CREATE TABLE deliveries (
	id INTEGER NOT NULL,
	alert_id BIGINT NOT NULL,
	chat_id BIGINT NOT NULL,
	thread_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	story TEXT,
	topics TEXT NOT NULL,
	state TEXT NOT NULL,
	priority INTEGER NOT NULL,
	silent BOOLEAN NOT NULL,
	plain BOOLEAN NOT NULL,
	stale BOOLEAN NOT NULL,
	attempts INTEGER NOT NULL,
	unknowns INTEGER NOT NULL,
	crashes INTEGER NOT NULL,
	created_at BIGINT NOT NULL,
	next_attempt_at BIGINT NOT NULL,
	lease_owner TEXT,
	leased_until BIGINT,
	settled_at BIGINT,
	message_id BIGINT,
	digest_id BIGINT,
	error TEXT NOT NULL,
	CONSTRAINT pk_deliveries PRIMARY KEY (id),
	CONSTRAINT ck_deliveries_state CHECK (state IN ('pending','sending','sent','unknown','held','dead')),
	CONSTRAINT fk_deliveries_alert_id FOREIGN KEY(alert_id) REFERENCES alerts (id) ON DELETE CASCADE,
	CONSTRAINT uq_deliveries_alert_id_chat_id_thread_id_kind UNIQUE (alert_id, chat_id, thread_id, kind)
);
INSERT INTO "deliveries" VALUES(1,1,7001,0,'send','2','["almaty"]','pending',1,0,0,0,1,0,0,1795616857715247,1795616859216758,NULL,NULL,NULL,NULL,NULL,'httpx.ConnectError: All connection attempts failed (ConnectError)');
INSERT INTO "deliveries" VALUES(2,1,7002,0,'send','2','["almaty"]','pending',1,0,0,0,1,0,0,1795616857715247,1795616859390279,NULL,NULL,NULL,NULL,NULL,'httpx.ConnectError: All connection attempts failed (ConnectError)');
INSERT INTO "deliveries" VALUES(3,1,7003,0,'send','2','["almaty"]','pending',1,0,0,0,0,0,0,1795616857715247,1795616858137115,NULL,NULL,NULL,NULL,NULL,'');
INSERT INTO "deliveries" VALUES(4,2,7001,0,'send','3','["almaty"]','pending',1,0,0,0,0,0,0,1795616857715247,1795616857715247,NULL,NULL,NULL,NULL,NULL,'');
INSERT INTO "deliveries" VALUES(5,2,7002,0,'send','3','["almaty"]','pending',1,0,0,0,0,0,0,1795616857715247,1795616857715247,NULL,NULL,NULL,NULL,NULL,'');
INSERT INTO "deliveries" VALUES(6,2,7003,0,'send','3','["almaty"]','pending',1,0,0,0,0,0,0,1795616857715247,1795616857715247,NULL,NULL,NULL,NULL,NULL,'');
CREATE TABLE entries (
	id INTEGER NOT NULL,
	feed_id BIGINT NOT NULL,
	guid TEXT,
	link TEXT,
	canonical_link TEXT,
	title TEXT NOT NULL,
	summary TEXT NOT NULL,
	body TEXT NOT NULL,
	lang TEXT,
	source TEXT NOT NULL,
	owner TEXT NOT NULL,
	at BIGINT NOT NULL,
	first_seen_at BIGINT NOT NULL,
	published_at BIGINT,
	embargo BIGINT,
	outcome TEXT NOT NULL,
	priority INTEGER NOT NULL,
	story TEXT,
	placement TEXT,
	matches TEXT NOT NULL,
	rules TEXT NOT NULL,
	details TEXT NOT NULL,
	CONSTRAINT pk_entries PRIMARY KEY (id)
);
INSERT INTO "entries" VALUES(1,1,'q','https://news.example/q','https://news.example/q','Quiet day','','','en','A','A',1795606055000000,1795616857715247,1795606055000000,NULL,'no-match',1,NULL,NULL,'[]','[]','{"lang":"en"}');
INSERT INTO "entries" VALUES(2,1,'o0','https://news.example/o0','https://news.example/o0','M0000x in Almaty: an alert of the old schema','','','en','A','A',1795616855000000,1795616857715247,1795616855000000,NULL,'alert',1,'2','{"kind":"new","story":"2","score":1.0,"because":"nothing alike in the window","material":[],"copy_of":null,"origin":null}','[["almaty","title",10,16,"Almaty","Almaty"]]','["almaty"]','{"lang":"en"}');
INSERT INTO "entries" VALUES(3,1,'o1','https://news.example/o1','https://news.example/o1','M0001x in Almaty: bridge closed for repairs','','','en','A','A',1795616855000000,1795616857715247,1795616855000000,NULL,'alert',1,'3','{"kind":"new","story":"3","score":1.0,"because":"nothing alike in the window","material":[],"copy_of":null,"origin":null}','[["almaty","title",10,16,"Almaty","Almaty"]]','["almaty"]','{"lang":"en"}');
CREATE TABLE entry_rules (
	rule TEXT NOT NULL,
	entry_id BIGINT NOT NULL,
	CONSTRAINT pk_entry_rules PRIMARY KEY (rule, entry_id),
	CONSTRAINT fk_entry_rules_entry_id FOREIGN KEY(entry_id) REFERENCES entries (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "entry_rules" VALUES('almaty',2);
INSERT INTO "entry_rules" VALUES('almaty',3);
CREATE VIRTUAL TABLE entry_words USING fts5(words, tokenize='unicode61');
INSERT INTO entry_words (rowid, words) VALUES(2,'m0000x in almaty an alert of the old schema a');
INSERT INTO entry_words (rowid, words) VALUES(3,'m0001x in almaty bridge closed for repairs a');
CREATE TABLE feedback (
	chat_id BIGINT NOT NULL,
	user_id BIGINT NOT NULL,
	alert_id BIGINT NOT NULL,
	rule TEXT NOT NULL,
	entry_id BIGINT,
	verdict TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	CONSTRAINT pk_feedback PRIMARY KEY (chat_id, user_id, alert_id, rule)
);
CREATE TABLE feeds (
	id INTEGER NOT NULL,
	url TEXT NOT NULL,
	name TEXT NOT NULL,
	lang TEXT,
	tags TEXT NOT NULL,
	interval_us BIGINT,
	format TEXT NOT NULL,
	headers TEXT NOT NULL,
	owner TEXT,
	country TEXT,
	origin TEXT NOT NULL,
	enabled BOOLEAN NOT NULL,
	disabled_reason TEXT,
	next_check_at BIGINT,
	etag TEXT,
	last_modified TEXT,
	body_hash TEXT,
	baseline_at BIGINT,
	last_fetch_at BIGINT,
	last_success_at BIGINT,
	last_new_at BIGINT,
	last_status INTEGER,
	error_count INTEGER NOT NULL,
	last_error TEXT,
	redirect_url TEXT,
	redirect_count INTEGER NOT NULL,
	key_mode TEXT NOT NULL,
	window_keys TEXT NOT NULL,
	gap_at BIGINT,
	rhythm TEXT NOT NULL,
	claimed_by TEXT,
	claimed_until BIGINT,
	added_at BIGINT NOT NULL,
	removed_at BIGINT,
	CONSTRAINT pk_feeds PRIMARY KEY (id),
	CONSTRAINT uq_feeds_url UNIQUE (url)
);
INSERT INTO "feeds" VALUES(1,'FEED_A','A','en','[]',NULL,'auto','{}','A',NULL,'config',1,NULL,1795616858657978,'"c809609546c4a118"',NULL,'c809609546c4a118b948fb0a5fbec7cd51d8b19faf2c41285c9156133a0671fc',1795616857715247,1795616857715247,1795616857715247,1795616857715247,200,0,NULL,NULL,0,'guid','["guid:1:o1","guid:1:o0","guid:1:q"]',NULL,'{"b":{"44":0.25,"45":0.5,"46":0.25,"56":0.5,"57":1.0,"58":0.5},"w":[0.0,0.0,3.0,0.0,0.0,0.0,0.0],"d":0.125,"at":1795616857,"n":1795616855,"r":2.001,"ra":1795616855,"l":3.0,"s":1.0}',NULL,NULL,1795616857380368,NULL);
CREATE TABLE flags (
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	CONSTRAINT pk_flags PRIMARY KEY (name)
);
INSERT INTO "flags" VALUES('watchdog','2026-11-25T14:27:37.648972+00:00');
CREATE TABLE instance_lock (
	name TEXT NOT NULL,
	owner TEXT NOT NULL,
	host TEXT NOT NULL,
	pid INTEGER NOT NULL,
	process TEXT NOT NULL,
	started_at BIGINT NOT NULL,
	heartbeat_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	CONSTRAINT pk_instance_lock PRIMARY KEY (name)
);
CREATE TABLE invites (
	token_hash TEXT NOT NULL,
	created_by BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	used_by BIGINT,
	used_at BIGINT,
	CONSTRAINT pk_invites PRIMARY KEY (token_hash)
);
CREATE TABLE mention_counts (
	entity TEXT NOT NULL,
	hour BIGINT NOT NULL,
	entries INTEGER NOT NULL,
	CONSTRAINT pk_mention_counts PRIMARY KEY (entity, hour)
)
 WITHOUT ROWID

;
INSERT INTO "mention_counts" VALUES('almaty',1795615200000000,2);
CREATE TABLE raw_hashes (
	feed_id BIGINT NOT NULL,
	raw_hash TEXT NOT NULL,
	entry_id BIGINT NOT NULL,
	last_seen_at BIGINT NOT NULL,
	CONSTRAINT pk_raw_hashes PRIMARY KEY (feed_id, raw_hash),
	CONSTRAINT fk_raw_hashes_feed_id FOREIGN KEY(feed_id) REFERENCES feeds (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "raw_hashes" VALUES(1,'4fbb9437477cac3fd56079d75a47628c4ce08a6fdaf5f57b1fdfa7ec8899d671',3,1795616857715247);
INSERT INTO "raw_hashes" VALUES(1,'9897437d0808b939c4ef4efb9d9f3ae92de65c5d21ccc93b3bac89efe7ff3978',1,1795616857715247);
INSERT INTO "raw_hashes" VALUES(1,'fa06507ba13e2ae70c09872b5b5d03d61e79ded9fc6d22984c7429561af5516a',2,1795616857715247);
CREATE TABLE seen (
	"key" TEXT NOT NULL,
	entry_id BIGINT NOT NULL,
	first_seen_at BIGINT NOT NULL,
	last_seen_at BIGINT NOT NULL,
	CONSTRAINT pk_seen PRIMARY KEY ("key")
)
 WITHOUT ROWID

;
INSERT INTO "seen" VALUES('guid:1:o0',2,1795616857715247,1795616857715247);
INSERT INTO "seen" VALUES('guid:1:o1',3,1795616857715247,1795616857715247);
INSERT INTO "seen" VALUES('guid:1:q',1,1795616857715247,1795616857715247);
INSERT INTO "seen" VALUES('text:21be25382e845e03dcb2639200a2986067a000c99da451759ce86fa363a0ba37',2,1795616857715247,1795616857715247);
INSERT INTO "seen" VALUES('text:55f726f1646bfa28ed45898fef009fd2000096411ae60708c7d8265d7b07d3fd',1,1795616857715247,1795616857715247);
INSERT INTO "seen" VALUES('text:7aabb503d9a773f2e67405f2bd8d33cb4ac5aacc62745f5767192eab7ced0525',3,1795616857715247,1795616857715247);
INSERT INTO "seen" VALUES('title:1:m0000x in almaty an alert of the old schema',2,1795616857715247,1795616857715247);
INSERT INTO "seen" VALUES('title:1:m0001x in almaty bridge closed for repairs',3,1795616857715247,1795616857715247);
INSERT INTO "seen" VALUES('title:1:quiet day',1,1795616857715247,1795616857715247);
INSERT INTO "seen" VALUES('url:https://news.example/o0',2,1795616857715247,1795616857715247);
INSERT INTO "seen" VALUES('url:https://news.example/o1',3,1795616857715247,1795616857715247);
INSERT INTO "seen" VALUES('url:https://news.example/q',1,1795616857715247,1795616857715247);
CREATE TABLE source_mutes (
	chat_id BIGINT NOT NULL,
	source TEXT NOT NULL,
	until BIGINT,
	CONSTRAINT pk_source_mutes PRIMARY KEY (chat_id, source),
	CONSTRAINT fk_source_mutes_chat_id FOREIGN KEY(chat_id) REFERENCES chats (id) ON DELETE CASCADE
);
CREATE TABLE stories (
	id TEXT NOT NULL,
	first_at BIGINT NOT NULL,
	last_at BIGINT NOT NULL,
	entries INTEGER NOT NULL,
	withdrawn_at BIGINT,
	CONSTRAINT pk_stories PRIMARY KEY (id)
);
INSERT INTO "stories" VALUES('2',1795616855000000,1795616855000000,1,NULL);
INSERT INTO "stories" VALUES('3',1795616855000000,1795616855000000,1,NULL);
CREATE TABLE story_messages (
	story TEXT NOT NULL,
	chat_id BIGINT NOT NULL,
	thread_id BIGINT NOT NULL,
	alert_id BIGINT NOT NULL,
	message_id BIGINT,
	sent_at BIGINT NOT NULL,
	last_edit_at BIGINT,
	reposted BOOLEAN NOT NULL,
	CONSTRAINT pk_story_messages PRIMARY KEY (story, chat_id, thread_id)
)
 WITHOUT ROWID

;
CREATE TABLE subscriptions (
	chat_id BIGINT NOT NULL,
	topic TEXT NOT NULL,
	thread_id BIGINT NOT NULL,
	settings TEXT NOT NULL,
	muted_until BIGINT,
	created_by BIGINT,
	created_at BIGINT NOT NULL,
	CONSTRAINT pk_subscriptions PRIMARY KEY (chat_id, topic, thread_id),
	CONSTRAINT fk_subscriptions_chat_id FOREIGN KEY(chat_id) REFERENCES chats (id) ON DELETE CASCADE
);
CREATE INDEX ix_alerts_created_at ON alerts (created_at);
CREATE INDEX ix_alerts_entry_id ON alerts (entry_id);
CREATE INDEX ix_alerts_story ON alerts (story);
CREATE INDEX ix_callbacks_expires_at ON callbacks (expires_at);
CREATE INDEX ix_entries_at ON entries (at);
CREATE INDEX ix_entries_canonical_link ON entries (canonical_link);
CREATE INDEX ix_entries_embargo ON entries (embargo) WHERE outcome = 'embargoed';
CREATE INDEX ix_entries_first_seen_at ON entries (first_seen_at);
CREATE INDEX ix_entries_story ON entries (story);
CREATE INDEX ix_feedback_rule ON feedback (rule);
CREATE INDEX ix_feeds_next_check_at ON feeds (next_check_at);
CREATE INDEX ix_seen_last_seen_at ON seen (last_seen_at);
CREATE INDEX ix_stories_last_at ON stories (last_at);
CREATE INDEX ix_story_messages_chat_id ON story_messages (chat_id);
CREATE INDEX ix_deliveries_dead ON deliveries (id) WHERE state = 'dead';
CREATE INDEX ix_deliveries_digest_id ON deliveries (digest_id);
CREATE INDEX ix_deliveries_held ON deliveries (next_attempt_at) WHERE state = 'held';
CREATE INDEX ix_deliveries_story_chat ON deliveries (story, chat_id);
CREATE UNIQUE INDEX uq_deliveries_in_flight ON deliveries (chat_id) WHERE state = 'sending';
CREATE INDEX ix_entry_rules_entry_id ON entry_rules (entry_id);
CREATE INDEX ix_subscriptions_topic ON subscriptions (topic);
CREATE INDEX ix_deliveries_queue ON deliveries (chat_id, priority DESC, id) WHERE state IN ('pending','unknown');
CREATE INDEX ix_deliveries_edits ON deliveries (next_attempt_at) WHERE kind = 'edit' AND state IN ('pending','unknown');
CREATE INDEX ix_raw_hashes_feed_id_last_seen_at ON raw_hashes (feed_id, last_seen_at);
COMMIT;
