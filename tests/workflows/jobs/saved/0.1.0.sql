BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0003');
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	run_id VARCHAR, 
	gate_id VARCHAR, 
	actor VARCHAR NOT NULL, 
	via VARCHAR NOT NULL, 
	action VARCHAR NOT NULL, 
	outcome VARCHAR NOT NULL, 
	detail TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "audit" VALUES(1,1772452800000000,'01kjq6psg07fs8hd0bc5etqrwf',NULL,'slack:T0HARBOR:UANA','slack','start','done',NULL);
INSERT INTO "audit" VALUES(2,1772452800000000,'01kjq6psg029j7wbg9jh2n97bf',NULL,'slack:T0HARBOR:UANA','slack','start','done',NULL);
INSERT INTO "audit" VALUES(3,1772452800000000,'01kjq6psg0mfnte1txnce753gk',NULL,'slack:T0HARBOR:UANA','slack','start','done',NULL);
INSERT INTO "audit" VALUES(4,1772452800000000,'01kjq6psg0hkqkan2wd60r286k',NULL,'slack:T0HARBOR:UANA','slack','start','done',NULL);
INSERT INTO "audit" VALUES(5,1772452800000000,'01kjq6psg0mfnte1txnce753gk','84a6f1fd2bbb014618354749f212eaad','slack:T0HARBOR:UBO','slack','decide','approved','{"choice":"approved","note":"","name":"","team":"T0HARBOR","guest":false,"groups":[],"digest":"77125709d1d5db2ef1ed61da61b351e405690101ef1484640891b3c31fa708ea"}');
INSERT INTO "audit" VALUES(6,1772452800000000,'01kjq6psg0hkqkan2wd60r286k',NULL,'token:kit','api','deliver','resolved','{"name":"decision","kind":"approved"}');
CREATE TABLE cards (
	gate_id VARCHAR NOT NULL, 
	asked_in VARCHAR NOT NULL, 
	channel VARCHAR, 
	message_ts VARCHAR, 
	want_version INTEGER NOT NULL, 
	sent_version INTEGER NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	next_at BIGINT NOT NULL, 
	attempts INTEGER NOT NULL, 
	last_error VARCHAR, 
	PRIMARY KEY (gate_id, asked_in), 
	FOREIGN KEY(gate_id) REFERENCES gates (id) ON DELETE CASCADE
);
INSERT INTO "cards" VALUES('6eaab6239b73a40be9b30364310f3eb0','#approvals',NULL,NULL,1,0,'pending',1772452800000000,0,NULL);
INSERT INTO "cards" VALUES('84a6f1fd2bbb014618354749f212eaad','#approvals',NULL,NULL,2,0,'pending',1772452800000000,0,NULL);
CREATE TABLE drafts (
	id VARCHAR NOT NULL, 
	person VARCHAR NOT NULL, 
	job VARCHAR NOT NULL, 
	page INTEGER NOT NULL, 
	arguments TEXT NOT NULL, 
	begun_at BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE events (
	id INTEGER NOT NULL, 
	run_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	payload TEXT NOT NULL, 
	scope VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	disposition VARCHAR NOT NULL, 
	wait_nth INTEGER, 
	actor VARCHAR NOT NULL, 
	via VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE, 
	UNIQUE (run_id, scope, "key")
);
INSERT INTO "events" VALUES(1,'01kjq6psg0mfnte1txnce753gk','decision','approved','{"note":null,"votes":[{"person":"slack:T0HARBOR:UBO","choice":"approved","note":null,"via":"slack","at":"2026-03-02T12:00:00+00:00"}]}','gate','84a6f1fd2bbb014618354749f212eaad','consumed','resolved',1,'slack:T0HARBOR:UBO','slack',1772452800000000);
INSERT INTO "events" VALUES(2,'01kjq6psg0hkqkan2wd60r286k','decision','approved','{"kind":"approved"}','kit','key-1','consumed','resolved',1,'token:kit','api',1772452800000000);
CREATE TABLE gates (
	id VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	nth INTEGER NOT NULL, 
	card TEXT NOT NULL, 
	policy TEXT NOT NULL, 
	digest VARCHAR NOT NULL, 
	requested_by VARCHAR NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	opened_at BIGINT NOT NULL, 
	decided_at BIGINT, 
	decided_by VARCHAR, 
	note TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE, 
	UNIQUE (run_id, name, nth)
);
INSERT INTO "gates" VALUES('6eaab6239b73a40be9b30364310f3eb0','01kjq6psg07fs8hd0bc5etqrwf','decision',1,'{"title":"File a follow-up for Refund 42?","why":null,"fields":[["Context","Refund 42"],["Linear team","OPS"]],"shown":{"context":"Refund 42","team_id":"OPS"},"channel":"#approvals","job":"approve-and-act","requested_by":"slack:T0HARBOR:UANA"}','{"users":[],"groups":[],"channel_members":true,"need":1,"requester_may_decide":false,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":false}','77125709d1d5db2ef1ed61da61b351e405690101ef1484640891b3c31fa708ea','slack:T0HARBOR:UANA','open',1772452800000000,NULL,NULL,NULL);
INSERT INTO "gates" VALUES('84a6f1fd2bbb014618354749f212eaad','01kjq6psg0mfnte1txnce753gk','decision',1,'{"title":"File a follow-up for Refund 42?","why":null,"fields":[["Context","Refund 42"],["Linear team","OPS"]],"shown":{"context":"Refund 42","team_id":"OPS"},"channel":"#approvals","job":"approve-and-act","requested_by":"slack:T0HARBOR:UANA"}','{"users":[],"groups":[],"channel_members":true,"need":1,"requester_may_decide":false,"reason_required":false,"guests":false,"teams":[],"tokens_may_decide":false}','77125709d1d5db2ef1ed61da61b351e405690101ef1484640891b3c31fa708ea','slack:T0HARBOR:UANA','approved',1772452800000000,1772452800000000,'slack:T0HARBOR:UBO',NULL);
CREATE TABLE journal (
	run_id VARCHAR NOT NULL, 
	seq INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	nth INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	attempt INTEGER NOT NULL, 
	value TEXT, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (run_id, seq), 
	FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "journal" VALUES('01kjq6psg029j7wbg9jh2n97bf',1,'slack.post_message',1,'step','done',1,'{"channel":"#approvals","ts":"1772452800.000100"}',1772452800000000);
INSERT INTO "journal" VALUES('01kjq6psg029j7wbg9jh2n97bf',2,'decision',1,'wait','started',1,NULL,1772452800000000);
INSERT INTO "journal" VALUES('01kjq6psg07fs8hd0bc5etqrwf',1,'decision',1,'wait','started',1,NULL,1772452800000000);
INSERT INTO "journal" VALUES('01kjq6psg0hkqkan2wd60r286k',1,'slack.post_message',1,'step','done',1,'{"channel":"#approvals","ts":"1772452800.000100"}',1772452800000000);
INSERT INTO "journal" VALUES('01kjq6psg0hkqkan2wd60r286k',2,'decision',1,'wait','done',1,'{"kind":"approved","payload":{"kind":"approved"},"actor":"token:kit","at":"2026-03-02T12:00:00+00:00"}',1772452800000000);
INSERT INTO "journal" VALUES('01kjq6psg0hkqkan2wd60r286k',3,'linear.create_issue',1,'step','retrying',1,'{"kind":"ConnectionError","message":"down","again_at":"2026-03-02T12:00:01+00:00"}',1772452800000000);
INSERT INTO "journal" VALUES('01kjq6psg0mfnte1txnce753gk',1,'decision',1,'wait','done',1,'{"kind":"approved","payload":{"note":null,"votes":[{"person":"slack:T0HARBOR:UBO","choice":"approved","note":null,"via":"slack","at":"2026-03-02T12:00:00+00:00"}]},"actor":"slack:T0HARBOR:UBO","at":"2026-03-02T12:00:00+00:00"}',1772452800000000);
INSERT INTO "journal" VALUES('01kjq6psg0mfnte1txnce753gk',2,'linear.create_issue',1,'step','retrying',1,'{"kind":"ConnectionError","message":"down","again_at":"2026-03-02T12:00:01+00:00"}',1772452800000000);
CREATE TABLE meta (
	"key" VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "meta" VALUES('installation_id','20a953e1aa0725baf0def63f5b9e33fa');
INSERT INTO "meta" VALUES('clock_high_water','1772452800000000');
CREATE TABLE outbox (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	what VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	gate_id VARCHAR, 
	status VARCHAR(16) NOT NULL, 
	attempts INTEGER NOT NULL, 
	next_at BIGINT NOT NULL, 
	last_error VARCHAR, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE, 
	UNIQUE ("key")
);
INSERT INTO "outbox" VALUES(1,'decided:84a6f1fd2bbb014618354749f212eaad','decided','01kjq6psg0mfnte1txnce753gk','84a6f1fd2bbb014618354749f212eaad','pending',0,1772452800000000,NULL);
CREATE TABLE runs (
	id VARCHAR NOT NULL, 
	job VARCHAR NOT NULL, 
	input TEXT NOT NULL, 
	requested_by VARCHAR NOT NULL, 
	via VARCHAR NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	ready_at BIGINT, 
	epoch INTEGER NOT NULL, 
	owner VARCHAR, 
	lease_until BIGINT, 
	idle_claims INTEGER NOT NULL, 
	cancel_requested_at BIGINT, 
	cancelled_by VARCHAR, 
	blocked_reason TEXT, 
	result TEXT, 
	error TEXT, 
	failed_seq INTEGER, 
	start_scope VARCHAR, 
	start_key VARCHAR, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	finished_at BIGINT, accepted_seq INTEGER, pruned_at BIGINT, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID

;
INSERT INTO "runs" VALUES('01kjq6psg029j7wbg9jh2n97bf','approve-and-act-links','{"context":"Refund 42","team_id":"OPS"}','slack:T0HARBOR:UANA','slack','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1772452800000000,1772452800000000,NULL,NULL,NULL);
INSERT INTO "runs" VALUES('01kjq6psg07fs8hd0bc5etqrwf','approve-and-act','{"context":"Refund 42","team_id":"OPS"}','slack:T0HARBOR:UANA','slack','waiting',NULL,1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1772452800000000,1772452800000000,NULL,NULL,NULL);
INSERT INTO "runs" VALUES('01kjq6psg0hkqkan2wd60r286k','approve-and-act-links','{"context":"Refund 42","team_id":"OPS"}','slack:T0HARBOR:UANA','slack','ready',1772452801000000,2,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1772452800000000,1772452800000000,NULL,NULL,NULL);
INSERT INTO "runs" VALUES('01kjq6psg0mfnte1txnce753gk','approve-and-act','{"context":"Refund 42","team_id":"OPS"}','slack:T0HARBOR:UANA','slack','ready',1772452801000000,2,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1772452800000000,1772452800000000,NULL,NULL,NULL);
CREATE TABLE sessions (
	id_hash VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	content TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	seen_at BIGINT NOT NULL, 
	PRIMARY KEY (id_hash)
);
CREATE TABLE tokens (
	public_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	secret_hash VARCHAR NOT NULL, 
	scopes VARCHAR NOT NULL, 
	job VARCHAR, 
	created_by VARCHAR NOT NULL, 
	created_at BIGINT NOT NULL, 
	revoked_at BIGINT, 
	PRIMARY KEY (public_id), 
	UNIQUE (name)
);
CREATE TABLE votes (
	gate_id VARCHAR NOT NULL, 
	person VARCHAR NOT NULL, 
	choice VARCHAR NOT NULL, 
	note TEXT, 
	via VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (gate_id, person), 
	FOREIGN KEY(gate_id) REFERENCES gates (id) ON DELETE CASCADE
);
INSERT INTO "votes" VALUES('84a6f1fd2bbb014618354749f212eaad','slack:T0HARBOR:UBO','approved',NULL,'slack',1772452800000000);
CREATE TABLE waits (
	run_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	nth INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	expected TEXT NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	deadline_at BIGINT NOT NULL, 
	event_id INTEGER, 
	opened_at BIGINT NOT NULL, 
	ended_at BIGINT, any_name VARCHAR, any_nth INTEGER, 
	PRIMARY KEY (run_id, name, nth), 
	FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "waits" VALUES('01kjq6psg029j7wbg9jh2n97bf','decision',1,'event','approved,rejected','open',1772539200000000,NULL,1772452800000000,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq6psg07fs8hd0bc5etqrwf','decision',1,'approval','approved,rejected','open',1772539200000000,NULL,1772452800000000,NULL,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq6psg0hkqkan2wd60r286k','decision',1,'event','approved,rejected','resolved',1772539200000000,2,1772452800000000,1772452800000000,NULL,NULL);
INSERT INTO "waits" VALUES('01kjq6psg0mfnte1txnce753gk','decision',1,'approval','approved,rejected','resolved',1772539200000000,1,1772452800000000,1772452800000000,NULL,NULL);
CREATE INDEX audit_run ON audit (run_id, id);
CREATE INDEX drafts_begun ON drafts (begun_at);
CREATE INDEX runs_blocked ON runs (updated_at) WHERE status = 'blocked';
CREATE INDEX runs_lease ON runs (lease_until) WHERE status = 'running';
CREATE INDEX runs_ready ON runs (ready_at, id) WHERE status = 'ready';
CREATE INDEX runs_requester ON runs (requested_by, id);
CREATE UNIQUE INDEX runs_start ON runs (start_scope, start_key) WHERE start_key IS NOT NULL;
CREATE INDEX sessions_user ON sessions (user_id, created_at);
CREATE INDEX events_buffered ON events (run_id, name, id) WHERE status = 'buffered';
CREATE INDEX gates_open ON gates (opened_at) WHERE status = 'open';
CREATE UNIQUE INDEX journal_key ON journal (run_id, name, nth) WHERE status <> 'superseded';
CREATE INDEX outbox_due ON outbox (next_at, id) WHERE status IN ('pending', 'uncertain');
CREATE INDEX waits_due ON waits (deadline_at) WHERE status = 'open';
CREATE UNIQUE INDEX waits_one_open ON waits (run_id, name) WHERE status = 'open';
CREATE INDEX cards_due ON cards (next_at) WHERE status IN ('pending', 'uncertain');
CREATE INDEX cards_message ON cards (channel, message_ts);
CREATE INDEX runs_ended ON runs (finished_at) WHERE finished_at IS NOT NULL AND pruned_at IS NULL;
COMMIT;
